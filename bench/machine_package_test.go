//go:build bench && machine

package bench

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"vigie/capture"
)

// TestMachineSandbox runs a shell in the unit's own sandbox, as its user and with its devices.
func TestMachineSandbox(t *testing.T) {
	m := newMachine(t)
	unit := m.command("systemctl", "cat", "vigie.service")
	unit = regexp.MustCompile(`(?m)^(ExecStart|ExecStopPost|Type|Restart|WatchdogSec|NotifyAccess)=.*$`).ReplaceAllString(unit, "")
	run(t, inMachine("mkdir", "-p", "/home/staff"))
	writeMachine(t, "/home/staff/secret", "secret")
	// What any user may, so that it is the unit that forbids it.
	m.command("sh", "-ec", `for d in /etc/vigie/open /usr/open /open; do mkdir $d; mount -t tmpfs -o mode=777 open $d; done
		chmod 666 /dev/kmsg /dev/watchdog0 /dev/tty2`)
	t.Cleanup(func() {
		m.command("sh", "-ec", `for d in /etc/vigie/open /usr/open /open; do umount -l $d; rmdir $d; done
			rm -r /home/staff; chmod 600 /dev/kmsg /dev/watchdog0 /dev/tty2`)
	})
	// Where the shell may not, it must not; where it must, it may.
	probe := `
	can() { sh -c "$2" >/dev/null 2>&1 && echo "can $1" || echo "cannot $1"; }
	can read-home "cat /home/staff/secret"
	can write-etc "touch /etc/vigie/open/x"
	can write-usr "touch /usr/open/x"
	can write-root "touch /open/x"
	can read-kmsg "dd if=/dev/kmsg of=/dev/null bs=64 count=1 iflag=nonblock"
	can open-watchdog "exec 3>/dev/watchdog0"
	can open-terminal "exec 3<>/dev/tty2"
	can become-root "mount -t tmpfs none /mnt"
	can write-state "touch /var/lib/vigie/x && rm /var/lib/vigie/x"
	can open-camera "exec 3<>` + Camera(t) + `"
	can open-sound "exec 3<>/dev/snd/controlC0"
	can open-lines "exec 3<>/dev/gpiochip0"
	`
	writeMachine(t, "/usr/local/bin/probe", "#!/bin/sh\n"+probe)
	run(t, inMachine("chmod", "755", "/usr/local/bin/probe"))
	unit = strings.Replace(unit, "[Service]", "[Service]\nType=oneshot\nExecStart=/usr/local/bin/probe\nStandardOutput=truncate:/run/probe.txt\n", 1)
	writeMachine(t, "/run/systemd/system/probe.service", unit)
	m.command("systemctl", "daemon-reload")
	m.command("systemctl", "start", "probe.service")
	said := m.command("cat", "/run/probe.txt")
	t.Log(said)
	for _, want := range []string{
		"cannot read-home", "cannot write-etc", "cannot write-usr", "cannot write-root", "cannot read-kmsg",
		"cannot open-watchdog", "cannot open-terminal", "cannot become-root",
		"can write-state", "can open-camera", "can open-sound", "can open-lines",
	} {
		if !strings.Contains(said, want+"\n") {
			t.Errorf("not so: %q", want)
		}
	}
}

// TestMachineScore prints what systemd thinks of the sandbox: 0 is a closed one, 10 none.
func TestMachineScore(t *testing.T) {
	m := &machine{t: t}
	said := m.try("systemd-analyze", "security", "--no-pager", "vigie.service")
	lines := strings.Split(strings.TrimSpace(said), "\n")
	last := lines[len(lines)-1]
	t.Log(last)
	score := regexp.MustCompile(`([0-9.]+) [A-Z]+`).FindStringSubmatch(last)
	if score == nil {
		t.Fatalf("no score:\n%s", said)
	}
	if points, err := strconv.ParseFloat(score[1], 64); err != nil || points > 2 {
		t.Errorf("%s; 2.0 is the limit", last)
	}
}

// TestMachineUpgrade installs a newer package in a show: the show goes on, and the newer program begins after it.
func TestMachineUpgrade(t *testing.T) {
	m := newMachine(t)
	m.live()
	pid := m.property("MainPID")
	newer := m.newer()
	own := m.command("cat", shippedConfig)
	said := m.command("dpkg", "--force-confold", "-i", newer)
	t.Log(said)
	if !strings.Contains(said, "takes over as soon as no show is on") {
		t.Error("nobody is told that the newer program waits")
	}
	if m.command("cat", shippedConfig) != own {
		t.Error("the box's own configuration is lost")
	}
	awaitMore(t, watch(t), 15, 20)
	if now := m.property("MainPID"); now != pid {
		t.Errorf("the upgrade ended the show: process %s, then %s", pid, now)
	}
	if got := m.status().State; got != "live" {
		t.Errorf("after the upgrade the box is %s", got)
	}
	m.goLive.Bounce(Low)
	pause(2300 * time.Millisecond)
	m.goLive.Bounce(High)
	ended := capture.Now()
	WaitFor(t, patience, "the newer program", func() bool { now := m.property("MainPID"); return now != pid && now != "0" })
	m.await("standby")
	t.Logf("the newer program is in Standby %v after the button was let go", capture.Now()-ended)
	if state := m.status().State; state != "standby" {
		t.Errorf("the newer program is %s: an ended show must not begin again", state)
	}
}

const shippedConfig = "/etc/vigie/config.yaml"

// newer is the installed package under a higher version and with another configuration, as a file of the machine's.
func (m *machine) newer() string {
	m.t.Helper()
	const tree, file = "/run/newer", "/run/newer.deb"
	run(m.t, exec.Command("rm", "-rf", tree))
	run(m.t, exec.Command("dpkg-deb", "-R", machineFile("/vigie.deb"), tree))
	control := filepath.Join(tree, "DEBIAN/control")
	text, err := os.ReadFile(control)
	if err != nil {
		m.t.Fatal(err)
	}
	text = regexp.MustCompile(`(?m)^Version: (.*)$`).ReplaceAll(text, []byte("Version: 99~$1"))
	if err := os.WriteFile(control, text, 0o644); err != nil {
		m.t.Fatal(err)
	}
	shipped, err := os.OpenFile(tree+shippedConfig, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		m.t.Fatal(err)
	}
	_, err = shipped.WriteString("# a key that is new\n")
	if err := errors.Join(err, shipped.Close()); err != nil {
		m.t.Fatal(err)
	}
	run(m.t, exec.Command("dpkg-deb", "-Znone", "-b", tree, file))
	return file
}

// TestMachineZPurge comes last.
func TestMachineZPurge(t *testing.T) {
	m := newMachine(t)
	// As on a board whose state is on a partition of its own, which machine.sh made.
	m.command("dpkg", "--purge", "vigie")
	if left := m.try("ls", "-A", "/var/lib/vigie"); left != "" {
		t.Errorf("left behind on the partition: %s", left)
	}
	m.command("dpkg", "-i", "/vigie.deb")
	m.await("standby")
	run(t, exec.Command("umount", "-l", machineFile("/var/lib/vigie")))
	m.command("systemctl", "restart", "vigie.service")
	m.await("standby")
	m.live()
	m.command("dpkg", "--purge", "vigie")
	m.darkWithin(5*time.Second, capture.Now())
	left := m.try("find", "/etc", "/usr", "/var", "/run", "-xdev", "-iname", "*vigie*")
	ours := regexp.MustCompile(`bench|^/run/(newer|tmp)|var-lib-vigie.mount`) // what the bench put there
	for line := range strings.Lines(left) {
		if !strings.Contains(line, "/var/lib/dpkg") && !ours.MatchString(line) {
			t.Errorf("left behind: %s", strings.TrimSpace(line))
		}
	}
	for _, user := range []string{"vigie", "vigie-kiosk"} {
		if out := m.try("getent", "passwd", user); out != "" {
			t.Errorf("left behind: %s", out)
		}
	}
	if state := m.property("LoadState"); state != "not-found" {
		t.Errorf("the unit is still %s", state)
	}
	// And again: a box that was purged can be installed anew.
	m.command("dpkg", "-i", "/vigie.deb")
	m.await("standby")
}
