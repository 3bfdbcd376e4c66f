package health

import (
	"testing"
	"time"
)

// start is where tests begin; a clock of theirs goes on from it.
var start = time.Date(2026, 11, 3, 20, 0, 0, 0, time.UTC)

// TestDetector plays a verdict a second (f fine, b bad, r resting) and compares what the detector says after each.
func TestDetector(t *testing.T) {
	for _, c := range []struct {
		name, verdicts, on string
		enter, leave       time.Duration
	}{
		{"comes and goes", "ffbbbbbfffff", ".....##++...", 3 * time.Second, 2 * time.Second},
		{"a break begins anew", "bbbfbbbf", "........", 3 * time.Second, 0},
		{"a moment of good does not end it", "bbbbbffbbfff", "...##++##++.", 3 * time.Second, 2 * time.Second},
		{"at once", "fbf", ".#.", 0, 0},
		{"resting ends it, and it begins anew", "bbbbrbbbbb", "...#....##", 3 * time.Second, time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDetector("test", c.enter, c.leave, "", "")
			for i, v := range c.verdicts {
				d.judge(start.Add(time.Duration(i)*time.Second), map[rune]verdict{'f': fine, 'b': bad, 'r': resting}[v])
				if want := c.on[i] != '.'; d.on != want {
					t.Errorf("after %s it is on: %v", c.verdicts[:i+1], d.on)
				}
			}
		})
	}
}

func TestDetectorSince(t *testing.T) {
	d := newDetector("test", 3*time.Second, 0, "", "")
	for i := range 10 {
		d.judge(start.Add(time.Duration(i)*time.Second), judged(i >= 2))
	}
	if on := conditions(&d); len(on) != 1 || !on[0].Since.Equal(start.Add(2*time.Second)) {
		t.Errorf("%+v: its cause began after two seconds", on)
	}
}
