package health

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// clock watches the wall clock. Boards without a battery boot with the time of their last shutdown, or with 1970, and
// certificates are then not valid yet. A clock that nobody synchronises is worth a warning where it could be: it takes
// minutes after boot, and a network that has no way out never does.
type clock struct {
	root        string
	built       time.Time
	unset, free detector
	ask         func() (synchronised, ok bool)
}

func newClock(root string, built time.Time) *clock {
	const advice = "Let the box reach a time server (NTP, UDP port 123), and see timedatectl."
	return &clock{
		root: root, built: built, ask: askKernel,
		unset: newDetector(ClockNotSet, time.Minute, 10*time.Second,
			"The clock is wrong: it is before this program was made. Relays with https may be refused.", advice),
		free: newDetector(ClockUnsynchronised, 10*time.Minute, 10*time.Second, "The clock is not synchronised.", advice),
	}
}

func (c *clock) judge(now time.Time, _ Seen) []Condition {
	unset, free := resting, resting
	if !c.built.IsZero() {
		unset = judged(now.Before(c.built.AddDate(0, 0, -1))) // whatever the zones were
	}
	if synchronised, ok := c.synchronised(); ok && c.wayOut() {
		free = judged(!synchronised && unset != bad)
	}
	c.unset.judge(now, unset)
	c.free.judge(now, free)
	return conditions(&c.unset, &c.free)
}

// synchronised is what the kernel says. Where a sandbox keeps us from asking it, systemd-timesyncd's files say it: the
// directory is there while it runs, and the file after the first time that it set the clock (systemd-timesyncd(8)).
func (c *clock) synchronised() (synchronised, ok bool) {
	if synchronised, ok = c.ask(); ok {
		return synchronised, true
	}
	dir := filepath.Join(c.root, "run/systemd/timesync")
	if _, err := os.Stat(dir); err != nil {
		return false, false
	}
	_, err := os.Stat(filepath.Join(dir, "synchronized"))
	return err == nil, true
}

// askKernel reads the state of the kernel's clock and sets nothing (adjtimex(2)).
func askKernel() (synchronised, ok bool) {
	var t unix.Timex
	state, err := unix.Adjtimex(&t)
	return state != unix.TIME_ERROR, err == nil
}

// wayOut tells whether there is a default route. The tables are those of proc_pid_net(5); IPv6 always has one by lo,
// that refuses.
func (c *clock) wayOut() bool {
	const anywhere = "00000000"
	for line := range lines(filepath.Join(c.root, "proc/net/route")) { // interface, destination, ..., mask as the eighth
		if len(line) > 7 && line[1] == anywhere && line[7] == anywhere {
			return true
		}
	}
	for line := range lines(filepath.Join(c.root, "proc/net/ipv6_route")) { // destination, its length, ..., interface
		if n := len(line); n > 2 && line[0] == strings.Repeat("0", 32) && line[1] == "00" && line[n-1] != "lo" {
			return true
		}
	}
	return false
}
