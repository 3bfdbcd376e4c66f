package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"vigie/capture"
	"vigie/device/golive"
	"vigie/device/station"
)

// A show that a crash ended goes on when systemd has started the program again. It does not after a reboot, because
// the file is in /run: nobody expects a stage to be live when the power comes back. Nor does one that crashed
// resumeCrashes times in resumeWithin: it would do so again.
const (
	resumeCrashes = 3
	resumeWithin  = 10 * time.Minute
)

// resume keeps what staff want, or the schedule for them, in a file of the unit's RuntimeDirectory, which outlives the
// program until the unit is stopped.
type resume struct {
	path   string // "" where systemd is not: nothing is kept
	log    *slog.Logger
	gaveUp bool // a show crashed again and again: it is not to go on by itself, nor by the schedule

	mu   sync.Mutex
	last kept
	left bool // the box ends: what it does from here on is nobody's wish
}

// kept is what the file has.
type kept struct {
	Wanted    bool            `json:"wanted"`
	Scheduled bool            `json:"scheduled,omitempty"` // the schedule began it
	Cut       bool            `json:"cut"`
	Crashes   []time.Duration `json:"crashes,omitempty"` // capture.Now of each, the last ones
	Anew      bool            `json:"anew,omitempty"`    // the box ended to begin anew: no crash
}

// openResume returns it with what the program was doing when it last ended without having been told to.
func openResume(dir string, log *slog.Logger) (*resume, station.Resume) {
	if dir == "" {
		return &resume{}, station.Resume{}
	}
	r := &resume{path: filepath.Join(dir, "show"), log: log}
	data, err := os.ReadFile(r.path)
	if err == nil {
		err = json.Unmarshal(data, &r.last)
	}
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			log.Warn("whether a show was on is not known", "err", err)
		}
		r.last = kept{}
	}
	switch {
	case r.last.Wanted && r.last.Anew:
		r.last.Anew = false
		r.save()
	case r.last.Wanted:
		r.crashed(capture.Now())
	}
	return r, station.Resume{Wanted: r.last.Wanted, Scheduled: r.last.Scheduled, Cut: r.last.Cut}
}

// crashed counts a crash, and gives the show up where there were too many.
func (r *resume) crashed(now time.Duration) {
	recent := r.last.Crashes[:0]
	for _, at := range append(r.last.Crashes, now) {
		if now-at < resumeWithin {
			recent = append(recent, at)
		}
	}
	r.last.Crashes = recent
	if r.gaveUp = len(recent) >= resumeCrashes; r.gaveUp {
		r.log.Error("the show crashed again and again: it does not go on by itself; press the button to try once more")
		r.last.Wanted, r.last.Scheduled = false, false
	} else {
		r.log.Warn("the program ended in a show: the show goes on")
	}
	r.save()
}

// keep remembers what is wanted now. It writes to memory, and only what is new.
func (r *resume) keep(m golive.Machine) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := kept{Wanted: m.Wanted, Scheduled: m.Scheduled, Cut: m.Cut, Crashes: r.last.Crashes}
	if r.path == "" || r.left || r.last.Wanted == now.Wanted && r.last.Scheduled == now.Scheduled && r.last.Cut == now.Cut {
		return
	}
	if r.last = now; !m.Wanted {
		r.last.Crashes = nil // whatever was wrong with that show, it is over
	}
	r.save()
}

// leave keeps what is wanted, although the box is about to end: it begins anew, where that is why, or the program has
// failed. Both may be while a show waits for a configuration that is mended, or for the devices.
func (r *resume) leave(why error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.left = true
	if anew := errors.Is(why, errAnew) || errors.Is(why, errRestart); anew && r.path != "" && r.last.Wanted {
		r.last.Anew = true
		r.save()
	}
}

func (r *resume) save() {
	data, err := json.Marshal(r.last)
	if err == nil {
		if err = os.WriteFile(r.path+".new", data, 0o600); err == nil {
			err = os.Rename(r.path+".new", r.path)
		}
	}
	if err != nil {
		r.log.Warn("after a crash the show would not go on", "err", err)
	}
}
