package panel

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpiotest"

	"vigie/device/golive"
)

// TestPatterns samples the lines in the middle of each eighth of a second for one second.
func TestPatterns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		red, green, amber := &gpiotest.Pin{N: "GPIO27"}, &gpiotest.Pin{N: "GPIO22"}, &gpiotest.Pin{N: "GPIO23"}
		lights, err := NewLights(Lamps{Red: &Line{Pin: red}, Green: &Line{Pin: green, ActiveLow: true}, Amber: &Line{Pin: amber}})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { lights.Run(ctx); close(done) }()
		<-time.After(333 * time.Millisecond) // patterns begin lit whenever they begin
		if lights.Set(golive.Lights{Red: golive.Fast, Green: golive.Slow, Amber: golive.Steady}); lights.Err() != nil {
			t.Fatal(lights.Err())
		}
		if red.Read() != gpio.High {
			t.Error("Set returned before red was lit")
		}
		var got [3]strings.Builder
		<-time.After(60 * time.Millisecond)
		for range 8 {
			for i, pin := range []*gpiotest.Pin{red, green, amber} {
				got[i].WriteByte(map[gpio.Level]byte{gpio.High: '1', gpio.Low: '0'}[pin.Read()])
			}
			<-time.After(125 * time.Millisecond)
		}
		for i, want := range []string{"10101010", "00001111", "11111111"} { // green is active low
			if got[i].String() != want {
				t.Errorf("light %d: got %s, want %s", i, got[i].String(), want)
			}
		}
		cancel()
		<-done
		if red.Read() || !green.Read() || amber.Read() {
			t.Error("a light is lit after the end")
		}
	})
}

// TestActiveLow holds that lamps that are lit when their lines are low are dark as soon as they are fitted, lit when they are
// to be, and dark at the end: on each panel, the on-air lamp too.
func TestActiveLow(t *testing.T) {
	for _, rgb := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			var pins [4]*gpiotest.Pin
			var lines [4]*Line
			for i, name := range []string{"GPIO6", "GPIO7", "GPIO8", "GPIO5"} {
				pins[i] = &gpiotest.Pin{N: name} // low: it is lit
				lines[i] = &Line{Pin: pins[i], ActiveLow: true}
			}
			is := func(when string, lit ...bool) {
				t.Helper()
				for i, pin := range pins {
					if got := pin.Read() == gpio.Low; got != lit[i] {
						t.Errorf("%s: %s is lit: %v", when, pin, got)
					}
				}
			}
			lights, err := NewLights(Lamps{Red: lines[0], Green: lines[1], Amber: lines[2], RGB: rgb, Tally: lines[3]})
			if err != nil {
				t.Fatal(err)
			}
			is("fitted", false, false, false, false)
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan struct{})
			go func() { lights.Run(ctx); close(done) }()
			lights.Set(golive.Lights{Green: golive.Steady})
			is("ready", false, true, false, false)
			lights.Set(golive.Lights{Red: golive.Steady})
			is("live", true, false, false, true)
			lights.Set(golive.Lights{Amber: golive.Steady})
			is("cut", false, false, true, false)
			lights.Set(golive.Lights{Red: golive.Fast, Amber: golive.Slow})
			cancel()
			<-done
			is("the end", false, false, false, false)
		})
	}
}

// TestLightsMissing holds that lights that are not fitted or broken leave the others at work.
func TestLightsMissing(t *testing.T) {
	red := &gpiotest.Pin{N: "GPIO27"}
	lights, err := NewLights(Lamps{Red: &Line{Pin: red}, Amber: &Line{Pin: &brokenPin{}}})
	if err == nil || !strings.Contains(err.Error(), "GPIO23") {
		t.Errorf("got %v", err)
	}
	if lights.Set(golive.Lights{Red: golive.Steady, Green: golive.Steady, Amber: golive.Steady}); lights.Err() != nil {
		t.Error(lights.Err())
	}
	if !red.Read() {
		t.Error("red is dark")
	}
}

// TestLightBreaks holds that a line that fails in use is told until it works again.
func TestLightBreaks(t *testing.T) {
	pin := &loosePin{Pin: gpiotest.Pin{N: "GPIO27"}}
	lights, err := NewLights(Lamps{Red: &Line{Pin: pin}})
	if err != nil {
		t.Fatal(err)
	}
	pin.loose = true
	if lights.Set(golive.Lights{Red: golive.Steady}); lights.Err() == nil || !strings.Contains(lights.Err().Error(), "GPIO27") {
		t.Errorf("got %v", lights.Err())
	}
	pin.loose = false
	if lights.Set(golive.Lights{Red: golive.Steady}); lights.Err() != nil || !pin.Read() {
		t.Errorf("got %v, the line is %v", lights.Err(), pin.Read())
	}
}

// loosePin fails while it is loose.
type loosePin struct {
	gpiotest.Pin
	loose bool
}

func (p *loosePin) Out(l gpio.Level) error {
	if p.loose {
		return errors.New("no such device")
	}
	return p.Pin.Out(l)
}

type brokenPin struct{ gpiotest.Pin } // another program holds it

func (*brokenPin) Name() string         { return "GPIO23" }
func (*brokenPin) Out(gpio.Level) error { return errors.New("device or resource busy") }
