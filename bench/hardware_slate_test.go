//go:build bench

package bench

import (
	"testing"
	"time"

	"vigie/capture"
)

// TestHardwareSlateWhileUnplugged pulls the camera in a show, with and without a microphone: the session stays up,
// viewers go on getting pictures, of a slate, and the camera's is back within a second of the device.
func TestHardwareSlateWhileUnplugged(t *testing.T) {
	for name, microphone := range map[string]string{"with sound": "", "without sound": "microphone: {device: none}\n"} {
		t.Run(name, func(t *testing.T) {
			source := still(t)
			b, begin := liveBox(t, hardware+microphone)
			v := watch(t)
			awaitMore(t, v, 30, 0)
			unplugged := capture.Now()
			for range repeat(1, 10) {
				UnplugCamera(t)
				awaitMore(t, v, 45, 0) // the first may have been on their way
				video, _ := v.Received()
				if gap := longestGap(video.Units[len(video.Units)-46:]); gap > 500*time.Millisecond {
					t.Errorf("a viewer sees nothing for %v", gap)
				}
				if db := likeness(source, picturesOf(t, video.Units, len(video.Units)-1)[0]); db > alike {
					t.Errorf("without a camera a viewer sees a picture that is %.1f dB from the camera's, want a slate", db)
				}
				PlugCamera(t)
				plugged := time.Now()
				took := cameraBack(t, v, source, plugged)
				t.Logf("the picture is back %v after the camera", took)
				if took > time.Second {
					t.Errorf("the picture is back %v after the camera, want within 1 s", took)
				}
			}
			if microphone == "" { // without, nothing but the slate leaves while there is no camera, and red is dark
				b.oneSession()
				law1(t, b, begin, capture.Now())
			} else {
				law1(t, b, begin, unplugged)
				if n := b.sessions(); n != 1 {
					t.Errorf("%d sessions, want one", n)
				}
			}
			video, _ := v.Received()
			decode(t, video.Units)
			b.Stop()
		})
	}
}
