//go:build bench

package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"vigie/capture"
	"vigie/relay/relaytest"
)

// The board's wiring in the shipped configuration.
const (
	goLiveLine, cutLine            = "GPIO17", "GPIO18"
	redLine                        = "GPIO27"
	statusURL, relayAt, mediaOfBox = "http://127.0.0.1:8080", "127.0.0.1:8889", 8890
	watchURL                       = "http://" + relayAt + "/whep/main-stage"
	fittedCut                      = "panel: {buttons: {cut: {line: " + cutLine + "}}}\n"
	patience                       = 30 * time.Second
	startup                        = 20 * time.Second
)

// A small picture, for tests that are not about the picture: the bench has one slow CPU.
const camera180 = "camera: {width: 320, height: 180, fps: 15}\nvideo: {bitrate: {min: 300k, start: 500k, max: 600k}}\n"

// box is a vigie that runs, and the board around it.
type box struct {
	*Process
	t           testing.TB
	goLive, cut *Line
	red         *Watcher
	wire        *Capture
	relayPort   uint16 // of its media
}

// lampTest is how long the lights of a box that begins say nothing of it.
const lampTest = 1300 * time.Millisecond

// startBox runs vigie on the board as the configuration says, and watches its lights and its wire. It returns when the
// lamp test is over.
func startBox(t testing.TB, config string) *box {
	t.Helper()
	b := &box{t: t, goLive: GPIO(t, goLiveLine), cut: GPIO(t, cutLine), relayPort: mediaOfBox}
	b.goLive.Pull(High)
	b.cut.Pull(High)
	b.red = GPIO(t, redLine).Watch()
	b.wire = CaptureLoopback(t)
	b.Process = Start(t, Vigie(t, config, "run"))
	pause(lampTest)
	return b
}

// liveBox runs vigie with a tone in its microphone until it is live, and returns when it was pressed.
func liveBox(t testing.TB, config string) (b *box, pressed time.Duration) {
	t.Helper()
	PlayTone(t, Tone{})
	b = startBox(t, config)
	b.await("standby", startup)
	pressed = b.press()
	b.await("live", patience)
	return b, pressed
}

// startRelay runs the relay alone.
func startRelay(t testing.TB, config string) *Process {
	t.Helper()
	relay := Start(t, Vigie(t, config, "relay"))
	relay.WaitLog("the relay listens", patience)
	return relay
}

// state is what the log said last: asking the page again and again would take the time of the one CPU.
func (b *box) state() string {
	_, after, _ := cutLast(b.Log(), `msg="now `)
	state, _, _ := strings.Cut(after, `"`)
	return state
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// report is the part of the status API that the tests look at.
type report struct {
	State    string
	Cut      bool
	Lights   struct{ Red, Green, Amber string }
	Warnings []struct{ Code, Text string }
	Errors   []string `json:"config_errors"`
	Video    struct{ Pictures, Dropped uint64 }
	Audio    struct {
		LevelDB [2]float64 `json:"level_db"`
	}
	Uplink struct {
		LastError string `json:"last_error"`
	}
}

func (b *box) status() report {
	var r report
	resp, err := http.Get(statusURL + "/api/v1/status")
	if err != nil {
		return report{State: "unreachable"}
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&r); err != nil {
		b.t.Fatalf("status: %v", err)
	}
	return r
}

func (r report) warns(code string) bool {
	return slices.ContainsFunc(r.Warnings, func(w struct{ Code, Text string }) bool { return w.Code == code })
}

// await blocks until the box is in that state, and returns when that was seen.
func (b *box) await(state string, within time.Duration) time.Duration {
	b.t.Helper()
	WaitFor(b.t, within, "the box to be "+state, func() bool { return b.state() == state })
	return capture.Now()
}

// awaitStatus blocks until the status API says so, asking some times a second.
func (b *box) awaitStatus(what string, is func(report) bool) {
	b.t.Helper()
	for began := capture.Now(); !is(b.status()); pause(200 * time.Millisecond) {
		if capture.Now()-began > patience {
			b.t.Fatalf("waited %v in vain for: %s; the box says %+v", patience, what, b.status())
		}
	}
}

func (b *box) awaitWarning(code string) {
	b.t.Helper()
	b.awaitStatus("the warning "+code, func(r report) bool { return r.warns(code) })
}

// press presses the go-live button for 100 ms, with real bounce at both ends, and returns the time of its first edge.
func (b *box) press() time.Duration {
	b.t.Helper()
	at := capture.Now()
	b.goLive.Bounce(Low)
	pause(100 * time.Millisecond)
	b.goLive.Bounce(High)
	return at
}

// hold holds the go-live button for 2.3 s.
func (b *box) hold() {
	b.t.Helper()
	b.goLive.Bounce(Low)
	pause(2300 * time.Millisecond)
	b.goLive.Bounce(High)
}

// pause is time that staff take.
func pause(d time.Duration) { <-time.After(d) }

// watch is a viewer.
func watch(t testing.TB) *relaytest.Viewer {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	v, err := relaytest.Dial(ctx, watchURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	return v
}

// awaitMore blocks until the viewer has so many access units and packets of sound more than now.
func awaitMore(t testing.TB, v *relaytest.Viewer, units, packets int) {
	t.Helper()
	video, audio := v.Received()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	err := v.Wait(ctx, func(nowVideo, nowAudio relaytest.Received) bool {
		return len(nowVideo.Units) >= len(video.Units)+units && nowAudio.Packets >= audio.Packets+packets
	})
	if err != nil {
		t.Fatalf("the viewer waited in vain for %d more pictures: %v", units, err)
	}
}

// decode has ffmpeg decode access units, and returns how many pictures came out; a complaint of ffmpeg fails the test.
func decode(t testing.TB, units []relaytest.Unit) int {
	t.Helper()
	var stream bytes.Buffer
	for _, u := range units {
		stream.Write(u.Data)
	}
	file := filepath.Join(t.TempDir(), "viewer.h264")
	if err := os.WriteFile(file, stream.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("ffmpeg", "-v", "error", "-f", "h264", "-i", file, "-f", "framemd5", "-")
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil || complaint.Len() > 0 {
		t.Errorf("ffmpeg does not like what the viewer got: %v\n%s", err, complaint.String())
	}
	pictures := 0
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, "#") {
			pictures++
		}
	}
	return pictures
}

// metric reads one value of /metrics, 0 where it is not there.
func (b *box) metric(name string) (value float64) {
	b.t.Helper()
	resp, err := http.Get(statusURL + "/metrics")
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(resp.Body); err != nil {
		b.t.Fatal(err)
	}
	for line := range strings.Lines(text.String()) {
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			fmt.Sscan(rest, &value)
		}
	}
	return value
}
