package panel

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"vigie/device/golive"
)

// second is what is seen of lamps that all began to show want at once, in the middle of each eighth of a second.
func second(rgb bool, want golive.Lights) string {
	l := Lights{rgb: rgb, want: want}
	for i := range l.since {
		l.since[i] = time.Unix(0, 0)
	}
	var seen []byte
	for i := range 8 {
		seen = append(seen, colour(l.shine(time.Unix(0, 0).Add(fastHalf*time.Duration(2*i+1)/2))))
	}
	return string(seen)
}

// colour is what an RGB light looks like: red, green, blue, magenta, dark, or ? for a mixture that means nothing.
func colour(on [3]bool) byte {
	switch on {
	case [3]bool{}:
		return '.'
	case [3]bool{true, false, false}:
		return 'R'
	case [3]bool{false, true, false}:
		return 'G'
	case [3]bool{false, false, true}:
		return 'B'
	case [3]bool{true, false, true}:
		return 'M'
	}
	return '?'
}

// TestOneLight is the table of what one RGB light shows, for each row of golive's.
func TestOneLight(t *testing.T) {
	fine, warning, cannot := golive.Fine, golive.Warning, golive.CannotGoLive
	for _, c := range []struct {
		state    golive.State
		cut      bool
		worst    golive.Severity
		counting bool
		want     string
	}{
		{golive.Starting, false, fine, false, "GGGG...."},
		{golive.Standby, false, fine, false, "GGGGGGGG"},
		{golive.Standby, false, warning, false, "BBBBGGGG"},
		{golive.Standby, false, cannot, false, "B.B.B.B."},
		{golive.Cueing, false, fine, false, "R.R.R.R."},
		{golive.Cueing, false, cannot, false, "RBRBRBRB"},
		{golive.Live, false, fine, false, "RRRRRRRR"},
		{golive.Live, false, warning, false, "MMMMRRRR"},
		{golive.Live, false, fine, true, "R.R.R.R."},
		{golive.Live, false, warning, true, "RBRBR.R."},
		{golive.Recovering, false, fine, false, "RBRBRBRB"},
		{golive.Live, true, fine, false, "BBBBBBBB"},
		{golive.Ending, false, fine, false, "RRRR...."},
		{golive.Fault, false, fine, false, "BGBGBGBG"},
	} {
		if got := second(true, golive.LightsFor(c.state, c.cut, c.worst, c.counting)); got != c.want {
			t.Errorf("%v, cut %v, worst %d, counting %v: %s, want %s", c.state, c.cut, c.worst, c.counting, got, c.want)
		}
	}
}

// TestOneLightIsTotal holds, for whatever is asked for, that the red of one light does what a red light of its own does,
// that its colours never mix but for magenta while red is steady, and that what is to be seen is seen.
func TestOneLightIsTotal(t *testing.T) {
	all := []golive.Pattern{golive.Off, golive.Steady, golive.Slow, golive.Fast}
	for _, red := range all {
		for _, green := range all {
			for _, amber := range all {
				want := golive.Lights{Red: red, Green: green, Amber: amber}
				own, seen := second(false, golive.Lights{Red: red}), second(true, want)
				for i, c := range []byte(seen) {
					if c == '?' || c == 'M' && red != golive.Steady || (own[i] == 'R') != (c == 'R' || c == 'M') {
						t.Errorf("%+v: %s, a red light alone: %s", want, seen, own)
						break
					}
				}
				if amber != golive.Off && !strings.ContainsAny(seen, "BM") || red != golive.Off && !strings.ContainsAny(seen, "RM") {
					t.Errorf("%+v: %s", want, seen)
				}
			}
		}
	}
}

// TestLampTest holds that each lamp is seen, and that red is never lit for longer than half a slow blink: it would be steady.
func TestLampTest(t *testing.T) {
	var seen string
	var reds []time.Duration
	was := false
	for at := time.Duration(0); ; at += time.Millisecond {
		on, testing := lampTest(at)
		if red := on[0]; red && !was {
			reds = append(reds, 0)
		}
		if was = on[0]; was {
			reds[len(reds)-1] += time.Millisecond
		}
		if !testing {
			break
		}
		if s := fmt.Sprint(on); at%testStep == 0 {
			seen += s
		}
	}
	if want := "[true false false][false true false][false false true][true true true]"; seen != want {
		t.Errorf("got %s, want %s", seen, want)
	}
	for _, r := range reds {
		if r > slowHalf {
			t.Errorf("red is lit for %v", r)
		}
	}
	if len(reds) != 2 {
		t.Errorf("red was lit %d times", len(reds))
	}
}
