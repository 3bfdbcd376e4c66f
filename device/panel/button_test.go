package panel

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpiotest"
)

func (g Gesture) String() string { return [...]string{"down", "held", "up", "stuck", "freed"}[g] }

// TestButton plays edges on a line, low is pressed, and reads the gestures with the time of each in milliseconds.
func TestButton(t *testing.T) {
	type edge struct {
		ms    int
		level gpio.Level
	}
	press, release := func(ms int) edge { return edge{ms, gpio.Low} }, func(ms int) edge { return edge{ms, gpio.High} }
	bounce := func(ms int, last gpio.Level) (all []edge) { // 20 edges in 15 ms
		for i := range 20 {
			all = append(all, edge{ms + i*15/20, gpio.Level(i%2 == 1) != !last})
		}
		return all
	}
	for _, c := range []struct {
		name  string
		boot  gpio.Level
		edges []edge
		want  string
	}{
		{"a press", gpio.High, []edge{press(1000), release(1300)}, "down@1000 up@1330"},
		{"with real bounce at both ends", gpio.High, append(bounce(1000, gpio.Low), bounce(1300, gpio.High)...), "down@1000 up@1344"},
		{"with bounce for longer than usual", gpio.High, slices.Concat(bounce(1000, gpio.Low), bounce(1020, gpio.Low), bounce(1040, gpio.Low),
			[]edge{release(1300)}), "down@1000 up@1330"},
		{"shorter than its bounce", gpio.High, []edge{press(1000), release(1010)}, "down@1000 up@1040"},
		{"a nervous second one", gpio.High, []edge{press(1000), release(1100), press(1200), release(1300)}, "down@1000 up@1130"},
		{"a deliberate second one", gpio.High, []edge{press(1000), release(1100), press(1500), release(1600)}, "down@1000 up@1130 down@1500 up@1630"},
		{"a hold", gpio.High, []edge{press(1000), release(4000)}, "down@1000 held@3000 up@4030"},
		{"a spike while held is not a release", gpio.High, []edge{press(1000), release(2000), press(2005), release(4000)}, "down@1000 held@3000 up@4030"},
		{"a spike while open is no press", gpio.High, []edge{release(1000), release(1001)}, ""},
		{"edges that waited in the kernel are none", gpio.High, append([]edge{press(1000), release(1100)}, release(1500), release(1510)), "down@1000 up@1130"},
		{"stuck", gpio.High, []edge{press(1000), release(15000)}, "down@1000 held@3000 stuck@11000 freed@15030"},
		{"down at boot", gpio.Low, []edge{release(5000), press(6000), release(6100)}, "stuck@0 freed@5030 down@6000 up@6130"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				pin := &bootPin{Pin: gpiotest.Pin{N: "GPIO17", EdgesChan: make(chan gpio.Level)}, boot: c.boot}
				ctx, cancel := context.WithCancel(t.Context())
				start, got, done := time.Now(), []string{}, make(chan error)
				go func() {
					done <- Watch(ctx, Line{Pin: pin, ActiveLow: true, Pull: gpio.PullUp}, func(g Gesture) {
						got = append(got, fmt.Sprintf("%v@%d", g, time.Since(start).Milliseconds()))
					})
				}()
				for _, e := range c.edges {
					<-time.After(time.Until(start.Add(time.Duration(e.ms) * time.Millisecond)))
					pin.EdgesChan <- e.level
				}
				<-time.After(time.Second)
				cancel()
				if err := <-done; err != nil {
					t.Fatal(err)
				}
				if s := strings.Join(got, " "); s != c.want {
					t.Errorf("got  %s\nwant %s", s, c.want)
				}
			})
		})
	}
}

// TestLate holds that a hold counts also where the goroutine that reads the button was not run for seconds.
func TestLate(t *testing.T) {
	var b button
	var got []Gesture
	for _, s := range []struct {
		ms            int
		pressed, edge bool
	}{{1000, true, true}, {1030, true, false}, {3500, false, true}, {3530, false, false}} {
		got = append(got, b.step(time.Duration(s.ms)*time.Millisecond, s.pressed, s.edge)...)
	}
	if want := []Gesture{Down, Held, Up}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// bootPin is a line with a level of its own at boot.
type bootPin struct {
	gpiotest.Pin
	boot gpio.Level
}

func (p *bootPin) In(pull gpio.Pull, edge gpio.Edge) error {
	if err := p.Pin.In(pull, edge); err != nil {
		return err
	}
	return p.Out(p.boot)
}

// TestWatchGone holds that a line whose chip is gone is told, and presses nothing.
func TestWatchGone(t *testing.T) {
	err := Watch(t.Context(), Line{Pin: &gonePin{}, ActiveLow: true}, func(g Gesture) {
		if g != Stuck { // it reads low from the start
			t.Errorf("%v of a line that is gone", g)
		}
	})
	if err == nil || !strings.Contains(err.Error(), "GPIO17") {
		t.Errorf("got %v", err)
	}
}

// gonePin is what periph makes of a chip that was unplugged.
type gonePin struct{ gpiotest.Pin }

func (*gonePin) Name() string                   { return "GPIO17" }
func (*gonePin) In(gpio.Pull, gpio.Edge) error  { return nil }
func (*gonePin) WaitForEdge(time.Duration) bool { return false }

// TestWatchTaken holds that a line that cannot be had is an error with its name and what to do.
func TestWatchTaken(t *testing.T) {
	err := Watch(t.Context(), Line{Pin: &gpiotest.Pin{N: "GPIO17"}}, func(Gesture) { t.Error("a gesture of no line") })
	if err == nil || !strings.Contains(err.Error(), "GPIO17") || !strings.Contains(err.Error(), "gpioinfo") {
		t.Errorf("got %v", err)
	}
}
