package panel

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/gpio/gpiotest"

	"vigie/device/golive"
)

// fitted is a panel with all that can be, and what each of its lines did.
type fitted struct {
	*Lights
	red, green, amber, tally *gpiotest.Pin
	end                      func()
}

func fit(t *testing.T, test bool) *fitted {
	t.Helper()
	f := &fitted{red: &gpiotest.Pin{N: "GPIO27"}, green: &gpiotest.Pin{N: "GPIO22"},
		amber: &gpiotest.Pin{N: "GPIO23"}, tally: &gpiotest.Pin{N: "GPIO5"}}
	lights, err := NewLights(Lamps{Red: &Line{Pin: f.red}, Green: &Line{Pin: f.green}, Amber: &Line{Pin: f.amber},
		Tally: &Line{Pin: f.tally, ActiveLow: true}, Test: test})
	if err != nil {
		t.Fatal(err)
	}
	f.Lights = lights
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { lights.Run(ctx); close(done) }()
	f.end = func() { cancel(); <-done }
	return f
}

// seen is what is lit now, the on-air lamp as T.
func (f *fitted) seen() (s string) {
	for i, lit := range []bool{bool(f.red.Read()), bool(f.green.Read()), bool(f.amber.Read()), !bool(f.tally.Read())} {
		if lit {
			s += "RGAT"[i : i+1]
		}
	}
	return s
}

// TestTally holds that the on-air lamp is lit as long as red is lit or blinks, does not blink with it, and is dark when
// red is, at the end too.
func TestTally(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := fit(t, false)
		for s := golive.Starting; s <= golive.Fault; s++ {
			for _, cut := range []bool{false, true} {
				for _, counting := range []bool{false, true} {
					want := golive.LightsFor(s, cut, golive.Fine, counting)
					f.Set(want)
					for range 20 {
						if got := strings.Contains(f.seen(), "T"); got != (want.Red != golive.Off) {
							t.Errorf("%v, cut %v, counting %v: on air %v", s, cut, counting, got)
						}
						<-time.After(50 * time.Millisecond)
					}
				}
			}
		}
		f.Set(golive.Lights{Red: golive.Steady})
		if f.end(); f.seen() != "" {
			t.Errorf("at the end %q is lit", f.seen())
		}
	})
}

// TestLampTestAtBoot plays a box that begins: its lamps are tested, without the room's, and then show what was set.
func TestLampTestAtBoot(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		name string
		then golive.Lights // after 200 ms
		want string        // in the middle of each step of the test, and after it
	}{
		{"ready", golive.Lights{Green: golive.Steady}, "R G A RGA G"},
		{"goes live", golive.Lights{Red: golive.Steady}, "R RT RT RT RT"},
		{"a show that is cut", golive.Lights{Amber: golive.Steady}, "R A A A A"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := fit(t, true)
				defer f.end()
				f.Set(golive.Lights{Green: golive.Slow})
				var got []string
				<-time.After(150 * ms)
				got = append(got, f.seen())
				<-time.After(50 * ms)
				f.Set(c.then)
				<-time.After(100 * ms)
				for range 4 {
					<-time.After(150 * ms)
					got = append(got, f.seen())
					<-time.After(150 * ms)
				}
				if s := strings.Join(got, " "); s != c.want {
					t.Errorf("got %s, want %s", s, c.want)
				}
			})
		})
	}
}

// TestRedWhateverIsFitted holds law 1's part of the panel: the red line does the same on every panel.
func TestRedWhateverIsFitted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var reds []*gpiotest.Pin
		var panels []*Lights
		for i := range 5 {
			red := &gpiotest.Pin{N: fmt.Sprint("GPIO", i)}
			other := func(fitted bool) *Line {
				if !fitted {
					return nil
				}
				return &Line{Pin: &gpiotest.Pin{N: "GPIO9"}}
			}
			l, err := NewLights(Lamps{Red: &Line{Pin: red}, Green: other(i&1 != 0), Amber: other(i&2 != 0), Tally: other(i&1 != 0)})
			if i == 4 {
				l, err = NewLights(Lamps{Red: &Line{Pin: red}, Green: other(true), Amber: other(true), RGB: true})
			}
			if err != nil {
				t.Fatal(err)
			}
			reds, panels = append(reds, red), append(panels, l)
		}
		for s := golive.Starting; s <= golive.Fault; s++ {
			for worst := golive.Fine; worst <= golive.CannotGoLive; worst++ {
				want := golive.LightsFor(s, false, worst, s == golive.Live)
				for range 20 {
					<-time.After(60 * time.Millisecond)
					for i, l := range panels {
						if l.Set(want); reds[i].Read() != reds[0].Read() {
							t.Errorf("%v, worst %d: panel %d has red %v, one with a red light alone %v", s, worst, i, reds[i].Read(), reds[0].Read())
						}
					}
				}
			}
		}
	})
}
