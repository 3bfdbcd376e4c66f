package health

import "vigie/capture"

// The points of a look: a cell of the grid has one, at another place of it in each of four turns. All together they are
// close enough that neither a performer in a spot of light nor a clock in small letters in a corner is missed: four pixels
// apart at 1280x720, eight in one turn.
const (
	columns = 160
	rows    = 90
	turns   = 4
)

// places are where in a cell the points of a turn are, across and down, in quarters of its sides.
var places = [turns][2]int{{1, 1}, {3, 3}, {3, 1}, {1, 3}}

// Picture is a sparse look at one picture: its luma at the points of one turn. A look reads each point once, since a
// board's picture may be in memory that is not cached.
type Picture struct {
	luma [rows * columns]byte
	turn int
}

// Take looks at f, at the points of the next turn, and keeps nothing of it. It returns false where f is coded, or shorter than its format says: it then
// saw nothing.
func (p *Picture) Take(f *capture.RawFrame) bool {
	first, step, ok := lumaOf(f.FourCC)
	if !ok || f.Width < 1 || f.Height < 1 {
		return false
	}
	if last := (f.Height-1)*f.Stride + first + (f.Width-1)*step; f.Stride < f.Width*step || last >= len(f.Data) {
		return false
	}
	p.turn = (p.turn + 1) % turns
	across, down := places[p.turn][0], places[p.turn][1]
	for y := range rows {
		line := f.Data[(4*y+down)*f.Height/(4*rows)*f.Stride+first:]
		for x := range columns {
			p.luma[y*columns+x] = line[(4*x+across)*f.Width/(4*columns)*step]
		}
	}
	return true
}

// lumaOf is where a format has its luma: the offset of the first pixel's and the bytes to the next one's.
func lumaOf(c capture.FourCC) (first, step int, ok bool) {
	switch c {
	case capture.YUYV:
		return 0, 2, true
	case capture.UYVY:
		return 1, 2, true
	case capture.NV12, capture.YU12:
		return 0, 1, true
	}
	return 0, 0, false
}

// Luma of limited range is 16 for black (ITU-R BT.601, 2.5.3). A capped camera's noise is above that; a stage on which
// one face is lit has points that are far brighter.
const (
	blackMean    = 24
	blackBrights = 48
)

// black tells whether nothing is to be seen.
func (p *Picture) black() bool {
	sum, brightest := 0, byte(0)
	for _, v := range p.luma {
		sum += int(v)
		brightest = max(brightest, v)
	}
	return sum <= blackMean*len(p.luma) && brightest <= blackBrights
}
