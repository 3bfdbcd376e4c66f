//go:build bench && machine

package bench

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"vigie/capture"
)

// TestMachineReadOnly has a root that nothing can be written to, as a board has whose card is to last for years.
func TestMachineReadOnly(t *testing.T) {
	m := newMachine(t)
	m.readOnly()
	m.command("systemctl", "start", "vigie.service")
	m.await("standby")
	m.live()
	awaitMore(t, watch(t), 15, 20)
	for _, w := range m.status().Warnings {
		if w.Code == "disk_failed" || w.Code == "disk_low" {
			t.Errorf("%s: %s", w.Code, w.Text)
		}
	}
	m.end()
}

// readOnly stops the box, and has a root that nothing can be written to until the test ends.
func (m *machine) readOnly() {
	m.t.Helper()
	remount := func(flags uintptr) {
		if err := unix.Mount("", machineRoot, "", unix.MS_REMOUNT|unix.MS_BIND|flags, ""); err != nil {
			m.t.Fatal(err)
		}
	}
	m.command("systemctl", "stop", "vigie.service") // systemd's own /var/tmp of the last run can go while it can be written to
	remount(unix.MS_RDONLY)                         // the mount alone: a file that is open for writing keeps the file system from it
	m.t.Cleanup(func() { remount(0) })
	if err := os.WriteFile(machineFile("/etc/vigie/probe"), nil, 0o600); err == nil {
		m.t.Fatal("the root can be written to")
	}
}

// TestMachineDiskLater has the state on a partition that cannot be mounted at boot, is there later, and is pulled in a show.
func TestMachineDiskLater(t *testing.T) {
	m := newMachine(t)
	const absent, awaited = "/run/systemd/system/var-lib-vigie.mount.d", "/run/systemd/system/dev-absent.device.d"
	there := func() {
		m.command("rm", "-rf", absent, awaited)
		m.command("systemctl", "daemon-reload")
		m.command("systemctl", "start", "var-lib-vigie.mount")
		m.command("chown", "vigie:vigie", "/var/lib/vigie")
	}
	t.Cleanup(func() { there(); m.command("systemctl", "restart", "vigie.service") })
	m.readOnly()
	m.command("mkdir", "-p", absent, awaited)
	writeMachine(t, absent+"/absent.conf", "[Mount]\nType=ext4\nWhat=/dev/absent\n")
	writeMachine(t, awaited+"/timeout.conf", "[Unit]\nJobRunningTimeoutSec=5s\n") // x-systemd.device-timeout=5s of /etc/fstab
	m.command("systemctl", "daemon-reload")
	m.command("systemctl", "stop", "var-lib-vigie.mount")
	m.try("systemctl", "start", "vigie.service", "var-lib-vigie.mount") // in one transaction, as a boot has them
	m.awaitStatus("a warning of the disk", func(r report) bool { return r.State == "standby" && r.warns("disk_failed") })
	m.live()
	there()
	m.awaitStatus("the disk", func(r report) bool { return r.State == "live" && !r.warns("disk_failed") })
	m.command("systemctl", "stop", "var-lib-vigie.mount")
	pause(3 * time.Second)
	if restarts := m.property("NRestarts"); restarts != "0" || m.status().State != "live" {
		t.Errorf("a disk that is pulled in a show: %s restarts, the box is %s", restarts, m.status().State)
	}
	m.end()
}

// TestMachineNoClock starts the box in 1970, as a board without a battery does, and sets the clock right in a show.
func TestMachineNoClock(t *testing.T) {
	m := newMachine(t)
	now, began := time.Now(), capture.Now()
	right := func() { m.command("date", "--set", "@"+seconds(now.Add(capture.Now()-began))) }
	t.Cleanup(right)
	m.command("date", "--set", "@"+seconds(time.Unix(0, 0).Add(time.Hour)))
	m.command("systemctl", "restart", "vigie.service")
	m.await("standby")
	if said := m.try("vigie", "doctor", "--json", "--config", "/etc/vigie/config.yaml"); !strings.Contains(said, "before this program was made") {
		t.Errorf("doctor does not mind 1970: %s", said)
	}
	m.live()
	v := watch(t)
	awaitMore(t, v, 15, 20)
	from := capture.Now()
	right()
	awaitMore(t, v, 60, 80)
	if state := m.status().State; state != "live" {
		t.Errorf("the clock was set, and the box is %s", state)
	}
	for _, c := range m.red.Changes() {
		if c.At > from {
			t.Errorf("red became %v when the clock was set", c.Level)
		}
	}
	m.end()
}

func seconds(at time.Time) string {
	return strconv.FormatInt(at.Unix(), 10)
}

// TestMachineRelayLater has the relay in a unit of its own, which comes after the box, goes in a show, and comes again.
func TestMachineRelayLater(t *testing.T) {
	m := newMachine(t)
	const file, token = "/etc/vigie/config.yaml", "/etc/vigie/tokens/relay"
	shipped, err := os.ReadFile(machineFile(file))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		m.command("systemctl", "stop", "vigie-relay.service")
		writeMachine(t, file, string(shipped))
		m.command("rm", token)
		m.command("systemctl", "restart", "vigie.service")
	})
	writeMachine(t, token, "a-token-of-the-bench\n")
	writeMachine(t, file, string(shipped)+"relay: {url: 'http://127.0.0.1:8889/whip/main-stage', token_file: "+token+"}\n")
	m.command("systemctl", "restart", "vigie.service")
	m.awaitStatus("no relay", func(r report) bool { return r.State == "standby" && r.warns("relay_unreachable") })
	m.command("systemctl", "start", "vigie-relay.service")
	m.awaitStatus("the relay", func(r report) bool { return !r.warns("relay_unreachable") })
	m.live()
	awaitMore(t, watch(t), 15, 20)
	m.command("systemctl", "kill", "-s", "KILL", "vigie-relay.service")
	m.await("recovering")
	m.await("live")
	awaitMore(t, watch(t), 15, 20)
	m.end()
	if out, err := exec.Command("grep", "-r", "a-token-of-the-bench", machineFile("/var/lib/vigie"), machineFile("/run/systemd")).Output(); err == nil {
		t.Errorf("the token is where it should not be:\n%s", out)
	}
}

// TestMachinePowerCut leaves in the state directory what a power cut may leave of files that were being written.
func TestMachinePowerCut(t *testing.T) {
	m := newMachine(t)
	m.command("systemctl", "stop", "vigie.service")
	m.command("sh", "-c", `cd /var/lib/vigie && ls -A && for f in *; do : >"$f"; head -c 100 /dev/urandom >"$f-1.tmp"; done`)
	m.command("systemctl", "start", "vigie.service")
	m.await("standby")
	m.live()
	awaitMore(t, watch(t), 15, 20)
	m.end()
}
