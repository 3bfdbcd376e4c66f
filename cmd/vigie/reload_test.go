package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"vigie/device/health"
	"vigie/device/status"
)

// program is `vigie run` on a file of its own, seen through its status page.
type program struct {
	t          *testing.T
	file, base string
	ports      string // the part of the file that does not change
}

func startProgram(t *testing.T, text string) *program {
	t.Helper()
	t.Setenv("STATE_DIRECTORY", t.TempDir())
	return startProgramHere(t, text)
}

// startProgramHere is startProgram with the state directory that the environment names.
func startProgramHere(t *testing.T, text string) *program {
	t.Helper()
	var ports [3]int
	for i := range ports {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ports[i] = l.Addr().(*net.TCPAddr).Port
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	p := &program{t: t, file: filepath.Join(t.TempDir(), "config.yaml"), base: fmt.Sprintf("http://127.0.0.1:%d", ports[0])}
	p.ports = fmt.Sprintf("status: {listen: '127.0.0.1:%d'}\nrelay: {listen: '127.0.0.1:%d', media: %d}\n"+
		"panel: {buttons: {go_live: {line: ''}}, lights: {red: '', green: '', amber: ''}}\nmicrophone: {device: test}\n", ports[0], ports[1], ports[2])
	p.write(text)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- runCommand{file: file{p.file}}.run(ctx, nil) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return p
}

// write saves the file as an editor does, by rename.
func (p *program) write(text string) {
	p.t.Helper()
	if err := os.WriteFile(p.file+".new", []byte(p.ports+text), 0o600); err != nil {
		p.t.Fatal(err)
	}
	if err := os.Rename(p.file+".new", p.file); err != nil {
		p.t.Fatal(err)
	}
}

func (p *program) press(gesture string) {
	p.t.Helper()
	resp, err := http.Post(p.base+"/api/v1/press", "application/json", strings.NewReader(`{"button":"go_live","gesture":"`+gesture+`"}`))
	if err != nil {
		p.t.Fatal(err)
	}
	resp.Body.Close()
}

// await blocks until the status page is as asked. The program is another process to it: it asks again and again.
func (p *program) await(what string, is func(seen) bool) seen {
	p.t.Helper()
	tick, deadline := time.NewTicker(20*time.Millisecond), time.After(30*time.Second)
	defer tick.Stop()
	for last := (seen{}); ; {
		if resp, err := http.Get(p.base + "/api/v1/status"); err == nil {
			last = seen{}
			err = json.NewDecoder(resp.Body).Decode(&last)
			resp.Body.Close()
			if err == nil && is(last) {
				return last
			}
		}
		select {
		case <-tick.C:
		case <-deadline:
			p.t.Fatalf("waited in vain for %s: %+v", what, last)
		}
	}
}

// seen is what the test reads of /api/v1/status.
type seen struct {
	State, Title string
	Warnings     []struct{ Code, Text string }
	ConfigErrors []string `json:"config_errors"`
	Video        struct {
		Format   string
		Pictures uint64
	}
	Uplink struct {
		Attempt int
		State   string
	}
}

func (s seen) warning(code string) string {
	for _, w := range s.Warnings {
		if w.Code == code {
			return w.Text
		}
	}
	return ""
}

// TestReload changes the file in a show: what can change does, the rest waits for its end, and a broken file changes
// nothing. The show goes on all the while, in one session.
func TestReload(t *testing.T) {
	const small = "camera: {device: test, width: 320, height: 180}\n"
	const large = "camera: {device: test, width: 640, height: 360}\n"
	p := startProgram(t, small+"broadcast: {title: Rehearsal}\n")
	p.await("standby", func(s seen) bool { return s.State == "standby" })
	p.press("press")
	before := p.await("live", func(s seen) bool { return s.State == "live" && s.Title == "Rehearsal" })

	p.write(small + "broadcast: {title: First night}\n")
	s := p.await("the new title", func(s seen) bool { return s.Title == "First night" })
	if w := s.warning("config_waits"); w != "" || s.State != "live" {
		t.Errorf("a title, in %s: %s", s.State, w)
	}
	p.write(large + "broadcast: {title: Second night}\n")
	s = p.await("what waits", func(s seen) bool { return s.warning("config_waits") != "" })
	if w := s.warning("config_waits"); s.Title != "Second night" || !strings.Contains(w, "camera.width, camera.height wait for the end of the show") {
		t.Errorf("%q: %s", s.Title, w)
	}
	p.write("camera: {width: 641}\n")
	s = p.await("the errors", func(s seen) bool { return len(s.ConfigErrors) > 0 && s.warning("config_last_good") != "" })
	if !strings.Contains(s.ConfigErrors[0], "config.yaml:5:10: camera.width: 641 is odd") || s.State != "live" ||
		s.Title != "Second night" || s.warning("config_waits") != "" {
		t.Errorf("a broken file: %+v", s)
	}
	p.write(large + "broadcast: {title: Second night}\n")
	s = p.await("what waits, without errors", func(s seen) bool {
		return s.warning("config_waits") != "" && s.warning("config_last_good") == ""
	})
	if s.State != "live" || len(s.ConfigErrors) > 0 || s.Uplink.Attempt != 1 || s.Video.Pictures <= before.Video.Pictures {
		t.Errorf("the show did not go on: %+v, before %+v", s, before)
	}
	p.press("hold")
	s = p.await("a box that began anew", func(s seen) bool { return s.State == "standby" && strings.HasPrefix(s.Video.Format, "640x360") })
	if len(s.Warnings) > 2 || s.warning("config_waits") != "" { // the test picture and the test sound
		t.Errorf("it warns: %v", s.Warnings)
	}
}

// TestReadAgain holds that SIGHUP has the file read although it did not change.
func TestReadAgain(t *testing.T) {
	again := make(chan os.Signal, 1)
	again <- syscall.SIGHUP
	r := reloader{setup: setup{path: filepath.Join(t.TempDir(), "config.yaml")}, again: again, log: slog.New(slog.DiscardHandler)}
	if err := r.await(context.Background()); err != errReadAgain {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if r.run(ctx) {
		t.Error("it begins anew at the end of the program")
	}
}

// TestReloadInStandby holds that nothing is said to wait where no show is on, and that a line without a value is left out.
func TestReloadInStandby(t *testing.T) {
	b, _ := startTestBox(t, testConfig())
	var journal bytes.Buffer
	r := reloader{box: b, log: slog.New(slog.NewTextHandler(&journal, nil))}
	cfg := testConfig()
	cfg.Video.Bitrate.Max++
	taken, wait := b.takeOver(cfg)
	r.tell(taken, wait)
	b.station.Notice(health.Condition{Code: health.CertificateEnds, Text: "The next.", Advice: "Wait."}) // is told after it
	warns := func(s status.Snapshot, code string) bool {
		return slices.ContainsFunc(s.Warnings, func(w status.Warning) bool { return w.Code == code })
	}
	awaitPage(t, b, "the next", func(s status.Snapshot) bool {
		if warns(s, health.ConfigWaits) {
			t.Errorf("it warns: %v", s.Warnings)
		}
		return warns(s, health.CertificateEnds)
	})
	if text := journal.String(); !strings.Contains(text, "begins anew with it\" anew=video.bitrate.max") || strings.Contains(text, "now=") {
		t.Errorf("the journal: %s", text)
	}
}
