package alsa

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// A card whose crystal is off, and that reports its position late by up to 4 ms.
func TestSampleClockFollowsTheCrystal(t *testing.T) {
	const rate, run = 48000, 480
	random := rand.New(rand.NewPCG(3, 4))
	for _, ppm := range []float64{0, 200, -200, 300} {
		c := newSampleClock(rate)
		frame := 1e9 / rate * (1 + ppm/1e6)
		var last time.Duration
		for i := range 12000 { // two minutes
			truth := 1e15 + float64(i)*run*frame
			pts, jumped := c.stamp(time.Duration(truth+random.Float64()*4e6), run)
			if jumped {
				t.Fatalf("%v ppm: run %d: jumped", ppm, i)
			}
			step := float64(pts - last)
			if i > 0 && math.Abs(step/(run*1e9/rate)-1) > 1000e-6 {
				t.Fatalf("%v ppm: run %d: a step of %v", ppm, i, time.Duration(step))
			}
			if off := float64(pts) - truth; i > 6000 && math.Abs(off-2e6) > 0.4e6 {
				t.Fatalf("%v ppm: run %d: PTS is %v from the truth, the average report 2 ms", ppm, i, time.Duration(off))
			}
			if i > 6000 && math.Abs(step/(run*frame)-1) > 400e-6 {
				t.Fatalf("%v ppm: run %d: settled, yet a step of %v", ppm, i, time.Duration(step))
			}
			last = pts
		}
	}
}

func TestSampleClockJumpsWhereSoundWasLost(t *testing.T) {
	const run = 10 * time.Millisecond
	c := newSampleClock(48000)
	at := time.Hour
	feed := func() (time.Duration, bool) {
		pts, jumped := c.stamp(at, 480)
		at += run
		return pts, jumped
	}
	feed()
	at += 70 * time.Millisecond
	if pts, jumped := feed(); jumped || pts != time.Hour+run {
		t.Errorf("a late report moved PTS to %v", pts)
	}
	at += time.Second
	if pts, jumped := feed(); !jumped || pts != at-run {
		t.Errorf("after a second that is missing: %v (jumped %v), want %v", pts, jumped, at-run)
	}
	at += 300 * time.Millisecond
	c.lose()
	if pts, jumped := feed(); jumped || pts != at-run {
		t.Errorf("after an xrun: %v (jumped %v), want %v", pts, jumped, at-run)
	}
	at -= time.Minute
	c.lose()
	before := c.now()
	if pts, _ := feed(); pts < before {
		t.Errorf("PTS went back from %v to %v", before, pts)
	}
}
