package main

import (
	"context"
	"crypto/sha256"
	"slices"
	"sync"
	"time"
	_ "time/tzdata" // boards may have none

	"vigie/device/golive"
	"vigie/device/health"
	"vigie/device/schedule"
	"vigie/device/station"
	"vigie/device/status"
)

// How far the schedule looks ahead, and how many shows it has at most.
const (
	planAhead = 366 * 24 * time.Hour
	mostShows = 1000
)

// planner has the box do what the schedule says. It goes by the wall clock, which may jump: package schedule knows.
type planner struct {
	box        *box
	dir        string // where it remembers which shows are over
	now        func() time.Time
	clockRight func(now time.Time) bool
	notice     func(health.Condition) // the station's
	changed    chan struct{}          // holds a token when the configuration's schedule is another one
	gaveUp     bool                   // a show crashed again and again: until run has seen to that it begins no more

	// What run alone touches.
	keeper   schedule.Keeper
	reminder string
	shows    []schedule.Show
	at       time.Time // when shows were looked up; zero: not yet
	sure     bool      // clockRight was true once: it stays so until the power fails
	unkept   bool      // keeper.Past is another one than was last written, or is being written
	keeps    bool      // a write goes on

	keeping sync.WaitGroup // of the one write at a time
	wrote   chan error     // holds one, how it went: who wrote ends, whether it is listened to or not

	// What readCalendar alone touches.
	trouble error             // why the calendar could not be read; nil where it was
	content [sha256.Size]byte // of the calendar that was read and kept last; zero: none

	mu       sync.Mutex
	calendar *schedule.Calendar // nil: none, or not read yet
	stale    bool               // shows are to be looked up again
	next     *status.Show
}

func newPlanner(b *box, dir string) *planner {
	p := &planner{box: b, dir: dir, now: wallClock, changed: make(chan struct{}, 1), wrote: make(chan error, 1)}
	p.notice = func(c health.Condition) { b.station.Notice(c) }
	built := builtAt()
	p.clockRight = func(now time.Time) bool { return health.ClockRight("", built, now) }
	p.recall()
	return p
}

// wallClock is without the monotonic time, by which Sub and Before would go: it does not know that the clock was set.
func wallClock() time.Time { return time.Now().Round(0) }

// change has the schedule of the configuration taken over.
func (p *planner) change() {
	p.mu.Lock()
	p.stale = true
	p.mu.Unlock()
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

// seen is the next show, for the status page.
func (p *planner) seen() *status.Show {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.next
}

// run says each second what is due, and at once when the box is in another state.
func (p *planner) run(ctx context.Context) {
	defer p.settle()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		s := p.box.station.Snapshot()
		if ctx.Err() != nil { // then what the snapshot says may be the end of the program, and not staff's doing
			return
		}
		p.step(s)
		if !p.await(ctx, tick.C, s.Machine.State) {
			return
		}
	}
}

// await blocks until the next tick or until the box is in another state; it is false when ctx is done.
func (p *planner) await(ctx context.Context, tick <-chan time.Time, state golive.State) bool {
	for {
		changed := p.box.next()
		if p.box.station.Snapshot().Machine.State != state {
			return true
		}
		select {
		case <-tick:
			return true
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

// step does what is due.
func (p *planner) step(s station.Snapshot) {
	c, m := p.box.live.Load(), s.Machine
	p.sure = p.sure || c.Schedule.Auto && p.clockRight(p.now())
	now := p.now() // not before: the clock may have been set meanwhile
	p.plan(now)
	idle := m.State == golive.Standby || m.State == golive.Fault || m.State == golive.Starting
	before := p.keeper.Past
	if p.gaveUp {
		p.gaveUp, p.keeper.Ended = false, now // as if staff had
	}
	keeper, d := p.keeper.Step(now, p.shows, schedule.Wish{Auto: c.Schedule.Auto, Remind: c.Schedule.Remind},
		schedule.Stage{OnAir: !idle || m.Wanted, ByItself: m.Scheduled, Begun: s.Shows, ClockUnknown: !p.sure})
	p.keeper = keeper
	switch {
	case d.Begin:
		p.box.station.Press(golive.ScheduleStarted{})
	case d.End:
		p.box.log.Info("the planned show is over")
		p.box.station.Press(golive.ScheduleEnded{})
	}
	if d.Reminder != p.reminder {
		p.reminder = d.Reminder
		p.box.station.Remind(d.Reminder)
	}
	p.show(d.Next, c.Schedule.Auto && p.sure)
	p.unkept = p.unkept || !before.Ended.Equal(keeper.Ended) || !slices.Equal(before.Over, keeper.Over)
	p.remember()
}

// plan looks the shows up when the schedule is another one, when an hour has passed and when the clock was set.
func (p *planner) plan(now time.Time) {
	p.mu.Lock()
	calendar, stale := p.calendar, p.stale
	p.stale = false
	p.mu.Unlock()
	if !stale && !p.at.IsZero() && now.Sub(p.at).Abs() < time.Hour {
		return
	}
	p.at = now
	c := p.box.live.Load()
	zone := c.Venue.Zone()
	var shows []schedule.Show
	for _, e := range c.Schedule.Events {
		start, err := e.Start.In(zone)
		end, endErr := e.End.In(zone)
		if err == nil && endErr == nil { // Parse has read them before
			shows = append(shows, schedule.Show{ID: start.UTC().Format(time.RFC3339), Title: e.Title, Start: start, End: end})
		}
	}
	if calendar != nil {
		for _, s := range calendar.Shows(now.AddDate(0, 0, -7), now.Add(planAhead), mostShows) {
			s.Start, s.End = s.Start.In(zone), s.End.In(zone)
			shows = append(shows, s)
		}
	}
	p.shows = schedule.Sorted(shows)
}

// show tells the status page of the next show, when it is another one.
func (p *planner) show(next *schedule.Show, auto bool) {
	var shown *status.Show
	if next != nil {
		shown = &status.Show{Title: next.Title, Start: next.Start, End: next.End, Auto: auto}
	}
	p.mu.Lock()
	same := shown == nil && p.next == nil || shown != nil && p.next != nil && *shown == *p.next
	p.next = shown
	p.mu.Unlock()
	if !same {
		p.box.status.Notify()
	}
}
