package main

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"vigie/device/config"
	"vigie/device/golive"
	"vigie/device/health"
	"vigie/device/schedule"
)

// TestCalendarAgain holds that a calendar which cannot be read is tried again soon, and less and less often, but as often as one
// that can.
func TestCalendarAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "calendar.ics")
		trouble := readingPlanner(t, file)
		read := func() bool { return trouble.Load() == nil || trouble.Load().Text == "" }
		begun := time.Now()
		at := func(after time.Duration, want bool) {
			t.Helper()
			time.Sleep(time.Until(begun.Add(after))) // of the bubble
			synctest.Wait()
			if read() != want {
				t.Errorf("after %v it is read: %v", after, !want)
			}
		}
		write := func(text string) {
			t.Helper()
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		at(time.Second, false)
		write("BEGIN:VCALENDAR\nEND:VCALENDAR\n")
		at(9*time.Second, false)
		at(11*time.Second, true) // and again at 70
		write("")
		at(69*time.Second, true)
		at(71*time.Second, false) // and again at 80, 100, 140, 200, 260
		write("BEGIN:VCALENDAR\nEND:VCALENDAR\n")
		at(79*time.Second, false)
		at(81*time.Second, true) // and again at 140
		write("")
		at(141*time.Second, false) // and again at 150, 170, 210, 270, 330
		at(271*time.Second, false)
		write("BEGIN:VCALENDAR\nEND:VCALENDAR\n")
		at(329*time.Second, false)
		at(331*time.Second, true)
	})
}

// TestCalendarAdvice holds that nothing is said of shows that were never read, nor of the network for a file, and that amber says
// that none is known.
func TestCalendarAdvice(t *testing.T) {
	cfg := testConfig()
	b := &box{log: slog.New(slog.DiscardHandler), status: &page{}}
	b.live.Store(&cfg)
	p, said := newPlanner(b, t.TempDir()), health.Condition{}
	p.notice = func(c health.Condition) { said = c }
	file := filepath.Join(t.TempDir(), "calendar.ics")
	fetch := func(severity golive.Severity, address, text, advice string) {
		t.Helper()
		p.fetch(t.Context(), schedule.Client(http.DefaultTransport), address, time.UTC)
		if said.Severity != severity || !strings.Contains(said.Text, text) || !strings.HasPrefix(said.Advice, advice) || strings.Contains(said.Advice, "network") != (address != file) {
			t.Errorf("%s: %+v, want %q, %q", address, said, text, advice)
		}
	}
	fetch(golive.Warning, file, "no such file", "The file that schedule.calendar names is to be there")
	fetch(golive.Warning, "https://127.0.0.1:1/", "127.0.0.1:1", "Look at schedule.calendar, and at the network.")
	if err := os.WriteFile(file, []byte("BEGIN:VCALENDAR\nEND:VCALENDAR\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if !p.fetch(t.Context(), nil, file, time.UTC) {
		t.Fatal(said)
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	fetch(golive.Fine, file, "ends too early", "The shows that were read before stay planned. What schedule.calendar names is to be an iCalendar file")
}

// TestCalendarUnchanged holds that a calendar is taken over when it is another one or was not read for a while, and not each minute.
func TestCalendarUnchanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "calendar.ics")
		trouble := readingPlanner(t, file)
		taken := func(text string, want bool) {
			t.Helper()
			before := trouble.Load()
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			time.Sleep(10 * readFile) // of the bubble
			if got := trouble.Load(); (got != before) != want || want && got.Text != "" {
				t.Errorf("%q: %+v", text, got)
			}
		}
		time.Sleep(readFile / 4) // never write while it is read
		const empty, other = "BEGIN:VCALENDAR\nEND:VCALENDAR\n", "BEGIN:VCALENDAR\nVERSION:2.0\nEND:VCALENDAR\n"
		taken(empty, true)
		taken(empty, false)
		taken(other, true)
		taken(empty, true)
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		if time.Sleep(10 * readFile); trouble.Load().Text == "" {
			t.Error("it is gone, and nobody says so")
		}
		taken(empty, true)
	})
}

// readingPlanner reads the calendar at that address until the test ends, for a box that does nothing else. It returns what
// it last said of that.
func readingPlanner(t *testing.T, address string) *atomic.Pointer[health.Condition] {
	t.Helper()
	cfg := testConfig()
	cfg.Schedule.Calendar = config.Secret(address)
	b := &box{log: slog.New(slog.DiscardHandler), status: &page{}}
	b.live.Store(&cfg)
	p, trouble := newPlanner(b, t.TempDir()), new(atomic.Pointer[health.Condition])
	p.notice = func(c health.Condition) { trouble.Store(&c) }
	ctx, cancel := context.WithCancel(context.Background())
	var wait sync.WaitGroup
	wait.Go(func() { p.readCalendar(ctx) })
	t.Cleanup(func() {
		cancel()
		wait.Wait()
	})
	return trouble
}

// TestClockWasSet holds that the calendar's shows are looked up again, at once, when the clock is set.
func TestClockWasSet(t *testing.T) {
	cfg := testConfig()
	b := &box{log: slog.New(slog.DiscardHandler)}
	b.live.Store(&cfg)
	p := newPlanner(b, t.TempDir())
	if now := p.now(); now != now.Round(0) {
		t.Errorf("%v would not notice it", now)
	}
	weekly := "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261123T200000Z\nDURATION:PT2H\nRRULE:FREQ=WEEKLY\nEND:VEVENT\nEND:VCALENDAR\n"
	var err error
	if p.calendar, err = schedule.ParseCalendar([]byte(weekly), time.UTC); err != nil {
		t.Fatal(err)
	}
	p.plan(time.Unix(60, 0))
	if len(p.shows) > 0 {
		t.Fatalf("in 1970 there are %v", p.shows)
	}
	now := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	p.plan(now)
	if len(p.shows) == 0 {
		t.Fatal("after the clock was set there are no shows")
	}
	p.shows = nil
	if p.plan(now.Add(time.Minute)); p.shows != nil {
		t.Error("they are looked up again for nothing")
	}
}
