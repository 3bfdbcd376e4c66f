package schedule

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Past is what of a Keeper is to be kept where a restart finds it.
type Past struct {
	Over []string `json:"over"` // IDs of the shows that are over, the newest last
	// Ended is when staff last ended a planned show, or one was given up, by the wall clock; zero is never. What was to begin before that moment is
	// over, whatever its ID became since: a show whose start is corrected has another one.
	Ended time.Time `json:"ended,omitzero"`
}

// Keeper is what is remembered between two steps. It is a value: Step returns the next one.
type Keeper struct {
	Past

	current Show // the one that is on, or that was asked to begin; none without an ID
	seen    bool // it was on air
	begun   int  // Stage.Begun of the last step
}

// mostOver is how many shows are remembered. They matter only for as long as a clock may step back.
const mostOver = 200

const clockUnknown = "The clock is not known to be right, so no planned show begins by itself, but by the go-live " +
	"button. A time server (NTP) sets the clock."

// Wish is how the organiser wants it.
type Wish struct {
	Auto   bool          // begin and end by itself
	Remind time.Duration // before the start; 0 is never
}

// Stage is what the box does now.
type Stage struct {
	OnAir    bool // a show is on, is being begun or ended, or is still wanted
	Begun    int  // shows since the start of the program: one may be over before it is seen
	ByItself bool // the schedule began it

	ClockUnknown bool // the wall clock is not known to be right: no show begins by itself
}

// Decision is what is to be done.
type Decision struct {
	Begin, End bool   // asked again at each step until it is so
	Reminder   string // for people, why amber is lit; empty for none
	Next       *Show  // the one that is on or comes next; nil for none
}

// Step decides what is to be done now. shows are Sorted.
//
// A show that is on while it is planned counts as that show, whoever began it. When it ends before its time, staff
// ended it: it is over, with all that is planned for that moment. At its time it is ended if the schedule began it and
// nothing else is planned to go on. By a clock that may be wrong none begins: a board without a battery boots at the time at
// which it was last on, which may be in the middle of a show of last week.
func (k Keeper) Step(now time.Time, shows []Show, wish Wish, stage Stage) (Keeper, Decision) {
	var d Decision
	k = k.follow(shows)
	k.seen = k.seen || k.current.ID != "" && stage.Begun != k.begun
	k.begun = stage.Begun
	planned := k.planned(now, shows)
	switch {
	case stage.OnAir && (k.current.ID == "" || !now.Before(k.current.End)):
		if k.current.ID != "" {
			k = k.over(k.current.ID)
		}
		if k.current, k.seen = planned, planned.ID != ""; !k.seen {
			d.End = stage.ByItself
		}
	case stage.OnAir:
		k.seen = true
	case k.seen:
		k = k.over(k.current.ID)
		k.Ended = now
		for _, s := range shows {
			if s.on(now) {
				k = k.over(s.ID)
			}
		}
		k.current, k.seen = Show{}, false
		planned = Show{}
	}
	asked := k.current.ID
	d.Next = k.next(now, shows)
	if !stage.OnAir {
		k.current = Show{}
		if d.Begin = wish.Auto && !stage.ClockUnknown && planned.ID != ""; d.Begin {
			k.current = planned
		}
		unsure := wish.Auto && stage.ClockUnknown
		if unsure {
			wish.Auto = false // it is staff's to begin
		}
		if d.Reminder = k.remind(now, shows, wish, asked); unsure && d.Next != nil {
			d.Reminder = strings.TrimSpace(d.Reminder + " " + clockUnknown)
		}
	}
	return k, d
}

// follow takes a new end or title of the current show over. One that is planned no more keeps its end.
func (k Keeper) follow(shows []Show) Keeper {
	for _, s := range shows {
		if s.ID == k.current.ID {
			k.current = s
		}
	}
	return k
}

// planned is the first show that should be on now; none has an ID if there is none.
func (k Keeper) planned(now time.Time, shows []Show) Show {
	for _, s := range shows {
		if s.on(now) && !k.isOver(s, now) {
			return s
		}
	}
	return Show{}
}

// next is the show that is on, or else the one that comes next.
func (k Keeper) next(now time.Time, shows []Show) *Show {
	for _, s := range shows {
		if now.Before(s.End) && !k.isOver(s, now) {
			return &s
		}
	}
	return nil
}

// remind is what to tell staff. asked is the show that was asked to begin before.
func (k Keeper) remind(now time.Time, shows []Show, wish Wish, asked string) string {
	for _, s := range shows {
		if k.isOver(s, now) || wish.Remind == 0 || now.Before(s.Start.Add(-wish.Remind)) || !now.Before(s.End) {
			continue
		}
		name, at := "The show", s.Start.Format("15:04")
		if s.Title != "" {
			name = fmt.Sprintf("The show %q", s.Title)
		}
		switch {
		case !wish.Auto && now.Before(s.Start):
			return name + " begins at " + at + ": press the go-live button when the stage is ready."
		case !wish.Auto:
			return name + " was to begin at " + at + " and is not on: press the go-live button."
		case s.ID == asked:
			return name + " was to begin by itself at " + at + " and cannot: see what else is said here."
		}
	}
	return ""
}

// isOver tells whether a show is not to begin any more. An end that is to come, because the clock stepped back, says nothing.
func (k Keeper) isOver(s Show, now time.Time) bool {
	return slices.Contains(k.Over, s.ID) || !s.Start.After(k.Ended) && !now.Before(k.Ended)
}

// over remembers that a show is over.
func (k Keeper) over(id string) Keeper {
	if !slices.Contains(k.Over, id) {
		k.Over = append(slices.Clone(k.Over), id)
		k.Over = k.Over[max(0, len(k.Over)-mostOver):]
	}
	return k
}
