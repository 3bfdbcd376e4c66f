//go:build bench && machine

package bench

import (
	"strings"
	"testing"
	"time"

	"vigie/capture"
)

// TestMachineBoots comes first: the box was started by the boot alone, and its light is green.
func TestMachineBoots(t *testing.T) {
	m := &machine{t: t}
	green := GPIO(t, "GPIO22").Watch()
	steady := Change{}
	WaitFor(t, patience, "a steady green", func() bool {
		changes := green.Changes()
		steady = changes[len(changes)-1]
		return steady.Level == High && capture.Now()-steady.At > time.Second
	})
	started, err := time.ParseDuration(m.property("InactiveExitTimestampMonotonic") + "us")
	if err != nil {
		t.Fatal(err)
	}
	took := max(steady.At-started, 0)
	t.Logf("green %v after the unit began; %s; %s", took.Round(time.Millisecond),
		strings.TrimSpace(m.try("systemd-analyze")), m.property("StatusText"))
	if took > 5*time.Second {
		t.Error("it may take 5 s")
	}
	if state := m.property("ActiveState"); state != "active" {
		t.Errorf("the unit is %s", state)
	}
}

// TestMachinePress goes live by the button and ends by it, takes a reload for no reason to end, and stops in time with a
// show on.
func TestMachinePress(t *testing.T) {
	m := newMachine(t)
	m.live()
	awaitMore(t, watch(t), 15, 20)
	m.end()
	m.live()
	pid := m.property("MainPID")
	m.command("systemctl", "reload", "vigie.service")
	awaitMore(t, watch(t), 15, 20)
	if now := m.property("MainPID"); now != pid {
		t.Errorf("process %s is %s after a reload", pid, now)
	}
	began := capture.Now()
	m.command("systemctl", "stop", "vigie.service")
	took := capture.Now() - began
	t.Logf("stopped in a show: %v", took.Round(time.Millisecond))
	if result := m.property("Result"); took > 5*time.Second || result != "success" {
		t.Errorf("the unit stopped in %v: %s", took, result)
	}
	m.darkWithin(time.Second, capture.Now())
	said := strings.TrimSpace(m.try("journalctl", "-q", "-o", "cat", "-p", "warning", "_PID="+pid))
	if strings.Contains(said, "\n") || !strings.Contains(said, "power_line_frequency") { // that vivid does not have
		t.Errorf("nothing was wrong, and it warns:\n%s", said)
	}
}
