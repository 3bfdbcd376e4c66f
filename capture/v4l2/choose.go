package v4l2

import (
	"cmp"
	"slices"

	"vigie/capture"
)

// taken are the pixel formats that this program takes, the cheapest first: an encoder wants 4:2:0, which YU12 is and
// NV12 nearly; 4:2:2 has a third more bytes to move and to convert; MJPEG has to be decoded, which costs the most.
var taken = []capture.FourCC{capture.YU12, capture.NV12, capture.YUYV, capture.UYVY, capture.MJPEG}

// choice is a format to ask a driver for.
type choice struct {
	fourCC        capture.FourCC
	width, height int
}

// cost orders choices: a lower one is better, the first field that differs decides.
type cost struct {
	distance int     // pixels of width and height from what was asked for
	slow     float64 // pictures a second that are wanting
	pixels   int     // of two sizes that are as far away, the smaller
	format   int     // index in taken
}

func (c cost) less(d cost) bool {
	switch {
	case c.distance != d.distance:
		return c.distance < d.distance
	case c.slow != d.slow:
		return c.slow < d.slow
	case c.pixels != d.pixels:
		return c.pixels < d.pixels
	}
	return c.format < d.format
}

// choose picks what to ask the driver for: the size and rate asked for where any format reaches both, else the nearest
// size at the highest rate up to the one asked for; of formats that do it equally well the cheapest, so raw before
// MJPEG. It is false when there is no format that this program takes.
func choose(formats []Format, width, height, fps int) (choice, bool) {
	var best choice
	var least cost
	found := false
	for _, f := range formats {
		rank := slices.Index(taken, f.FourCC)
		if rank < 0 {
			continue
		}
		for _, s := range f.Sizes {
			w, h := s.Width.nearest(width), s.Height.nearest(height)
			c := cost{distance: abs(w-width) + abs(h-height), pixels: w * h, slow: wanting(s.Rates, fps), format: rank}
			if !found || c.less(least) {
				best, least, found = choice{f.FourCC, w, h}, c, true
			}
		}
	}
	return best, found
}

// wanting is by how many pictures a second the fastest of the rates falls short; a driver that does not tell its rates
// has the benefit of the doubt. 29.97 does for 30: within one percent nobody sees it.
func wanting(rates []Rate, fps int) float64 {
	if len(rates) == 0 {
		return 0
	}
	fastest := slices.MaxFunc(rates, func(a, b Rate) int { return cmp.Compare(a.Max, b.Max) }).Max
	if fastest >= 0.99*float64(fps) {
		return 0
	}
	return float64(fps) - fastest
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
