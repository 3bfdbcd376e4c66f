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

const (
	fastHalf = 125 * time.Millisecond // of 4 Hz
	slowHalf = 500 * time.Millisecond // of 1 Hz
)

// Lights drives up to three lights. A light that is not fitted is nil.
type Lights struct {
	mu     sync.Mutex
	lights [3]light // red, green, amber
}

type light struct {
	line    *Line
	pattern golive.Pattern
	since   time.Time // of the pattern: each begins lit
	lit     bool
	err     error // why it does not show what it is to
}

// NewLights takes the lines and makes them dark. A line that another program holds is an error, and that light stays
// as if it were not fitted: the others work.
func NewLights(red, green, amber *Line) (*Lights, error) {
	l := &Lights{}
	var failed []error
	for i, line := range []*Line{red, green, amber} {
		if line == nil {
			continue
		}
		l.lights[i].line = line
		if l.lights[i].show(false); l.lights[i].err != nil {
			failed = append(failed, l.lights[i].err)
			l.lights[i] = light{}
		}
	}
	return l, errors.Join(failed...)
}

// Set shows the patterns. When it returns, what is to be lit is lit, or Err says why it is not.
func (l *Lights) Set(want golive.Lights) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	for i, p := range []golive.Pattern{want.Red, want.Green, want.Amber} {
		light := &l.lights[i]
		if light.pattern != p {
			light.pattern, light.since = p, now
		}
		light.refresh(now)
	}
}

// Err says which lights do not show what they are to, and why; nil when all do. A line that failed is tried again.
func (l *Lights) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return errors.Join(l.lights[0].err, l.lights[1].err, l.lights[2].err)
}

// Run blinks until ctx is done and then makes all lights dark.
func (l *Lights) Run(ctx context.Context) {
	tick := time.NewTicker(fastHalf / 5) // an edge is at most 25 ms late
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			l.Set(golive.Lights{})
			return
		case now := <-tick.C:
			l.mu.Lock()
			for i := range l.lights {
				l.lights[i].refresh(now)
			}
			l.mu.Unlock()
		}
	}
}

// refresh shows what the pattern is at this instant.
func (l *light) refresh(now time.Time) {
	lit := false
	switch l.pattern {
	case golive.Steady:
		lit = true
	case golive.Slow:
		lit = now.Sub(l.since)/slowHalf%2 == 0
	case golive.Fast:
		lit = now.Sub(l.since)/fastHalf%2 == 0
	}
	if l.line != nil && (lit != l.lit || l.err != nil) {
		l.show(lit)
	}
}

func (l *light) show(lit bool) {
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
