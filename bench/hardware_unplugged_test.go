//go:build bench

package bench

import (
	"testing"
	"time"

	"vigie/relay/relaytest"
)

// replug pulls the camera's cable, and puts it in again after a while.
func replug(t *testing.T, b *box) (plugged time.Time) {
	t.Helper()
	UnplugCamera(t)
	b.awaitWarning("no_camera")
	PlugCamera(t)
	return time.Now()
}

// alike is what tells the camera's colour bars, even at the few bits of a mosaic, from anything else: dB.
const alike = 15

// cameraBack is how long after it was plugged in the camera's picture was with the viewer.
func cameraBack(t *testing.T, v *relaytest.Viewer, source []byte, plugged time.Time) time.Duration {
	t.Helper()
	awaitMore(t, v, 45, 0)
	video, _ := v.Received()
	var after []int
	for i, u := range video.Units {
		if u.Arrived.After(plugged) {
			after = append(after, i)
		}
	}
	for i, picture := range picturesOf(t, video.Units, after...) {
		if likeness(source, picture) > alike {
			return video.Units[after[i]].Arrived.Sub(plugged).Round(time.Millisecond)
		}
	}
	t.Fatalf("none of %d pictures after the camera was plugged in is the camera's", len(after))
	return 0
}

// TestHardwareUnpluggedInStandby pulls the camera before the show: the next one has its picture.
func TestHardwareUnpluggedInStandby(t *testing.T) {
	source := still(t)
	PlayTone(t, Tone{})
	b := startBox(t, hardware)
	b.await("standby", startup)
	for range repeat(1, 10) {
		replug(t, b)
		b.awaitStatus("green", func(r report) bool { return r.Lights.Green == "steady" })
		began := time.Now()
		b.press()
		b.await("live", patience)
		v := watch(t)
		t.Logf("pressed, the picture is there after %v", cameraBack(t, v, source, began))
		b.hold()
		b.await("standby", patience)
	}
}

// TestHardwareUnpluggedInCueing pulls the camera while the relay is not there yet.
func TestHardwareUnpluggedInCueing(t *testing.T) {
	source := still(t)
	boxConfig, relayConfig := hardwareRelay(t)
	PlayTone(t, Tone{})
	b := startBox(t, boxConfig)
	b.await("standby", startup)
	for range repeat(1, 10) {
		b.press()
		b.await("cueing", patience)
		replug(t, b)
		began := time.Now()
		relay := startRelay(t, relayConfig)
		b.await("live", patience)
		v := watch(t)
		t.Logf("the picture is there %v after the relay was started", cameraBack(t, v, source, began))
		v.Close()
		b.hold()
		b.await("standby", patience)
		relay.Stop()
		pause(300 * time.Millisecond) // the button locks out for 250 ms
	}
}

// TestHardwareUnpluggedInLive pulls the camera in a show: the session stays, and the picture is back within a second of
// the device.
func TestHardwareUnpluggedInLive(t *testing.T) {
	source := still(t)
	b, v, begin := hardwareShow(t)
	for range repeat(1, 10) {
		took := cameraBack(t, v, source, replug(t, b))
		t.Logf("the picture is back %v after the camera", took)
		if took > time.Second {
			t.Errorf("the picture is back %v after the camera, want within 1 s", took)
		}
	}
	b.ended(t, v, begin)
}
