//go:build bench

package bench

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

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

// ofTheDay are lines whose figures are another day's.
var ofTheDay = regexp.MustCompile(`(?m)(green  (?:disk|clock) ).*\n`)

// TestHardwareDoctor holds that docs/hardware.md shows what doctor prints on this board.
func TestHardwareDoctor(t *testing.T) {
	said := doctor(t, venue, 0)
	t.Logf("doctor:\n%s", said)
	page, err := os.ReadFile("../docs/hardware.md")
	must(t, "docs/hardware.md", err)
	n := 0
	shown := ofTheDay.ReplaceAllString(string(page), "$1\n")
	for line := range strings.Lines(ofTheDay.ReplaceAllString(said, "$1\n")) {
		if strings.Contains(line, "configuration") {
			continue // where the file is, is the test's
		}
		if n++; !strings.Contains(shown, "    "+line) {
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

// TestHardwareDoctorListens holds that the level is that of what is played, and that of the box which has the microphone.
func TestHardwareDoctorListens(t *testing.T) {
	stop := PlayTone(t, Tone{Level: -12})
	says(t, doctor(t, venue, 0), "green  sound level    RMS -15 and -15 dBFS, peak -12 and -12 dBFS, in a second of Loopback (hw:CARD=Loopback,DEV=0)\n")
	stop()
	loud := PlayTone(t, Tone{Level: -0.001})
	says(t, doctor(t, venue, 0), "amber  sound level    ", "peak 0 and 0 dBFS, in a second of Loopback", "-> as loud as can be: turn it down")
	loud()
	PlayTone(t, Tone{Level: -20})
	b := startBox(t, venue)
	said := doctor(t, venue, 0)
	says(t, said, "vigie          runs and is standby", "RMS -23 and -23 dBFS, peak -20 and -20 dBFS, as vigie hears Loopback", "held by vigie@")
	b.press()
	b.await("live", patience)
	says(t, doctor(t, venue, 0), "runs and is live", "DMABUF")
	if state := b.state(); state != "live" {
		t.Errorf("doctor made it %s", state)
	}
}

// TestHardwareDoctorMeasures holds that the upload speed to a relay far away is the network's.
func TestHardwareDoctorMeasures(t *testing.T) {
	stage, hall := NewNamespace(t, "stage"), NewNamespace(t, "hall")
	near, far := Connect(stage, boxAt, hall, relayHost+"/24")
	dir := t.TempDir()
	token, cert, key := filepath.Join(dir, "token"), filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	writeCertificate(t, cert, key)
	must(t, "token", os.WriteFile(token, []byte("a-token-of-the-bench\n"), 0o600))
	relay := Start(t, hall.Enter(Vigie(t, fmt.Sprintf("relay: {token_file: %s, listen: '%s:8889', media: %d, tls: {cert: %s, key: %s}}\n",
		token, relayHost, mediaOfBox, cert, key), "relay")))
	relay.WaitLog("the relay listens", patience)
	config := fmt.Sprintf("microphone: {device: test}\nrelay: {url: 'https://%s:8889/whip/main-stage', token_file: %s, ca_file: %s}\n", relayHost, token, cert)
	far.Shape("netem delay 20ms")
	for network, least := range map[string][2]float64{
		"netem delay 20ms": {4, 10_000}, "tbf rate 2mbit burst 16k latency 200ms": {1.4, 2}, "tbf rate 200kbit burst 16k latency 500ms": {0.1, 0.23},
	} {
		near.Shape(network)
		cmd := stage.Enter(Vigie(t, config, "doctor"))
		began := time.Now()
		out, _ := cmd.Output()
		took, said := time.Since(began), string(out)
		t.Logf("%s: %v\n%s", network, took, said)
		says(t, said, "relay TLS      TLS 1.3 in ", "by relay.ca_file", "green  relay WHIP     "+relayHost+":8889 lets us in; 204 to OPTIONS, and it takes SDP\n")
		var speed float64
		_, after, _ := strings.Cut(said, "relay speed    at least ")
		if _, err := fmt.Sscanf(after, "%f Mb/s", &speed); err != nil || speed < least[0] || speed > least[1] {
			t.Errorf("%s: doctor measured %v Mb/s, %v", network, speed, err)
		}
		if strings.Contains(said, "a-token-of-the-bench") || took > 15*time.Second {
			t.Errorf("it took %v, or has the token:\n%s", took, said)
		}
	}
}

func says(t *testing.T, said string, all ...string) {
	t.Helper()
	for _, want := range all {
		if !strings.Contains(said, want) {
			t.Errorf("doctor does not say %q:\n%s", want, said)
		}
	}
}
