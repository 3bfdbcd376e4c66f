//go:build bench

package bench

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"vigie/capture"
)

// doctor is what `vigie doctor` prints, with that exit code.
func doctor(t *testing.T, config string, code int, flags ...string) string {
	t.Helper()
	cmd := Vigie(t, config, append([]string{"doctor"}, flags...)...)
	out, _ := cmd.Output() // the exit code is looked at
	if cmd.ProcessState.ExitCode() != code {
		t.Errorf("doctor ended with %d, want %d:\n%s", cmd.ProcessState.ExitCode(), code, out)
	}
	return string(out)
}

const venue = "venue: {name: Main stage}\n"

// TestHardwareDoctor holds that docs/hardware.md shows what doctor prints on this board.
func TestHardwareDoctor(t *testing.T) {
	said := doctor(t, venue, 0)
	t.Logf("doctor:\n%s", said)
	page, err := os.ReadFile("../docs/hardware.md")
	must(t, "docs/hardware.md", err)
	n := 0
	for line := range strings.Lines(said) {
		if strings.Contains(line, "configuration") {
			continue // where the file is, is the test's
		}
		if n++; !strings.Contains(string(page), "    "+line) {
			t.Errorf("docs/hardware.md does not have: %s", line)
		}
	}
	if n < 15 {
		t.Errorf("doctor printed %d lines:\n%s", n, said)
	}
}

// TestHardwareDoctorSaysWhy looks at boards with something amiss: what is drawn, why not another way, what is missing.
func TestHardwareDoctorSaysWhy(t *testing.T) {
	encoder := encoderNode(t)
	t.Run("a webcam with H264", func(t *testing.T) {
		hideEncoder(t)
		w := onlyWebcam(t)
		says(t, doctor(t, venue, 0), "camera "+w.Path()+" H264 1280x720 30, passed through\n",
			"not camera "+w.Path()+" MJPG 1280x720 30 -> MMAP -> image/jpeg YU12 -> memory -> OpenH264 H264: codes 27.6 Mpixel/s in software\n",
			"-> the camera's H264 passes through as it is: its bitrate cannot follow the network, a viewer who joins waits for the camera's next keyframe")
	})
	t.Run("a webcam with JPEGs", func(t *testing.T) {
		w := onlyWebcam(t, capture.MJPEG)
		says(t, doctor(t, venue, 0), "camera "+w.Path()+" MJPG 1280x720 30 -> MMAP -> image/jpeg YU12 -> copy -> "+encoder+" H264\n",
			"decodes 27.6 Mpixel/s of JPEG on the CPU, copies 27.6 Mpixel/s\n",
			"-> with a JPEG decoder for 1280x720 at 30 this would be: camera "+w.Path()+" MJPG 1280x720 30 -> copy -> (decoder) ")
	})
	t.Run("two cameras", func(t *testing.T) {
		PlugWebcam(t, WebcamOptions{})
		says(t, doctor(t, venue, 0), "not camera "+Camera(t)+": one is used; camera.device names another\n")
		says(t, doctor(t, "camera: {device: "+Camera(t)+"}\n", 0), "camera "+Camera(t)+" YU12 1280x720 30 -> DMABUF -> "+encoder)
	})
	t.Run("a bridge without a signal", func(t *testing.T) {
		RefitCamera(t, "input_types", 3)
		SetCamera(t, "dv_timings_signal_mode", noSignal)
		says(t, doctor(t, venue, 1), "red    way            camera.device auto: vivid (", "no signal at its input: plug the source in, and switch it on\n")
	})
	t.Run("a CSI camera", func(t *testing.T) {
		standIn(t, "still")
		says(t, doctor(t, "camera: {device: rpicam}\n", 0), "green  camera         CSI camera at rpicam (",
			"camera rpicam YU12 1280x720 30 -> copy -> "+encoder+" H264\n", "not camera rpicam H264 1280x720 30, passed through: its bitrate cannot follow the network\n")
	})
	t.Run("JSON", func(t *testing.T) {
		var found []struct{ Part, Light, Text, Advice string }
		must(t, "JSON", json.Unmarshal([]byte(doctor(t, venue, 0, "--json")), &found))
		for _, f := range found {
			if f.Part == "way" && f.Light == "green" && strings.HasPrefix(f.Text, "camera "+Camera(t)+" YU12 1280x720 30 -> DMABUF -> "+encoder) {
				return
			}
		}
		t.Errorf("no way is drawn in %+v", found)
	})
}

func says(t *testing.T, said string, all ...string) {
	t.Helper()
	for _, want := range all {
		if !strings.Contains(said, want) {
			t.Errorf("doctor does not say %q:\n%s", want, said)
		}
	}
}
