package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"vigie/device/station"
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
	open("nothing before", station.Resume{}).keep(true, false)
	open("a crash in a show", station.Resume{Wanted: true}).keep(true, true)
	r := open("a crash under a cut", station.Resume{Wanted: true, Cut: true})
	r = open("the third crash", station.Resume{Cut: true})
	r.keep(false, false)
	open("an end", station.Resume{})

	// Old crashes are forgotten.
	r, _ = openResume(dir, log)
	r.last = kept{Wanted: true, Crashes: []time.Duration{-2 * resumeWithin, -2 * resumeWithin, -2 * resumeWithin}}
	r.save()
	open("a crash after a long time", station.Resume{Wanted: true})
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
	if r.keep(true, true); was != (station.Resume{}) {
		t.Errorf("without systemd: %+v", was)
	}
}
