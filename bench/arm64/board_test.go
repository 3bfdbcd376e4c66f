//go:build bench && machine

package arm64

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"vigie/capture"
	"vigie/relay/relaytest"
)

const (
	statusURL = "http://127.0.0.1:8080/api/v1/status"
	watchURL  = "http://127.0.0.1:8889/whep/main-stage"
	patience  = 90 * time.Second // an emulated CPU beside other work
)

// TestGoesLive runs on the board, while it boots: the light is green without anyone, the button makes the stage live,
// and a viewer has its pictures and its sound. All times are since the kernel began.
func TestGoesLive(t *testing.T) {
	t.Cleanup(func() {
		if t.Failed() {
			journal, _ := exec.Command("journalctl", "--no-pager", "-o", "short-monotonic", "-u", "vigie").CombinedOutput()
			t.Logf("%s\nlines:\n%s", journal, lines(t))
		}
	})
	await(t, "a green light", func() bool { return lit(t, "GPIO22") && !lit(t, "GPIO27") })
	green := capture.Now()
	await(t, "standby", func() bool { return state() == "standby" })
	t.Logf("green after %v, the unit began after %v", round(green), round(began(t)))

	fmt.Println("press the button") // whoever boots the board reads it
	pressed := capture.Now()
	await(t, "live", func() bool { return state() == "live" })
	live := capture.Now()
	t.Logf("live after %v, %v after the press was asked for", round(live), round(live-pressed))
	if !lit(t, "GPIO27") {
		t.Error("the stage is live and red is dark")
	}
	watch(t)
	if state() != "live" {
		t.Errorf("after all that the box is %s", state())
	}
}

// TestDevicesLater starts the box while the kernel has no driver of a camera or a sound card, as on a board that nothing is
// plugged into, and then plugs both in: the unit's sandbox lets the box have them.
func TestDevicesLater(t *testing.T) {
	command := func(args ...string) {
		t.Helper()
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v: %s", args, err, out)
		}
	}
	command("systemctl", "stop", "vigie.service")
	for range 10 { // the drivers, and then what they stood on
		command("sh", "-c", `awk '$3 == 0 {print $1}' /proc/modules | xargs -r rmmod 2>/dev/null || true`)
	}
	for _, kind := range []string{"video4linux", "alsa"} {
		if devices, err := os.ReadFile("/proc/devices"); err != nil || strings.Contains(string(devices), kind) {
			t.Fatalf("the kernel still knows %s: %v\n%s", kind, err, devices)
		}
	}
	command("systemctl", "start", "vigie.service")
	await(t, "a box without devices", func() bool { return warns("no_camera") && warns("no_microphone") })
	command("modprobe", "-a", "vivid", "snd-aloop")
	await(t, "both devices", func() bool { return state() == "standby" && !warns("no_camera") && !warns("no_microphone") })
}

// watch is a viewer for some seconds.
func watch(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	v, err := relaytest.Dial(ctx, watchURL)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	err = v.Wait(ctx, func(video, audio relaytest.Received) bool {
		return video.IDRs() > 0 && len(video.Units) >= 30 && audio.Packets >= 100
	})
	video, audio := v.Received()
	t.Logf("a viewer has %d pictures and %d packets of sound", len(video.Units), audio.Packets)
	if err != nil {
		t.Error(err)
	}
}

// await asks ten times a second: each question takes time of a slow CPU.
func await(t *testing.T, what string, is func() bool) {
	t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for began := capture.Now(); !is(); <-tick.C {
		if capture.Now()-began > patience {
			t.Fatalf("waited %v in vain for: %s; the box is %s", patience, what, state())
		}
	}
}

// state is what the status page says.
func state() string {
	if r, err := ask(); err == nil {
		return r.State
	}
	return "unreachable"
}

func warns(code string) bool {
	r, err := ask()
	return err == nil && slices.ContainsFunc(r.Warnings, func(w warning) bool { return w.Code == code })
}

type (
	report struct {
		State    string
		Warnings []warning
	}
	warning struct{ Code string }
)

func ask() (r report, err error) {
	client := http.Client{Timeout: 10 * time.Second}
	resp, err := client.Get(statusURL)
	if err != nil {
		return r, err
	}
	defer resp.Body.Close()
	return r, json.NewDecoder(resp.Body).Decode(&r)
}

var litLine = regexp.MustCompile(`\((GPIO\d+)[^)]*\) out hi`)

// lit says whether the chip drives that line high: what a lamp on it would show, not what the program says.
func lit(t *testing.T, name string) bool {
	for _, found := range litLine.FindAllStringSubmatch(lines(t), -1) {
		if found[1] == name {
			return true
		}
	}
	return false
}

// lines is the kernel's own account of its GPIO lines.
func lines(t *testing.T) string {
	b, err := os.ReadFile("/sys/kernel/debug/gpio")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// began is when systemd started the program, on the kernel's clock.
func began(t *testing.T) time.Duration {
	out, err := exec.Command("systemctl", "show", "-P", "ExecMainStartTimestampMonotonic", "vigie.service").Output()
	if err != nil {
		t.Fatal(err)
	}
	d, err := time.ParseDuration(strings.TrimSpace(string(out)) + "us")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func round(d time.Duration) time.Duration { return d.Round(10 * time.Millisecond) }
