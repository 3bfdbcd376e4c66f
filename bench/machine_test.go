//go:build bench && machine

package bench

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"vigie/capture"
)

// These run in a Debian whose first process is systemd, in which the package was installed before it booted: make
// bench-machine. machineRoot is where its files are; the host's are where they always are.
const machineRoot = "/proc/1/root"

// machine is the box as a venue has it, and the board around it.
type machine struct {
	t          testing.TB
	goLive     *Line
	red, green *Watcher
	wire       *Capture
}

// newMachine returns the machine with its box in Standby, in a process of its own for each test.
func newMachine(t testing.TB) *machine {
	t.Helper()
	PlayTone(t, Tone{})
	m := &machine{t: t, goLive: GPIO(t, goLiveLine), wire: CaptureLoopback(t)}
	m.goLive.Pull(High)
	m.red, m.green = GPIO(t, redLine).Watch(), GPIO(t, "GPIO22").Watch()
	m.command("systemctl", "restart", "vigie.service")
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(m.try("journalctl", "--no-pager", "-o", "short-monotonic", "-n", "80"))
		}
	})
	m.await("standby")
	return m
}

// command runs a program of the machine's and returns what it wrote.
func (m *machine) command(args ...string) string {
	m.t.Helper()
	return run(m.t, inMachine(args...))
}

// try is command for what may fail.
func (m *machine) try(args ...string) string {
	out, _ := inMachine(args...).CombinedOutput()
	return string(out)
}

func inMachine(args ...string) *exec.Cmd {
	cmd := exec.Command("chroot", append([]string{machineRoot}, args...)...)
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive"}
	cmd.Dir = "/"
	return cmd
}

// property is what systemd says of the unit.
func (m *machine) property(name string) string {
	m.t.Helper()
	return strings.TrimSpace(m.command("systemctl", "show", "-P", name, "vigie.service"))
}

// status asks the status API; a box that does not answer is "unreachable".
func (m *machine) status() (r report) {
	client := http.Client{Timeout: time.Second}
	resp, err := client.Get(statusURL + "/api/v1/status")
	if err == nil {
		defer resp.Body.Close()
		err = json.NewDecoder(resp.Body).Decode(&r)
	}
	if err != nil {
		return report{State: "unreachable"}
	}
	return r
}

func (m *machine) await(state string) {
	m.t.Helper()
	m.awaitStatus("the box to be "+state, func(r report) bool { return r.State == state })
}

func (m *machine) awaitStatus(what string, is func(report) bool) {
	m.t.Helper()
	for began := capture.Now(); !is(m.status()); pause(100 * time.Millisecond) {
		if capture.Now()-began > patience {
			m.t.Fatalf("waited %v in vain for: %s; the box says %+v", patience, what, m.status())
		}
	}
}

// live presses the button until the box is live.
func (m *machine) live() {
	m.t.Helper()
	m.goLive.Bounce(Low)
	pause(100 * time.Millisecond)
	m.goLive.Bounce(High)
	m.await("live")
	m.red.Wait(High, time.Second)
}

// press presses a button of the status page, and hold holds one.
func (m *machine) press(button string) { m.t.Helper(); m.gesture(button, "press") }
func (m *machine) hold(button string)  { m.t.Helper(); m.gesture(button, "hold") }

func (m *machine) gesture(button, gesture string) {
	m.t.Helper()
	order := `{"button":"` + button + `","gesture":"` + gesture + `"}`
	resp, err := http.Post(statusURL+"/api/v1/press", "application/json", strings.NewReader(order))
	if err != nil {
		m.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		m.t.Fatalf("a %s of %s was answered %s", gesture, button, resp.Status)
	}
}

// end holds the button until the show is over.
func (m *machine) end() {
	m.t.Helper()
	m.goLive.Bounce(Low)
	pause(2300 * time.Millisecond)
	m.goLive.Bounce(High)
	m.await("standby")
	pause(300 * time.Millisecond) // a button that was just let go is not heard
}

// darkWithin holds that red is dark, for longer than a blink, at most so long after that moment.
func (m *machine) darkWithin(limit, after time.Duration) {
	m.t.Helper()
	WaitFor(m.t, limit+time.Second, "red to be dark", func() bool {
		changes := m.red.Changes()
		last := changes[len(changes)-1]
		return last.Level == Low && capture.Now()-last.At > 300*time.Millisecond
	})
	changes := m.red.Changes()
	took := changes[len(changes)-1].At - after
	m.t.Logf("red was dark after %v", took.Round(time.Millisecond))
	if took > limit {
		m.t.Errorf("red was lit for %v by a process that does not work; it may be %v", took, limit)
	}
}

// machineFile is a file of the machine's.
func machineFile(path string) string { return machineRoot + path }

func writeMachine(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(machineFile(path), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
