package capture

import (
	"testing"
	"time"
)

// floorOf is an encoder with a floor, in bits a second.
type floorOf struct {
	Encoder
	bps int
}

func (e floorOf) Floor() int { return e.bps }

// TestSlowCamera holds that a camera slower than the slowest rate keeps its size for as long as its bitrate is above the
// encoder's floor, and that a very slow one has pictures at all.
func TestSlowCamera(t *testing.T) {
	for _, c := range []struct {
		fps    float64
		bps    int
		shrink int
		told   int
	}{{5, 300_000, 0, 300_000}, {5, 190_000, 1, 380_000}, {0.5, 190_000, maxShrink, 190_000}} {
		var g governor
		g.begin(Chain{Encoder: floorOf{bps: 200_000}, Format: VideoFormat{FPS: c.fps}})
		due := 0
		for n := range 10 {
			if g.due(time.Hour+time.Duration(float64(n)/c.fps*float64(2*time.Second)), c.bps, false) {
				due++
			}
		}
		if told, _ := g.target(); g.shrink != c.shrink || due < 5 || told != c.told {
			t.Errorf("%+v: the size goes down %d steps, %d of 10 pictures, the encoder is told %d b/s", c, g.shrink, due, told)
		}
	}
}
