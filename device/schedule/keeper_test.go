package schedule

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// box is what a Keeper is played against: a machine that obeys at once, and a clock that goes where it is told.
type box struct {
	t      *testing.T
	keeper Keeper
	shows  []Show
	wish   Wish
	stage  Stage
	broken bool // cannot go live
	begun  int
}

// at steps twice at that time of 23 November: what was asked for is seen in the second.
func (b *box) at(clock string) Decision {
	b.t.Helper()
	var d Decision
	for range 2 {
		b.keeper, d = b.keeper.Step(on(b.t, clock), b.shows, b.wish, b.stage)
		switch {
		case d.Begin && !b.broken:
			b.begun++
			b.stage = Stage{OnAir: true, ByItself: true, Begun: b.begun}
		case d.End:
			b.stage = Stage{}
		}
	}
	return d
}

func on(t *testing.T, clock string) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04:05", "2026-11-23 "+clock)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func planned(t *testing.T, from, to string) Show {
	return Show{ID: from, Start: on(t, from+":00"), End: on(t, to+":00")}
}

func newTestBox(t *testing.T, auto bool) *box {
	return &box{t: t, wish: Wish{Auto: auto, Remind: 10 * time.Minute},
		shows: []Show{planned(t, "20:00", "22:00"), planned(t, "21:00", "23:00"), planned(t, "23:30", "23:45")}}
}

// TestByItself plays an evening on which the schedule does it all.
func TestByItself(t *testing.T) {
	b := newTestBox(t, true)
	for _, c := range []struct {
		clock string
		onAir bool
		begun int
		next  string
	}{
		{"19:59:59", false, 0, "20:00"},
		{"20:00:00", true, 1, "20:00"},
		{"21:30:00", true, 1, "20:00"},
		{"22:00:00", true, 1, "21:00"}, // the second is still on: the stage does not go dark between them
		{"19:00:00", true, 1, "21:00"}, // a clock that steps back ends nothing
		{"20:30:00", true, 1, "21:00"},
		{"22:59:59", true, 1, "21:00"},
		{"23:00:00", false, 1, "23:30"},
		{"21:10:00", false, 1, "23:30"}, // and begins nothing again
		{"23:29:59", false, 1, "23:30"},
		{"23:40:00", true, 2, "23:30"}, // a clock that steps on begins late
		{"23:59:00", false, 2, ""},
	} {
		d := b.at(c.clock)
		next := ""
		if d.Next != nil {
			next = d.Next.ID
		}
		if b.stage.OnAir != c.onAir || b.begun != c.begun || next != c.next || d.Reminder != "" {
			t.Errorf("at %s: on air %v after %d, next %q, %q; want %+v", c.clock, b.stage.OnAir, b.begun, next, d.Reminder, c)
		}
	}
}

// TestStaffDecide holds that the schedule never works against staff.
func TestStaffDecide(t *testing.T) {
	t.Run("what they ended does not begin again", func(t *testing.T) {
		b := newTestBox(t, true)
		b.at("20:00:00")
		b.at("21:05:00")
		b.stage = Stage{}
		for _, clock := range []string{"21:05:01", "21:30:00", "20:00:00", "22:30:00"} {
			if b.at(clock); b.stage.OnAir {
				t.Errorf("at %s it began again", clock)
			}
		}
		restarted := newTestBox(t, true)
		restarted.keeper = Keeper{Past: b.keeper.Past}
		if restarted.at("21:30:00"); restarted.stage.OnAir {
			t.Error("it began again after a restart")
		}
		if b.at("23:31:00"); !b.stage.OnAir {
			t.Error("the next one did not begin")
		}
	})
	t.Run("nor does it under another start", func(t *testing.T) {
		b := newTestBox(t, true)
		b.at("20:10:00")
		b.stage = Stage{}
		b.at("20:20:00")
		b.shows[0] = planned(t, "20:15", "22:00")
		for _, clock := range []string{"20:20:01", "20:50:00"} {
			if d := b.at(clock); b.stage.OnAir || d.Next == nil || d.Next.ID != "21:00" {
				t.Errorf("at %s: on air %v, next %v", clock, b.stage.OnAir, d.Next)
			}
		}
		restarted := newTestBox(t, true)
		restarted.keeper, restarted.shows = Keeper{Past: b.keeper.Past}, b.shows
		if restarted.at("20:50:00"); restarted.stage.OnAir {
			t.Error("it began again after a restart")
		}
		if b.at("21:00:00"); !b.stage.OnAir {
			t.Error("the next one did not begin")
		}
	})
	t.Run("an end by a clock that was ahead ends nothing else", func(t *testing.T) {
		b := newTestBox(t, true)
		b.at("23:31:00")
		b.stage = Stage{}
		b.at("23:32:00")
		if b.at("20:10:00"); !b.stage.OnAir {
			t.Error("the show of tonight did not begin")
		}
	})
	t.Run("nor does what they cancelled at once", func(t *testing.T) {
		b := newTestBox(t, true)
		b.keeper, _ = b.keeper.Step(on(t, "20:00:00"), b.shows, b.wish, b.stage)
		b.stage = Stage{Begun: 1} // it began and was cancelled between two steps
		if b.at("20:00:01"); b.begun > 0 {
			t.Error("it began again")
		}
	})
	t.Run("what they began is not ended", func(t *testing.T) {
		b := newTestBox(t, true)
		b.stage = Stage{OnAir: true}
		for _, clock := range []string{"19:50:00", "20:00:00", "23:10:00", "23:50:00"} {
			if d := b.at(clock); d.End || !b.stage.OnAir {
				t.Errorf("at %s it was ended", clock)
			}
		}
	})
	t.Run("a power cut in a show is not theirs", func(t *testing.T) {
		b := newTestBox(t, true)
		b.at("20:10:00")
		b.keeper, b.stage = Keeper{Past: b.keeper.Past}, Stage{}
		if b.at("20:20:00"); !b.stage.OnAir || b.begun != 2 {
			t.Error("it did not begin again")
		}
	})
	t.Run("a show that is planned no more keeps its end", func(t *testing.T) {
		b := newTestBox(t, true)
		b.at("20:10:00")
		b.shows = nil
		if b.at("20:20:00"); !b.stage.OnAir {
			t.Error("it was ended at once")
		}
		if b.at("22:00:00"); b.stage.OnAir {
			t.Error("it was not ended")
		}
	})
	t.Run("a new end counts", func(t *testing.T) {
		b := newTestBox(t, true)
		b.at("20:10:00")
		b.shows = []Show{planned(t, "20:00", "20:30")}
		if b.at("20:30:00"); b.stage.OnAir {
			t.Error("it was not ended")
		}
	})
}

// TestReminder holds what staff are told, and when.
func TestReminder(t *testing.T) {
	b := newTestBox(t, false)
	b.shows[0].Title = "Jazz"
	for clock, want := range map[string]string{
		"19:49:59": "", "19:50:00": `The show "Jazz" begins at 20:00: press`, "20:00:00": `was to begin at 20:00 and is not on`,
		"23:05:00": "", "23:20:00": "begins at 23:30", "23:45:00": "",
	} {
		if d := b.at(clock); b.begun > 0 || (want == "") != (d.Reminder == "") || !strings.Contains(d.Reminder, want) {
			t.Errorf("at %s: %q, want %q", clock, d.Reminder, want)
		}
	}
	b.stage.OnAir = true
	if d := b.at("20:30:00"); d.Reminder != "" {
		t.Errorf("in the show: %q", d.Reminder)
	}
	b.stage.OnAir = false
	if d := b.at("20:40:00"); d.Reminder != "" {
		t.Errorf("after it: %q", d.Reminder)
	}
	b = newTestBox(t, true)
	b.broken = true
	for clock, want := range map[string]string{"19:55:00": "", "20:00:01": "was to begin by itself at 20:00 and cannot"} {
		if d := b.at(clock); (want == "") != (d.Reminder == "") || !strings.Contains(d.Reminder, want) {
			t.Errorf("by itself, at %s: %q, want %q", clock, d.Reminder, want)
		}
	}
}

// TestClockUnknown holds that a box that does not know the time begins nothing by itself and says so, also where nobody is to
// be reminded, and that it still ends what it began.
func TestClockUnknown(t *testing.T) {
	b := newTestBox(t, true)
	b.stage.ClockUnknown, b.wish.Remind = true, 0
	for _, clock := range []string{"12:00:00", "20:30:00"} {
		if d := b.at(clock); b.stage.OnAir || !strings.Contains(d.Reminder, "by the go-live button") {
			t.Errorf("at %s: on air %v, %q", clock, b.stage.OnAir, d.Reminder)
		}
	}
	b.wish.Remind = 10 * time.Minute
	for clock, want := range map[string]string{"12:00:00": "The clock is not", "19:55:00": " begins at 20:00: press", "20:30:00": " was to begin at 20:00 and is not on"} {
		if d := b.at(clock); !strings.Contains(d.Reminder, want) || !strings.Contains(d.Reminder, clockUnknown) {
			t.Errorf("at %s: %q", clock, d.Reminder)
		}
	}
	b.stage.ClockUnknown = false
	if d := b.at("20:31:00"); !b.stage.OnAir || d.Reminder != "" {
		t.Errorf("with the clock known: on air %v, %q", b.stage.OnAir, d.Reminder)
	}
	b.stage.ClockUnknown = true
	if b.at("23:00:00"); b.stage.OnAir {
		t.Error("the show was not ended")
	}
	if _, d := (Keeper{}).Step(time.Unix(0, 0), nil, Wish{Auto: true}, Stage{ClockUnknown: true}); d.Reminder != "" {
		t.Errorf("with nothing planned: %q", d.Reminder)
	}
	staff := newTestBox(t, false)
	staff.stage.ClockUnknown = true
	if d := staff.at("12:00:00"); d.Reminder != "" {
		t.Errorf("where staff begin: %q", d.Reminder)
	}
}

// TestOverIsBounded holds that what is remembered does not grow for ever.
func TestOverIsBounded(t *testing.T) {
	k := Keeper{}
	for i := range 3 * mostOver {
		k = k.over(fmt.Sprint(i))
	}
	if len(k.Over) != mostOver || k.Over[mostOver-1] != fmt.Sprint(3*mostOver-1) {
		t.Errorf("%d are remembered", len(k.Over))
	}
}
