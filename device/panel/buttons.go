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
		return fmt.Errorf("button on %s: %w%s", line.Pin.Name(), err, whatToDo(err))
	}
	var b button
	start := time.Now()
	pressed := func() bool { return bool(line.Pin.Read()) != line.ActiveLow }
	tell := func(gestures []Gesture) {
		for _, g := range gestures {
			f(g)
		}
	}
	early := 0
	for tell(b.boot(pressed())); ctx.Err() == nil; {
		wait, asked := b.wait(time.Since(start), poll), time.Now()
		edge := line.Pin.WaitForEdge(wait)
		// periph does not say that a chip is gone: it then waits no more, and reads low, which may mean pressed.
		if !edge && time.Since(asked) < wait/2 {
			if early++; early > 10 {
				return fmt.Errorf("button on %s: the line is gone: look at gpioinfo", line.Pin.Name())
			}
			continue
		}
		early = 0
		tell(b.step(time.Since(start), pressed(), edge))
	}
	return nil
}
