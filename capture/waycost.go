package capture

import (
	"cmp"
	"fmt"
	"math"
	"strings"
)

// Cost orders ways: a lower one is better, and the first field that differs decides. First comes what people would see
// (size, rate), then what the board's CPU has to do, the dearest work first: to code, to decode, to convert. To copy is
// little work, less than a bitrate that follows the network is worth. Then quality, and last what only adds delay. Figures
// a second, so that slower and smaller is cheaper.
type Cost struct {
	Off       int     // pixels of width and height away from what was asked for
	Slow      float64 // pictures a second that are wanting
	Coded     int     // pixels a second that OpenH264 codes
	Decoded   int     // pixels a second that image/jpeg decodes
	Converted int     // pixels a second that the CPU converts
	Deaf      bool    // the bitrate cannot follow the network
	Copied    int     // raw pixels a second that the CPU copies; coded bytes are not counted, they are few
	Twice     bool    // the picture is coded twice, by the camera as JPEG and then as H.264: it loses twice
	Pixels    int     // of two sizes that are as far off, the smaller: pixels a second
	Latency   int     // pictures that are under way at once: one for each step
	Moved     int     // bytes a second of raw pictures that go through memory
}

// felt is how many of the fields in key people or the CPU would feel.
const felt = 7

func (c Cost) key() [11]float64 {
	k := [...]float64{float64(c.Off), c.Slow, float64(c.Coded), float64(c.Decoded), float64(c.Converted),
		0, float64(c.Copied), 0, float64(c.Pixels), float64(c.Latency), float64(c.Moved)}
	if c.Deaf {
		k[5] = 1
	}
	if c.Twice {
		k[7] = 1
	}
	return k
}

// compare tells which is better, and by which field of key.
func (c Cost) compare(d Cost) (order, field int) {
	a, b := c.key(), d.key()
	for i := range a {
		if order := cmp.Compare(a[i], b[i]); order != 0 {
			return order, i
		}
	}
	return 0, len(a)
}

// String says what the CPU does to pixels: "copies 27.6 Mpixel/s".
func (c Cost) String() string {
	var parts []string
	for _, p := range []struct {
		does   string
		pixels int
	}{
		{"codes %s in software", c.Coded}, {"decodes %s of JPEG on the CPU", c.Decoded},
		{"converts %s on the CPU", c.Converted}, {"copies %s", c.Copied},
	} {
		if p.pixels > 0 {
			parts = append(parts, fmt.Sprintf(p.does, megapixels(p.pixels)))
		}
	}
	if parts == nil {
		return "the CPU touches no pixel"
	}
	return strings.Join(parts, ", ")
}

func megapixels(n int) string { return fmt.Sprintf("%.1f Mpixel/s", float64(n)/1e6) }

// worse says in plain words why w was not chosen and best was.
func worse(w, best Way, wish Wish) string {
	c := w.Cost
	_, field := c.compare(best.Cost)
	switch field {
	case 0:
		return fmt.Sprintf("%dx%d was asked for, it has %dx%d", wish.Width, wish.Height, w.Format.Width, w.Format.Height)
	case 1:
		return fmt.Sprintf("%d pictures a second were asked for, it has %.4g", wish.FPS, w.rate(wish))
	case 2:
		return Cost{Coded: c.Coded}.String()
	case 3:
		return Cost{Decoded: c.Decoded}.String()
	case 4:
		return Cost{Converted: c.Converted}.String()
	case 5:
		return "its bitrate cannot follow the network"
	case 6:
		return Cost{Copied: c.Copied}.String() + ": " + strings.Join(w.copies(), "; ")
	case 7:
		return "its pictures were a JPEG before, and lose twice"
	case 8:
		return fmt.Sprintf("%dx%d at %.4g are more pixels than were asked for", w.Format.Width, w.Format.Height,
			w.rate(wish))
	case 9:
		return fmt.Sprintf("%d steps where %d do", c.Latency, best.Cost.Latency)
	case 10:
		return "more bytes go through memory"
	}
	return "as good; the other comes first"
}

// copies is why pictures are copied on the way.
func (w Way) copies() []string {
	var why []string
	for _, s := range w.Steps {
		if s.In.Why != "" {
			why = append(why, s.In.Why)
		}
	}
	return why
}

// rate is how many pictures a second go the way. A camera that does not tell counts as one that has the rate asked for.
func (w Way) rate(wish Wish) float64 {
	if w.Format.FPS == 0 {
		return float64(wish.FPS)
	}
	return w.Format.FPS / float64(max(w.Every, 1))
}

// perSecond is a figure of each picture over a second.
func (w Way) perSecond(n int, wish Wish) int { return int(math.Round(float64(n) * w.rate(wish))) }
