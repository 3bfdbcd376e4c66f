package panel

import (
	"context"
	"fmt"
	"time"

	"periph.io/x/conn/v3/gpio"
)

// Line is a line of a GPIO chip and how it is wired.
type Line struct {
	Pin       gpio.PinIO
	ActiveLow bool      // low is pressed, or lit
	Pull      gpio.Pull // of a button's input
}

// poll bounds how long a button's goroutine sleeps in the kernel, and so how long the end of it takes: periph cannot
// be woken reliably.
const poll = 200 * time.Millisecond

// Watch reads one button until ctx is done, and calls f with each gesture on the calling goroutine. It returns an
// error at once where the line is not to be had: another program holds it, or it cannot see edges.
func Watch(ctx context.Context, line Line, f func(Gesture)) error {
	if err := line.Pin.In(line.Pull, gpio.BothEdges); err != nil {
		return fmt.Errorf("button on %s: %w: see which program holds the line with gpioinfo", line.Pin.Name(), err)
	}
	var b button
	start := time.Now()
	pressed := func() bool { return bool(line.Pin.Read()) != line.ActiveLow }
	tell := func(gestures []Gesture) {
		for _, g := range gestures {
			f(g)
		}
	}
	for tell(b.boot(pressed())); ctx.Err() == nil; {
		edge := line.Pin.WaitForEdge(b.wait(time.Since(start), poll))
		tell(b.step(time.Since(start), pressed(), edge))
	}
	return nil
}
