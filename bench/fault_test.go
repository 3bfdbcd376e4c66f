//go:build bench

package bench

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vigie/capture"
)

// TestBoxCameraUnplugged pulls the camera's cable in a show: the session stays up with the sound, amber says why, and
// the picture is back by itself.
func TestBoxCameraUnplugged(t *testing.T) {
	b, begin := liveBox(t, camera180)
	v := watch(t)
	awaitMore(t, v, 30, 30)

	UnplugCamera(t)
	b.awaitWarning("no_camera")
	awaitMore(t, v, 0, 50)
	if got := b.state(); got != "live" {
		t.Errorf("without a camera, but with the sound, the box is %s", got)
	}
	PlugCamera(t)
	plugged := capture.Now()
	awaitMore(t, v, 30, 30)
	t.Logf("30 pictures %v after the camera was plugged in again", (capture.Now() - plugged).Round(10*time.Millisecond))
	if b.status().warns("no_camera") {
		t.Error("the warning stays")
	}
	law1(t, b, begin, capture.Now())
	video, _ := v.Received()
	decode(t, video.Units)
}

// TestBoxMicrophoneUnplugged pulls the sound card in a show: the picture stays, amber says why, and the sound is back by itself.
func TestBoxMicrophoneUnplugged(t *testing.T) {
	b, begin := liveBox(t, camera180)
	v := watch(t)
	awaitMore(t, v, 30, 30)

	UnplugMicrophone(t)
	b.awaitWarning("no_microphone")
	awaitMore(t, v, 30, 0)
	if got := b.state(); got != "live" {
		t.Errorf("without a microphone, but with the picture, the box is %s", got)
	}
	PlugMicrophone(t)
	plugged := capture.Now()
	PlayTone(t, Tone{})
	awaitMore(t, v, 30, 50)
	t.Logf("a second of sound %v after the microphone was plugged in again", (capture.Now() - plugged).Round(10*time.Millisecond))
	b.awaitStatus("the tone", func(r report) bool { return !r.warns("no_microphone") && r.Audio.LevelDB[0] > -20 })
	law1(t, b, begin, capture.Now())
}

// TestBoxCameraFaults injects vivid's faults in a show.
func TestBoxCameraFaults(t *testing.T) {
	b, begin := liveBox(t, camera180)
	v := watch(t)
	for _, fault := range []struct {
		control string
		value   int
	}{{"inject_v4l2_buf_flag_error", 1}, {"percentage_of_dropped_buffers", 40}, {"inject_fatal_streaming_error", 1}} {
		SetCamera(t, fault.control, fault.value)
		pause(500 * time.Millisecond)
		if fault.control == "percentage_of_dropped_buffers" {
			SetCamera(t, fault.control, 0)
		}
		awaitMore(t, v, 30, 30)
		WaitFor(t, patience, "the box to be live after "+fault.control, func() bool { return b.state() == "live" })
	}
	if b.metric("vigie_camera_lost_pictures_total") == 0 && !strings.Contains(b.Log(), "camera") {
		t.Error("nothing of it was counted")
	}
	law1(t, b, begin, capture.Now())
	video, _ := v.Received()
	decode(t, video.Units)
}

// TestBoxCameraComesLater boots without a camera: amber is fast, a press is refused, and the camera mends it.
func TestBoxCameraComesLater(t *testing.T) {
	PlayTone(t, Tone{})
	UnplugCamera(t)
	b := startBox(t, camera180)
	b.await("standby", startup)
	b.awaitWarning("no_camera")
	if r := b.status(); r.Lights.Green != "off" || r.Lights.Amber != "fast" {
		t.Errorf("without a camera: %+v", r.Lights)
	}
	b.press()
	b.awaitWarning("press_refused")
	if got := b.state(); got != "standby" {
		t.Errorf("the box is %s without a camera", got)
	}
	PlugCamera(t)
	b.awaitStatus("green", func(r report) bool { return r.Lights.Green == "steady" })
	b.press()
	b.await("live", patience)
}

// TestBoxCameraBusy starts while another program has the camera, which is said, and is well when that ends.
func TestBoxCameraBusy(t *testing.T) {
	PlayTone(t, Tone{})
	other := Start(t, exec.Command("v4l2-ctl", "-d", Camera(t), "--stream-mmap", "--stream-count=0"))
	other.WaitLog("<", patience)
	b := startBox(t, camera180)
	b.awaitWarning("no_camera")
	if text := b.status().Warnings[0].Text; !strings.Contains(text, capture.ErrBusy.Error()) {
		t.Errorf("the warning is %q", text)
	}
	other.Kill()
	b.awaitStatus("green", func(r report) bool { return r.Lights.Green == "steady" })
}

// otherRelay is the configuration of a box whose relay is another process, and of that relay.
func otherRelay(t testing.TB) (boxConfig, relayConfig string) {
	t.Helper()
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("a-token-of-the-bench\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	relay := "token_file: " + token + ", listen: " + relayAt + ", media: 8890"
	return camera180 + "relay: {url: \"http://" + relayAt + "/whip/main-stage\", token_file: " + token + "}\n", "relay: {" + relay + "}\n"
}

// TestBoxRelayKilled kills the relay in a show: red is not steady until it is back and confirms.
func TestBoxRelayKilled(t *testing.T) {
	boxConfig, relayConfig := otherRelay(t)
	relay := startRelay(t, relayConfig)
	b, begin := liveBox(t, boxConfig)
	pause(time.Second)

	relay.Kill()
	killed := capture.Now()
	b.await("recovering", patience)
	t.Logf("recovering %v after the relay died", (capture.Now() - killed).Round(10*time.Millisecond))
	relay = startRelay(t, relayConfig)
	back := capture.Now()
	b.await("live", patience)
	t.Logf("live %v after the relay was back", (capture.Now() - back).Round(10*time.Millisecond))
	v := watch(t)
	awaitMore(t, v, 30, 30)
	law1(t, b, begin, capture.Now())
	if strings.Contains(b.Log()+relay.Log(), "a-token-of-the-bench") {
		t.Error("the token is in a log")
	}
}

// TestBoxRelayRefuses holds that a wrong token is a light and a sentence, and no loop without pause.
func TestBoxRelayRefuses(t *testing.T) {
	boxConfig, relayConfig := otherRelay(t)
	wrong := filepath.Join(t.TempDir(), "wrong")
	if err := os.WriteFile(wrong, []byte("another-token\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	startRelay(t, relayConfig)
	head, _, _ := strings.Cut(boxConfig, "token_file")
	b := startBox(t, head+"token_file: "+wrong+"}\n")
	b.await("standby", startup)
	b.awaitWarning("relay_refuses")
	if r := b.status(); r.Lights.Amber != "fast" || r.Lights.Green != "off" {
		t.Errorf("a relay that refuses shows %+v", r.Lights)
	}
	b.press()
	b.awaitStatus("cueing with amber", func(r report) bool { return r.State == "cueing" && r.Lights.Amber == "fast" })
	if !strings.Contains(b.Log(), "401") || strings.Contains(b.Log(), "another-token") {
		t.Errorf("the log is to name the answer and not the token")
	}
	pause(time.Second)
	b.press() // cancels
	b.await("standby", patience)
}

// TestBoxConfigBroken boots on a broken file: a light and a page, and no restart loop; mended, the box begins anew.
func TestBoxConfigBroken(t *testing.T) {
	cmd := Vigie(t, camera180+"vidoe: {}\n", "run")
	b := &box{t: t, goLive: GPIO(t, goLiveLine)}
	b.goLive.Pull(High)
	b.Process = Start(t, cmd)
	b.await("fault", startup)
	r := b.status()
	if r.Lights.Green != "fast" || r.Lights.Amber != "fast" || len(r.Errors) != 1 || !strings.Contains(r.Errors[0], "config.yaml:3:1") {
		t.Errorf("a broken file shows %+v", r)
	}
	if err := os.WriteFile(filepath.Join(cmd.Dir, "config.yaml"), []byte(camera180), 0o600); err != nil {
		t.Fatal(err)
	}
	b.await("standby", patience)

	// Broken again at the next boot, the last good copy serves.
	b.Stop()
	if err := os.WriteFile(filepath.Join(cmd.Dir, "config.yaml"), []byte("{{{"), 0o600); err != nil {
		t.Fatal(err)
	}
	again := exec.Command(cmd.Path, cmd.Args[1:]...)
	again.Dir, again.Env = cmd.Dir, cmd.Env
	b.Process = Start(t, again)
	b.await("standby", startup)
	if r := b.status(); !r.warns("config_last_good") || r.Lights.Amber != "slow" {
		t.Errorf("on the last good copy the box shows %+v", r)
	}
}
