//go:build bench && machine

package bench

import (
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	pgpio "periph.io/x/conn/v3/gpio"

	"vigie/capture"
	"vigie/device/gpio"
)

// The box is to come back by itself from each of these, with the show that was on.

func TestMachineKilled(t *testing.T) {
	m := newMachine(t)
	m.live()
	at := capture.Now()
	m.command("systemctl", "kill", "-s", "KILL", "vigie.service")
	m.darkWithin(5*time.Second, at)
	m.await("live")
	t.Logf("live again %v after it was killed", (capture.Now() - at).Round(10*time.Millisecond))
	awaitMore(t, watch(t), 15, 20)
}

func TestMachineHangs(t *testing.T) {
	m := newMachine(t)
	m.live()
	at := capture.Now()
	m.command("systemctl", "kill", "--kill-whom=main", "-s", "STOP", "vigie.service")
	m.darkWithin(5*time.Second, at)
	m.await("live")
	t.Logf("live again %v after it hung", (capture.Now() - at).Round(10*time.Millisecond))
	if restarts := m.property("NRestarts"); restarts == "0" {
		t.Error("the watchdog did nothing")
	}
	awaitMore(t, watch(t), 15, 20)
}

// TestMachineLoopHangs has the station's loop alone hang, with all else of the program at work: the file in which it keeps
// that the cut is over is a pipe that nobody reads. Red blinks then, since the relay has not confirmed the stage yet.
func TestMachineLoopHangs(t *testing.T) {
	m := newMachine(t)
	m.live()
	m.press("cut")
	m.awaitStatus("the cut", func(r report) bool { return r.Cut })
	const pipe = "/run/vigie/show.new"
	m.command("mkfifo", "-m", "666", pipe)
	at := capture.Now()
	m.press("cut")
	m.red.Wait(High, time.Second)
	m.command("rm", pipe) // it hangs; the program after it is not to
	m.darkWithin(5*time.Second, at)
	m.await("cueing") // under the cut, which is all that the program before could keep
	m.press("cut")
	m.await("live")
	log := m.command("journalctl", "--no-pager", "-u", "vigie.service")
	if !strings.Contains(log, "the station's loop has stood still") {
		t.Error("the journal does not say what hung")
	}
}

// TestMachineOutOfMemory has the kernel take the box for what is to be killed when memory is short (sysrq f).
func TestMachineOutOfMemory(t *testing.T) {
	m := newMachine(t)
	m.live()
	at := capture.Now()
	// Not by a limit of its control group: a process at its limit spins, and simulated time does not run while it does.
	for _, step := range [][2]string{{"/proc/" + m.property("MainPID") + "/oom_score_adj", "1000"}, {"/proc/sysrq-trigger", "f"}} {
		if err := os.WriteFile(step[0], []byte(step[1]), 0); err != nil {
			t.Fatal(err)
		}
	}
	m.darkWithin(5*time.Second, at)
	m.await("live")
	t.Logf("live again %v after its memory was taken", (capture.Now() - at).Round(10*time.Millisecond))
	if log := m.command("journalctl", "--no-pager", "-k"); !strings.Contains(log, "oom-kill") && !strings.Contains(log, "Memory cgroup out of memory") {
		t.Error("the kernel's log knows of no kill")
	}
}

// TestMachineDiskFull fills the disk in a show, which goes on, also by a program that begins there, and gives it room again.
func TestMachineDiskFull(t *testing.T) {
	m := newMachine(t)
	state := machineFile("/var/lib/vigie")
	run(t, exec.Command("mount", "-t", "tmpfs", "-o", "size=1m", "full", state))
	t.Cleanup(func() {
		_ = exec.Command("umount", "-l", state).Run()
		m.command("systemctl", "restart", "vigie.service")
	})
	run(t, exec.Command("chroot", machineRoot, "chown", "vigie:vigie", "/var/lib/vigie"))
	m.command("systemctl", "restart", "vigie.service")
	m.await("standby")
	m.live()
	full := func(r report) bool { return r.State == "live" && (r.warns("disk_low") || r.warns("disk_failed")) }
	if err := os.WriteFile(state+"/filler", make([]byte, 2<<20), 0o600); err == nil {
		t.Fatal("the disk has room")
	}
	m.awaitStatus("a warning of the disk", full)
	awaitMore(t, watch(t), 15, 20)
	m.command("systemctl", "kill", "--signal=KILL", "--kill-whom=main", "vigie.service")
	m.awaitStatus("the same show, by a program that begins with a full disk", full)
	awaitMore(t, watch(t), 15, 20)
	if err := os.Remove(state + "/filler"); err != nil {
		t.Fatal(err)
	}
	m.awaitStatus("no such warning", func(r report) bool { return r.State == "live" && !full(r) })
	m.end()
}

// TestMachineCamera pulls the camera in a show, and starts without one: udev and the unit's sandbox let it come back.
func TestMachineCamera(t *testing.T) {
	m := newMachine(t)
	m.live()
	UnplugCamera(t)
	m.awaitStatus("no camera", func(r report) bool { return r.warns("no_camera") })
	PlugCamera(t)
	m.awaitStatus("the camera", func(r report) bool { return !r.warns("no_camera") })
	awaitMore(t, watch(t), 15, 20)
	m.end()
	UnplugCamera(t)
	m.command("systemctl", "restart", "vigie.service")
	m.awaitStatus("no camera", func(r report) bool { return r.State == "standby" && r.warns("no_camera") })
	PlugCamera(t)
	m.awaitStatus("the camera", func(r report) bool { return !r.warns("no_camera") })
	if restarts := m.property("NRestarts"); restarts != "0" {
		t.Errorf("a camera that is missing restarted the box %s times", restarts)
	}
	m.live()
}

// TestMachineButtonLater starts the box before it may open the GPIO chip, as at a boot in which udev is late.
func TestMachineButtonLater(t *testing.T) {
	m := newMachine(t)
	const chip = "/dev/gpiochip0"
	m.command("chmod", "000", chip)
	t.Cleanup(func() { m.command("chmod", "660", chip) })
	m.command("systemctl", "restart", "vigie.service")
	m.awaitStatus("that no button works", func(r report) bool { return r.State == "standby" && r.warns("panel_failed") })
	m.command("chmod", "660", chip)
	m.awaitStatus("the panel", func(r report) bool { return r.State == "standby" && !r.warns("panel_failed") })
	m.live()
}

// TestMachineButtonTaken starts the box while another program, this one, has the button's line, and lets it go in a show:
// the box takes it when the show is over.
func TestMachineButtonTaken(t *testing.T) {
	m := newMachine(t)
	m.command("systemctl", "stop", "vigie.service")
	line, err := gpio.Find(goLiveLine)
	if err != nil {
		t.Fatal(err)
	}
	if err := line.In(pgpio.PullUp, pgpio.NoEdge); err != nil {
		t.Fatal(err)
	}
	letGo := sync.OnceFunc(line.(interface{ Close() }).Close)
	t.Cleanup(letGo)
	m.command("systemctl", "start", "vigie.service")
	m.awaitStatus("that the button does not work", func(r report) bool { return r.State == "standby" && r.warns("panel_failed") })
	m.press("go_live")
	m.await("live")
	letGo()
	pause(65 * time.Second)
	if r := m.status(); r.State != "live" || !r.warns("panel_failed") {
		t.Errorf("in the show the box says %+v", r)
	}
	m.hold("go_live")
	m.awaitStatus("the button", func(r report) bool { return r.State == "standby" && !r.warns("panel_failed") })
	m.live()
}
