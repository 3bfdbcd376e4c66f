package panel

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"syscall"
	"time"

	"periph.io/x/conn/v3/gpio"

	"vigie/device/golive"
)

// Lamps are what the box shines with. A line that is nil is not fitted.
type Lamps struct {
	Red, Green, Amber *Line
	RGB               bool  // the three are one light, whose blue is Amber's line
	Tally             *Line // the room's on-air lamp: lit while red is lit or blinks, without blinking itself
	Test              bool  // show each lamp once when Run begins
}

// Lights drives the lamps.
type Lights struct {
	mu    sync.Mutex
	rgb   bool
	try   bool    // Run begins with a lamp test
	lamps [3]lamp // red, green, amber
	tally lamp
	want  golive.Lights
	since [3]time.Time // of each pattern: it begins lit
	test  time.Time    // when the lamp test began; zero: there is none
}

type lamp struct {
	line *Line // nil: not fitted
	lit  bool
	err  error // why it does not show what it is to
}

// NewLights takes the lines and makes them dark. A line that another program holds is an error, and that lamp stays
// as if it were not fitted: the others work.
func NewLights(o Lamps) (*Lights, error) {
	l := &Lights{rgb: o.RGB, try: o.Test}
	return l, errors.Join(l.lamps[0].fit(o.Red), l.lamps[1].fit(o.Green), l.lamps[2].fit(o.Amber), l.tally.fit(o.Tally))
}

// Set shows the patterns. When it returns, what is to be lit is lit, or Err says why it is not. A lamp test
// goes on to its end, unless a show begins.
func (l *Lights) Set(want golive.Lights) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	was := patterns(l.want)
	for i, p := range patterns(want) {
		if p != was[i] {
			l.since[i] = now
		}
	}
	l.want = want
	l.refresh(now)
}

// Err says which lamps do not show what they are to, and why; nil when all do. A line that failed is tried again.
func (l *Lights) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return errors.Join(l.lamps[0].err, l.lamps[1].err, l.lamps[2].err, l.tally.err)
}

// Run blinks until ctx is done and then makes all lamps dark.
func (l *Lights) Run(ctx context.Context) {
	tick := time.NewTicker(fastHalf / 5) // an edge is at most 25 ms late
	defer tick.Stop()
	if l.try {
		l.begin(time.Now())
	}
	for {
		select {
		case <-ctx.Done():
			l.begin(time.Time{})
			l.Set(golive.Lights{})
			return
		case now := <-tick.C:
			l.mu.Lock()
			l.refresh(now)
			l.mu.Unlock()
		}
	}
}

// begin has the lamp test begin; the zero time ends it.
func (l *Lights) begin(test time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.test = test
}

// refresh shows what is to be seen at this instant. The on-air lamp is dark whenever red is: it comes after and goes before.
func (l *Lights) refresh(now time.Time) {
	onAir := l.want.Red != golive.Off
	cut := l.want.Amber == golive.Steady
	lit, testing := lampTest(now.Sub(l.test))
	if !testing || onAir || cut {
		l.test = time.Time{} // a show goes first
		lit = l.shine(now)
	}
	if !onAir {
		l.tally.show(false)
	}
	for i := range l.lamps {
		l.lamps[i].show(lit[i])
	}
	if onAir {
		l.tally.show(true)
	}
}

func (l *lamp) fit(line *Line) error {
	if line == nil {
		return nil
	}
	l.line = line
	l.drive(false)
	err := l.err
	if err != nil {
		*l = lamp{}
	}
	return err
}

// show drives the line where it is not so yet, or failed.
func (l *lamp) show(lit bool) {
	if l.line != nil && (lit != l.lit || l.err != nil) {
		l.drive(lit)
	}
}

func (l *lamp) drive(lit bool) {
	l.err = l.line.Pin.Out(gpio.Level(lit != l.line.ActiveLow))
	if l.err != nil {
		l.err = fmt.Errorf("light on %s: %w%s", l.line.Pin.Name(), l.err, whatToDo(l.err))
		return
	}
	l.lit = lit
}

// whatToDo ends an error about a line of the panel.
func whatToDo(err error) string {
	switch {
	case errors.Is(err, syscall.EBUSY):
		return ": see which program holds the line with gpioinfo"
	case errors.Is(err, syscall.EPERM), errors.Is(err, syscall.EACCES):
		return ": the program's user is to be in the group gpio"
	}
	return ": look at gpioinfo and at the wiring; a chip without bias wants pull: none"
}
