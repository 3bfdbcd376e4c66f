package health

import (
	"os"
	"path/filepath"
	"time"
)

// clockApart is how far the board's clock with a battery may be from the kernel's. It drifts by a second or two a day where
// nobody sets it.
const clockApart = 5 * time.Minute

// ClockRight tells whether the wall clock, which says now, is known to be right on the board whose /sys and /run are below
// root, "" for this machine: it was synchronised since the boot, or a clock with a battery has the same time. built is
// that of Options. False is no proof of the opposite: there may be nobody who could tell.
//
// That there is a clock for a battery is not enough: a Raspberry Pi 5 is sold without the battery. The kernel then takes
// 1970 from it at boot, and systemd goes on from when the board was last on.
func ClockRight(root string, built, now time.Time) bool {
	if root == "" {
		root = "/"
	}
	return newClock(root, built).right(now)
}

func (c *clock) right(now time.Time) bool {
	if synchronised, ok := c.ask(); ok && synchronised {
		return true
	}
	// The kernel forgets when the network has long been gone, or may not be asked at all.
	if _, err := os.Stat(filepath.Join(c.root, "run/systemd/timesync/synchronized")); err == nil {
		return true
	}
	if now.Before(c.built.AddDate(0, 0, -1)) {
		return false
	}
	all, _ := filepath.Glob(filepath.Join(c.root, "sys/class/rtc/*/since_epoch")) // Linux, Documentation/ABI/testing/sysfs-class-rtc
	for _, file := range all {
		if seconds, ok := number(file, 10); ok && now.Sub(time.Unix(seconds, 0)).Abs() < clockApart {
			return true
		}
	}
	return false
}
