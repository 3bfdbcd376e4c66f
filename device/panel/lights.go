package panel

import (
	"context"
	"fmt"
	"sync"
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
}

// NewLights takes the lines and makes them dark. A line that another program holds is an error, and that light stays
// as if it were not fitted: the others work.
func NewLights(red, green, amber *Line) (*Lights, error) {
	l := &Lights{}
	var first error
	for i, line := range []*Line{red, green, amber} {
		if line == nil {
			continue
		}
		l.lights[i].line = line
		if err := l.lights[i].show(false); err != nil {
			l.lights[i].line = nil
			if first == nil {
				first = fmt.Errorf("light on %s: %w: see which program holds the line with gpioinfo", line.Pin.Name(), err)
			}
		}
	}
	return l, first
}

// Set shows the patterns. When it returns, what is to be lit is lit. An error names the line that failed; the other
// lights are set all the same.
func (l *Lights) Set(want golive.Lights) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	var first error
	for i, p := range []golive.Pattern{want.Red, want.Green, want.Amber} {
		light := &l.lights[i]
		if light.pattern != p {
			light.pattern, light.since = p, now
		}
		if err := light.refresh(now); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// Run blinks until ctx is done and then makes all lights dark.
func (l *Lights) Run(ctx context.Context) {
	tick := time.NewTicker(fastHalf / 5) // an edge is at most 25 ms late
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			_ = l.Set(golive.Lights{})
			return
		case now := <-tick.C:
			l.mu.Lock()
			for i := range l.lights {
				_ = l.lights[i].refresh(now) // Set tells; a line that broke later is tried again
			}
			l.mu.Unlock()
		}
	}
}

// refresh shows what the pattern is at this instant.
func (l *light) refresh(now time.Time) error {
	lit := false
	switch l.pattern {
	case golive.Steady:
		lit = true
	case golive.Slow:
		lit = now.Sub(l.since)/slowHalf%2 == 0
	case golive.Fast:
		lit = now.Sub(l.since)/fastHalf%2 == 0
	}
	if l.line == nil || lit == l.lit {
		return nil
	}
	return l.show(lit)
}

func (l *light) show(lit bool) error {
	if err := l.line.Pin.Out(gpio.Level(lit != l.line.ActiveLow)); err != nil {
		return fmt.Errorf("light on %s: %w", l.line.Pin.Name(), err)
	}
	l.lit = lit
	return nil
}
