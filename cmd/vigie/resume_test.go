package main

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vigie/capture"
	"vigie/device/config"
	"vigie/device/golive"
	"vigie/device/station"
	"vigie/device/status"
)

func TestResume(t *testing.T) {
	dir, log := t.TempDir(), slog.New(slog.NewTextHandler(t.Output(), nil))
	open := func(what string, want station.Resume) *resume {
		t.Helper()
		r, got := openResume(dir, log)
		if got != want {
			t.Fatalf("%s: %+v, want %+v", what, got, want)
		}
		return r
	}
	open("nothing before", station.Resume{}).keep(golive.Machine{Wanted: true, Scheduled: true})
	open("a crash in a show", station.Resume{Wanted: true, Scheduled: true}).keep(golive.Machine{Wanted: true, Cut: true})
	open("a crash under a cut", station.Resume{Wanted: true, Cut: true})
	r := open("the third crash", station.Resume{Cut: true})
	if !r.gaveUp {
		t.Error("the schedule is not told that the show is given up")
	}
	r.keep(golive.Machine{})
	open("an end", station.Resume{})

	// Old crashes are forgotten.
	r, _ = openResume(dir, log)
	r.last = kept{Wanted: true, Crashes: []time.Duration{-2 * resumeWithin, -2 * resumeWithin, -2 * resumeWithin}}
	r.save()
	r = open("a crash after a long time", station.Resume{Wanted: true})

	// A box that begins anew has not crashed, however often it does, and its end is not the show's.
	for range resumeCrashes {
		r.leave(errAnew)
		r.keep(golive.Machine{})
		r = open("a box that began anew", station.Resume{Wanted: true})
	}
	r.leave(errors.New("the relay failed"))
	r.keep(golive.Machine{})
	open("a program that failed", station.Resume{Wanted: true})
}

// TestShowAwaitsConfiguration holds that a show which a crash ended goes on, after a while in which the file is broken.
func TestShowAwaitsConfiguration(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("RUNTIME_DIRECTORY", dir)
	show := filepath.Join(dir, "show")
	if err := os.WriteFile(show, []byte(`{"wanted":true}`), 0o600); err != nil {
		t.Fatal(err)
	}
	const small = "camera: {device: test, width: 320, height: 180}\n"
	p := startProgram(t, small+"x: y\n")
	await(t, "the box in Fault", func() bool {
		text, err := os.ReadFile(show)
		return err == nil && strings.Contains(string(text), "crashes")
	})
	p.write(small)
	p.await("the show", func(s seen) bool { return s.State == "live" })
}

func TestResumeOfGarbage(t *testing.T) {
	dir, log := t.TempDir(), slog.New(slog.NewTextHandler(t.Output(), nil))
	if err := os.WriteFile(filepath.Join(dir, "show"), []byte(`{"wanted":`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, was := openResume(dir, log); was != (station.Resume{}) {
		t.Errorf("half a file is %+v", was)
	}
	r, was := openResume("", log)
	if r.keep(golive.Machine{Wanted: true, Cut: true}); was != (station.Resume{}) {
		t.Errorf("without systemd: %+v", was)
	}
}

// after starts a box, by that clock, in a show that the schedule began, after that many crashes.
func after(t *testing.T, crashes int, cfg config.Config, clock func(*box)) *box {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("RUNTIME_DIRECTORY", dir)
	before := resume{path: filepath.Join(dir, "show"), log: slog.Default(), last: kept{Wanted: true, Scheduled: true}}
	for range crashes - 1 {
		before.last.Crashes = append(before.last.Crashes, capture.Now())
	}
	before.save()
	b, _ := startTestBox(t, cfg, clock)
	return b
}

// TestScheduledShowCrashed holds that a show which the schedule began goes on after a crash, and that the schedule ends it.
func TestScheduledShowCrashed(t *testing.T) {
	b := after(t, 1, withShow(true), func(b *box) {
		var soon, over evening
		soon.set(t, "21:59")
		over.set(t, "22:30")
		soon.in(b)
		b.planner.now = func() time.Time {
			if b.station.Snapshot().Machine.State == golive.Live {
				return *over.at.Load()
			}
			return *soon.at.Load()
		}
	}) // and at rest again
	if s := b.station.Snapshot(); s.Shows != 1 || s.Machine.Wanted {
		t.Errorf("%d shows went on, and one is wanted: %v", s.Shows, s.Machine.Wanted)
	}
}

// TestScheduledShowGivenUp holds that the schedule does not begin again what crashed again and again, also not under another
// start, and that it begins what comes next.
func TestScheduledShowGivenUp(t *testing.T) {
	clock := &evening{}
	clock.set(t, "20:30")
	cfg := withShow(true)
	cfg.Schedule.Events = append(cfg.Schedule.Events,
		config.Event{Start: "2026-11-23T20:15:00", End: "2026-11-23T22:00:00", Title: "Jazz, corrected"},
		config.Event{Start: "2026-11-23T22:30:00", End: "2026-11-23T23:00:00", Title: "Blues"})
	b := after(t, resumeCrashes, cfg, clock.in)
	awaitPage(t, b, "the show after it", func(s status.Snapshot) bool { return s.Next != nil && s.Next.Title == "Blues" })
	if s := b.station.Snapshot(); s.Shows > 0 || s.Machine.State != golive.Standby {
		t.Errorf("%d shows began; it is %v", s.Shows, s.Machine.State)
	}
	clock.set(t, "22:30")
	awaitBox(t, b, golive.Live)
}
