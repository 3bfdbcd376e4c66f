package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"vigie/device/config"
	"vigie/device/golive"
	"vigie/device/status"
)

// evening is a clock that the test sets.
type evening struct{ at atomic.Pointer[time.Time] }

func (e *evening) set(t *testing.T, clock string) {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04", "2026-11-23 "+clock)
	if err != nil {
		t.Fatal(err)
	}
	e.at.Store(&at)
}

// in gives a box that clock instead of the machine's. It is known to be right.
func (e *evening) in(b *box) {
	b.planner.now = func() time.Time { return *e.at.Load() }
	b.planner.clockRight = func(time.Time) bool { return true }
}

func withShow(auto bool) config.Config {
	cfg := testConfig()
	cfg.Venue.Timezone = "UTC"
	cfg.Schedule.Auto = auto
	cfg.Schedule.Events = []config.Event{{Start: "2026-11-23T20:00:00", End: "2026-11-23T22:00:00", Title: "Jazz"}}
	return cfg
}

// awaitPage blocks until the status page says so.
func awaitPage(t *testing.T, b *box, what string, is func(status.Snapshot) bool) {
	t.Helper()
	for deadline := time.After(20 * time.Second); ; {
		next := b.next()
		if is(b.snapshot()) {
			return
		}
		select {
		case <-next:
		case <-deadline:
			t.Fatalf("waited in vain for %s: %+v", what, b.snapshot())
		}
	}
}

func due(s status.Snapshot) string {
	for _, w := range s.Warnings {
		if w.Code == "show_due" {
			return w.Text
		}
	}
	return ""
}

// failed is what the page says of a calendar that cannot be read.
func failed(s status.Snapshot) string {
	for _, w := range s.Warnings {
		if w.Code == "calendar_failed" && w.Advice != "" {
			return w.Text
		}
	}
	return ""
}

// TestShowByItself has the whole box go live and end by its schedule, and does not have it begin again where the clock
// steps back.
func TestShowByItself(t *testing.T) {
	clock := &evening{}
	clock.set(t, "19:55")
	b, _ := startTestBox(t, withShow(true), clock.in)
	awaitPage(t, b, "the next show", func(s status.Snapshot) bool {
		return s.Next != nil && s.Next.Title == "Jazz" && s.Next.Auto && s.State == golive.Standby && due(s) == ""
	})
	clock.set(t, "20:00")
	awaitBox(t, b, golive.Live)
	clock.set(t, "22:00")
	awaitBox(t, b, golive.Standby)
	clock.set(t, "20:30")
	awaitPage(t, b, "no next show", func(s status.Snapshot) bool { return s.Next == nil })
	awaitPage(t, b, "what is kept of that", func(status.Snapshot) bool {
		text, err := os.ReadFile(b.planner.file())
		return err == nil && string(text) == `{"over":["2026-11-23T20:00:00Z"]}`
	})
	if shows := b.station.Snapshot().Shows; shows != 1 {
		t.Errorf("%d shows began", shows)
	}
	if p := newPlanner(b, b.planner.dir); len(p.keeper.Over) != 1 {
		t.Errorf("after a restart over are %v", p.keeper.Over)
	}
}

// TestCardHangs ends a show at its time, and the program after it, while the card holds whoever asks it. A pipe that nobody writes
// to holds whoever opens it to read.
func TestCardHangs(t *testing.T) {
	clock, dir := &evening{}, t.TempDir()
	clock.set(t, "19:59")
	var p *planner
	t.Cleanup(func() { // after the program
		card, err := os.OpenFile(p.file(), os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		card.Close()
		p.keeping.Wait()
		if text, err := os.ReadFile(p.file()); err != nil || string(text) != `{"over":["2026-11-23T20:00:00Z"]}` {
			t.Errorf("a card that answers again has %s, %v", text, err)
		}
	})
	b := startTestBoxIn(t, setup{config: withShow(true)}, dir, slog.New(slog.DiscardHandler), clock.in, func(b *box) {
		if p = b.planner; unix.Mkfifo(p.file(), 0o600) != nil {
			t.Fatal("no pipe")
		}
	})
	clock.set(t, "20:00")
	awaitBox(t, b, golive.Live)
	clock.set(t, "22:00")
	awaitBox(t, b, golive.Standby)
}

// TestClockGoesOn plugs a box in again that has no clock of its own: it believes to be in the middle of the show in which the
// power failed. The stage stays dark, staff are told, and nothing begins when a time server has said what time it is.
func TestClockGoesOn(t *testing.T) {
	clock, synchronised := &evening{}, atomic.Bool{}
	clock.set(t, "20:30")
	b, _ := startTestBox(t, withShow(true), clock.in, func(b *box) {
		b.planner.clockRight = func(time.Time) bool { return synchronised.Load() }
	})
	awaitPage(t, b, "the reason", func(s status.Snapshot) bool {
		return strings.Contains(due(s), "clock is not known to be right") && s.Next != nil && !s.Next.Auto && s.Lights.Amber == golive.Slow
	})
	clock.set(t, "22:10")
	synchronised.Store(true)
	awaitPage(t, b, "a clock that is right", func(s status.Snapshot) bool { return due(s) == "" && s.Next == nil })
	if s := b.station.Snapshot(); s.Shows > 0 || s.Machine.State != golive.Standby {
		t.Errorf("%d shows began; it is %v", s.Shows, s.Machine.State)
	}
}

// TestShowIsDue holds that staff are reminded on amber, that the show is theirs, and that a schedule is taken over.
func TestShowIsDue(t *testing.T) {
	clock := &evening{}
	clock.set(t, "19:49")
	b, _ := startTestBox(t, withShow(false), clock.in)
	awaitPage(t, b, "the next show", func(s status.Snapshot) bool { return s.Next != nil && due(s) == "" })
	clock.set(t, "19:50")
	awaitPage(t, b, "the reminder", func(s status.Snapshot) bool {
		return strings.Contains(due(s), `"Jazz" begins at 20:00`) && s.Lights.Amber == golive.Slow && s.State == golive.Standby
	})
	b.station.Press(golive.GoLiveTapped{In: golive.AnyState})
	awaitBox(t, b, golive.Live)
	clock.set(t, "22:01")
	awaitPage(t, b, "no reminder", func(s status.Snapshot) bool { return s.State == golive.Live && due(s) == "" && s.Next == nil })
	cfg := withShow(false)
	cfg.Schedule.Events[0].Start, cfg.Schedule.Events[0].End = "2026-11-23T23:00:00", "2026-11-23T23:30:00"
	if taken, wait := b.takeOver(cfg); len(taken) != 1 || taken[0] != "schedule.events" || len(wait) > 0 {
		t.Errorf("taken over are %v, and %v wait", taken, wait)
	}
	awaitPage(t, b, "another show", func(s status.Snapshot) bool {
		return s.State == golive.Live && s.Next != nil && s.Next.Start.Hour() == 23
	})
}

// TestCalendar holds that shows of a calendar are planned, that one which is broken later changes nothing but says so, and
// that the last good one is there at the next start.
func TestCalendar(t *testing.T) {
	const good = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:Jazz\nDTSTART:20261123T200000\nDURATION:PT2H\nEND:VEVENT\nEND:VCALENDAR\n"
	clock := &evening{}
	clock.set(t, "19:00")
	file := filepath.Join(t.TempDir(), "calendar.ics")
	if err := os.WriteFile(file, []byte(good), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := testConfig()
	cfg.Venue.Timezone, cfg.Schedule.Calendar = "UTC", config.Secret(file)
	b, log := startTestBox(t, cfg, clock.in)
	planned := func(s status.Snapshot) bool {
		return s.Next != nil && s.Next.Title == "Jazz" && s.Next.Start.Hour() == 20
	}
	awaitPage(t, b, "the calendar's show", planned)
	for text, want := range map[string]string{
		"<html>": "line 1: is not NAME:value",
		strings.Replace(good, "END:VCALENDAR", "BEGIN:VEVENT\nUID:2\nSUMMARY:Blues\nDTSTART:soon\nEND:VEVENT\nEND:VCALENDAR", 1): `the event "Blues": line 11: DTSTART`,
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		b.planner.change()
		awaitPage(t, b, "what is wrong with it", func(s status.Snapshot) bool { return strings.Contains(failed(s), want) && planned(s) })
	}
	if err := os.WriteFile(file, []byte(good), 0o600); err != nil {
		t.Fatal(err)
	}
	b.planner.change()
	awaitPage(t, b, "that it is mended", func(s status.Snapshot) bool { return failed(s) == "" && planned(s) })
	if text := log.String(); strings.Count(text, "code=calendar_failed") != 2 {
		t.Errorf("the journal has\n%s", text)
	}
	again := newPlanner(&box{log: slog.New(slog.DiscardHandler)}, b.planner.dir)
	if again.kept(file, time.UTC) == nil || again.kept(file+"x", time.UTC) != nil {
		t.Error("the last good calendar is not kept, or for any address")
	}
}

// TestCalendarAddress holds that neither the page nor the log has a calendar's address: it can be a secret.
func TestCalendarAddress(t *testing.T) {
	cfg := testConfig()
	cfg.Schedule.Calendar = "https://127.0.0.1:1/private-abc/basic.ics"
	b, log := startTestBox(t, cfg)
	awaitPage(t, b, "no answer", func(s status.Snapshot) bool { return strings.Contains(failed(s), "127.0.0.1:1: ") })
	if trouble := failed(b.snapshot()); strings.Contains(trouble+log.String(), "private") {
		t.Errorf("%s %s", trouble, log.String())
	}
}
