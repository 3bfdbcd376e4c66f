package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"vigie/device/health"
)

// board looks at clock, temperature and power of the machine whose /sys, /proc and /run are below root, "" for this one, as
// a running box does. now is in the zone of the venue.
func board(root string, now time.Time) []finding {
	all, r := health.JudgeOnce(now, health.Options{Root: root, Built: builtAt()}), health.Read(root)
	return []finding{
		and(clock(r, now), all, health.ClockNotSet, health.ClockUnsynchronised),
		and(heat(r), all, health.Hot),
		and(power(r), all, health.Undervoltage, health.Throttled),
	}
}

// storage looks at the disk that the box keeps its state on.
func storage() finding {
	dir, err := servedState()
	if err != nil {
		return finding{"disk", "red", err.Error(), "set STATE_DIRECTORY to a directory that can be written"}
	}
	return and(disk(dir), health.JudgeOnce(time.Now(), health.Options{StateDir: dir, Built: builtAt()}), health.DiskLow)
}

// and is f with what conditions of these codes add to it.
func and(f finding, all []health.Condition, codes ...string) finding {
	for _, c := range all {
		if !slices.Contains(codes, c.Code) {
			continue
		}
		if f.Text += "\n" + c.Text; f.Light == "green" {
			f.Light, f.Advice = "amber", ""
		}
		f.Advice = strings.TrimPrefix(f.Advice+"\n"+c.Advice, "\n")
	}
	return f
}

const (
	written  = 8 << 20 // bytes
	slowDisk = 1 << 20 // bytes a second: twice a picture of 4 Mb/s
)

// disk writes a file to the state directory as far as the card, and removes it. It takes as long as the card does.
func disk(dir string) finding {
	const part = "disk"
	took, err := tryDisk(dir)
	if err != nil {
		return finding{part, "amber", err.Error(), "where it may not be written, run doctor as root; a card that fails goes read-only: replace it"}
	}
	speed := written / took.Seconds()
	f := finding{part, "green", fmt.Sprintf("%.1f MB/s written to %s", speed/1e6, dir), ""}
	var fs unix.Statfs_t
	if unix.Statfs(dir, &fs) == nil {
		f.Text += fmt.Sprintf(", %d MB free", fs.Bavail*uint64(fs.Bsize)/1e6)
	}
	if speed < slowDisk {
		f.Light, f.Advice = "amber", "slow for a card: a worn or wrong one; replace it before it fails"
	}
	return f
}

func tryDisk(dir string) (time.Duration, error) {
	data := make([]byte, written)
	_, _ = rand.Read(data) // no file system and no card makes them fewer; it never fails
	f, err := os.CreateTemp(dir, "doctor-*.tmp")
	if err != nil {
		return 0, err
	}
	defer os.Remove(f.Name())
	began := time.Now()
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync())
	return time.Since(began), errors.Join(err, f.Close())
}

func clock(r health.Readings, now time.Time) finding {
	f := finding{"clock", "green", now.Format("2006-01-02 15:04:05 MST"), ""}
	switch {
	case r.Told && r.Synchronised:
		f.Text += ", synchronised"
	case r.Told && !r.WayOut:
		f.Text += ", not synchronised: this network has no way out"
	case !r.Told:
		f.Text += "; nobody says whether it is synchronised"
	}
	if !r.Synchronised {
		f.Advice = "compare it with a watch; timedatectl set-time sets it"
	}
	return f
}

func heat(r health.Readings) finding {
	if !r.Heat {
		return finding{"temperature", "green", "this board does not tell", ""}
	}
	return finding{"temperature", "green", fmt.Sprintf("%d °C", r.Degrees), ""}
}

func power(r health.Readings) finding {
	if !r.Supply {
		return finding{"power", "green", "this board does not tell", ""}
	}
	switch {
	case r.Dipped:
		return finding{"power", "amber", "under-voltage has occurred since boot",
			"it may lose a camera or the disk in a show: the board's own power supply, a short cable; ask again after the next one"}
	case r.Slowed:
		return finding{"power", "amber", "the board was slowed down since boot", "give it air, and its own power supply"}
	}
	return finding{"power", "green", "watched by the board itself", ""}
}
