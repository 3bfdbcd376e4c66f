package panel

import (
	"time"

	"vigie/device/golive"
)

const (
	fastHalf = 125 * time.Millisecond // of 4 Hz
	slowHalf = 500 * time.Millisecond // of 1 Hz
	testStep = 300 * time.Millisecond // of the lamp test
)

// lit tells whether a pattern is lit so long after it began.
func lit(p golive.Pattern, since time.Duration) bool {
	switch p {
	case golive.Steady:
		return true
	case golive.Slow:
		return since/slowHalf%2 == 0
	case golive.Fast:
		return since/fastHalf%2 == 0
	}
	return false
}

func patterns(l golive.Lights) [3]golive.Pattern { return [3]golive.Pattern{l.Red, l.Green, l.Amber} }

// shine tells which lamps are lit at this instant, outside the lamp test.
func (l *Lights) shine(now time.Time) (on [3]bool) {
	for i, p := range patterns(l.want) {
		on[i] = lit(p, now.Sub(l.since[i]))
	}
	if l.rgb {
		return inTurn(l.want, on)
	}
	return on
}

// inTurn is what one RGB light shows where three would show want, of which on are lit at this instant. Amber is blue.
//
// Red is lit when a red light of its own would be, in every state: its wire alone tells the truth, and whatever comes
// loose makes the light dark, never red. That is why amber is not red and green together. The other colours have what is
// left, amber before green: where red blinks, amber has its dark halves; where red is steady, amber joins it and makes
// it magenta. Two that blink alike take turns.
func inTurn(want golive.Lights, on [3]bool) [3]bool {
	red, green, amber := on[0], on[1], on[2]
	if want.Red == golive.Slow || want.Red == golive.Fast {
		amber = !red && (amber || want.Amber == want.Red)
	}
	green = !amber && want.Red == golive.Off && (green || want.Green != golive.Off && want.Green == want.Amber)
	return [3]bool{red, green, amber}
}

// lampTest tells which lamps are lit so long after the test began: each in turn, then all together. It is false when the
// test is over. Red is dark between its two times: neither is longer than half a slow blink, so it is never steady.
func lampTest(since time.Duration) (on [3]bool, testing bool) {
	switch step := since / testStep; step {
	case 0, 1, 2:
		on[step] = true
		return on, true
	case 3:
		return [3]bool{true, true, true}, true
	}
	return on, false
}
