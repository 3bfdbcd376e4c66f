package capture

import (
	"math"
	"slices"
)

// starts are beginnings of ways with an offer of a camera that are worth a look: of each of its sizes the pictures that
// are nearest to what was asked for, and the most of them that each encoder can do.
func (b *builder) starts(camera string, o Offer) []Way {
	var all []Way
	seen := make(map[VideoFormat]int) // how many of which Every
	add := func(f VideoFormat, every int) {
		if seen[f]&(1<<every) == 0 {
			seen[f] |= 1 << every
			all = append(all, Way{Camera: camera, Format: f, Every: every})
		}
	}
	for _, s := range o.Sizes {
		for _, t := range b.targets() {
			f := VideoFormat{FourCC: o.FourCC, Width: s.Width.Nearest(t.width), Height: s.Height.Nearest(t.height)}
			for _, limit := range b.limits(f) {
				f.FPS = rateUpTo(s.Rates, limit)
				for _, every := range []float64{1, math.Floor(f.FPS / limit * tolerance), math.Ceil(f.FPS / limit / tolerance)} {
					add(f, min(max(int(every), 1), maxEvery))
				}
			}
		}
	}
	return all
}

// maxEvery: one picture of eight of 120 a second is the slowest that anybody wants.
const maxEvery = 8

type target struct{ width, height int }

// targets are sizes to be near to: what was asked for, and that within the limits of each device.
func (b *builder) targets() []target {
	all := []target{{b.wish.Width, b.wish.Height}}
	for _, e := range b.engines {
		for _, o := range slices.Concat(e.In.Offers, e.Out.Offers) {
			for _, s := range o.Sizes {
				t := target{s.Width.Nearest(b.wish.Width), s.Height.Nearest(b.wish.Height)}
				if !slices.Contains(all, t) {
					all = append(all, t)
				}
			}
		}
	}
	return all
}

// limits are rates not to go above: what was asked for, and what each encoder can do of the size.
func (b *builder) limits(f VideoFormat) []float64 {
	all := []float64{float64(b.wish.FPS)}
	for _, e := range b.engines {
		if e.Macroblocks > 0 {
			all = append(all, min(all[0], float64(e.Macroblocks)/float64(macroblocks(f))/tolerance))
		}
	}
	return all
}

// tolerance is what nobody sees of a rate: 29.97 does for 30.
const tolerance = 1.01

// rateUpTo is the fastest of the rates that is not above limit, give or take the tolerance, else the slowest there is;
// 0 where the driver does not say.
func rateUpTo(rates []Rate, limit float64) float64 {
	best, slowest := 0.0, 0.0
	for _, r := range rates {
		if r.Min <= tolerance*limit {
			best = max(best, min(r.Max, max(r.Min, limit)))
		}
		if slowest == 0 || r.Min < slowest {
			slowest = r.Min
		}
	}
	if best == 0 {
		return slowest
	}
	return best
}

// visible is the part of the cost that people would see.
func (b *builder) visible(w Way) Cost {
	f, rate := w.Format, w.rate(b.wish)
	abs := func(n int) int { return max(n, -n) }
	c := Cost{
		Off:    abs(f.Width-b.wish.Width) + abs(f.Height-b.wish.Height),
		Pixels: w.perSecond(f.Width*f.Height, b.wish),
	}
	if fps := float64(b.wish.FPS); tolerance*rate < fps {
		c.Slow = math.Round((fps-rate)*100) / 100
	}
	return c
}

// costOf is the cost of a whole way.
func (b *builder) costOf(w Way) Cost {
	c := b.visible(w)
	pixels := c.Pixels
	made := w.Format.FourCC
	c.Twice = made == MJPEG
	for _, s := range w.Steps {
		c.Latency++
		c.Moved += pixels * layouts[made].bits / 8
		if s.In.Handover == HandCopied && isRaw(made) {
			c.Copied += pixels
		}
		made = s.Out
		if !s.Software {
			continue
		}
		switch s.Role {
		case Coder:
			c.Coded += pixels
		case Decoder:
			c.Decoded += pixels
		case Converter:
			c.Converted += pixels
		}
	}
	return c
}
