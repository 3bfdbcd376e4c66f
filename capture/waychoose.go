package capture

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Choice is the way that was chosen, and what became of the others.
type Choice struct {
	Way     *Way     // nil: there is none
	Others  []Fallen // the best first; those that cannot be gone last
	Missing []string // what this way cannot do
	Advice  []string // what a piece that the board does not have would change
}

// Fallen is a way that was not chosen. Of ways through the same devices it is the best one; a way that ends before the
// encoder is drawn as far as it goes.
type Fallen struct {
	Way Way
	Why string // in plain words
}

// ChooseWay finds the cheapest way from a camera of the board to H.264 that keeps to the wish: see Cost for what is
// cheap. The same board gives the same way, in whatever order its devices are listed. A caller that is to use one
// camera lists that one.
func ChooseWay(b Board, w Wish) Choice {
	var c Choice
	for i, r := range rank(b, w) {
		switch {
		case i == 0 && r.bar == "":
			c.Way = &r.way
		case r.bar == "":
			c.Others = append(c.Others, Fallen{r.way, worse(r.way, *c.Way, w)})
		default:
			c.Others = append(c.Others, Fallen{r.way, r.bar})
		}
	}
	c.Others = append(c.Others, foreign(b)...)
	c.Missing, c.Advice = missing(c.Way), advice(b, w, c.Way)
	return c
}

// rank lists the ways of a board, the best first, those that cannot be gone last. Of those through the same devices it
// keeps the best, and the best that cannot be gone where people would see more of it.
func rank(b Board, w Wish) []candidate {
	build := builder{wish: w, engines: enginesOf(b)}
	for _, c := range b.Cameras {
		build.camera(c)
	}
	slices.SortFunc(build.found, byRank)
	var kept []candidate
	best := make(map[string]Cost)
	for _, c := range build.found {
		devices, barred := c.way.devices(), c.bar != ""
		good, known := best[devices]
		if known && (!barred || good.Off < c.way.Cost.Off || good.Off == c.way.Cost.Off && good.Slow <= c.way.Cost.Slow) {
			continue
		}
		best[devices] = c.way.Cost
		kept = append(kept, c)
	}
	return kept
}

// preferred orders formats that cost the same.
var preferred = []FourCC{YU12, NV12, YUYV, UYVY, RGB24, MJPEG, H264}

func byRank(a, b candidate) int {
	if (a.bar == "") != (b.bar == "") {
		return cmp.Compare(len(a.bar), len(b.bar))
	}
	order, _ := a.way.Cost.compare(b.way.Cost)
	return cmp.Or(order,
		slices.Index(preferred, a.way.Format.FourCC)-slices.Index(preferred, b.way.Format.FourCC),
		cmp.Compare(a.drawn, b.drawn), cmp.Compare(a.bar, b.bar))
}

// devices names the camera, its format and the devices that a way goes through, without sizes and what is between them.
func (w Way) devices() string {
	names := []string{w.Camera, string(w.Format.FourCC)}
	for _, s := range w.Steps {
		names = append(names, string(s.Role), s.Path)
	}
	return strings.Join(names, "\n")
}

// foreign lists the devices that code something other than H.264: people wonder why they are not used.
func foreign(b Board) []Fallen {
	var all []Fallen
	for _, m := range b.Mem2Mem {
		raw := slices.ContainsFunc(m.In.Offers, func(o Offer) bool { return isRaw(o.FourCC) })
		ours := slices.ContainsFunc(m.Out.Offers, func(o Offer) bool { return isRaw(o.FourCC) || o.FourCC == H264 })
		if raw && !ours && len(m.Out.Offers) > 0 {
			made := slices.MinFunc(m.Out.Offers, func(x, y Offer) int { return cmp.Compare(x.FourCC, y.FourCC) })
			w := Way{Steps: []Step{{Role: Coder, Path: m.Path, Out: made.FourCC}}}
			all = append(all, Fallen{w, fmt.Sprintf("it makes %s, and viewers take H264", w.Steps[0].Out)})
		}
	}
	slices.SortFunc(all, func(x, y Fallen) int { return cmp.Compare(x.Way.String(), y.Way.String()) })
	return all
}
