package capture

import "time"

// A picture of a hardware encoder needs some bits: below its floor it produces faults, not worse pictures. So the
// governor has fewer pictures coded at a bitrate below the floor, and then smaller ones.
const (
	slowest   = 10               // pictures a second, below which the size goes down a step
	tooSlow   = 2 * time.Second  // that it has to be below for that
	goodAgain = 10 * time.Second // that it has to be above, until the size goes up again
	maxShrink = 3
	step      = 9.0 / 4 // one size has as many times the pixels of the next smaller one: two thirds of each side
	margin    = 1.25    // above a limit, to come back over it
)

// governor decides which pictures are coded. It is Video.Run's alone.
type governor struct {
	floor, fps float64       // of the encoder: bits a second, pictures a second
	every      int           // of the way: each n-th picture is to be coded
	thin       int           // of those, each n-th is
	count      int           // pictures since the last that was due
	wanted     int           // bits a second, last asked for
	set        int           // bits a second, last told the encoder
	shrink     int           // steps of size down from what was configured
	since      time.Duration // PTS since when another size would be right; 0: this one is
}

// begin takes on a chain. The size that is wanted stays.
func (g *governor) begin(c Chain) {
	*g = governor{every: max(c.Every, 1), thin: 1, fps: c.Format.FPS, shrink: g.shrink}
	if g.fps <= 0 {
		g.fps = 30
	}
	if f, ok := c.Encoder.(floored); ok {
		g.floor = float64(f.Floor())
	}
}

// rest is for when nothing is coded: the next show begins at the full size.
func (g *governor) rest() { g.shrink, g.thin, g.since = 0, 1, 0 }

// due tells whether a picture is to be coded when bps are wanted; an IDR that is waited for always is.
func (g *governor) due(pts time.Duration, bps int, idr bool) bool {
	if g.wanted = bps; bps > 0 && g.floor > 0 {
		g.thinOut(float64(bps))
		g.judgeSize(pts, float64(bps))
	}
	if g.count++; !idr && g.count < g.every*g.thin {
		return false
	}
	g.count = 0
	return true
}

// thinOut goes down to fewer pictures at once, and up again with a margin.
func (g *governor) thinOut(bps float64) {
	least := int((g.floor + bps - 1) / bps)
	most := max(int(g.fps), 1)
	if up := int((g.floor*margin + bps - 1) / bps); up < g.thin {
		g.thin = max(up, 1)
	}
	g.thin = min(max(g.thin, least), most)
}

// judgeSize asks for another size when this one has been wrong for some time.
func (g *governor) judgeSize(pts time.Duration, bps float64) {
	limit := g.floor * min(slowest/g.fps, 1) // bits a second at the slowest rate
	var other, wait = g.shrink, tooSlow
	switch {
	case bps < limit:
		other = min(g.shrink+1, maxShrink)
	case g.shrink > 0 && bps > limit*step*margin:
		other, wait = g.shrink-1, goodAgain
	}
	switch {
	case other == g.shrink:
		g.since = 0
	case g.since == 0:
		g.since = pts
	case pts-g.since >= wait:
		g.shrink, g.since = other, 0
	}
}

// target is what to tell the encoder, which counts on every picture: in bits a second, and whether it is news.
func (g *governor) target() (bps int, changed bool) {
	bps = g.wanted * g.thin
	changed = bps != g.set && bps != 0
	g.set = bps
	return bps, changed
}
