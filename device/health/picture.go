package health

import (
	"time"

	"vigie/capture"
)

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

// pictureJudge finds a picture that is black or stands still. A sensor has noise: no two of its pictures are equal in
// thousands of points, whatever it looks at. What stands still is a camera that hangs, or a still that is played out.
type pictureJudge struct {
	dark, frozen detector
	last         [turns]Picture
	has          [turns]bool
}

func newPictureJudge() *pictureJudge {
	return &pictureJudge{
		dark: newDetector(PictureBlack, 5*time.Second, 2*time.Second, "The picture is black.",
			"Take the cap off the camera, open its iris, or switch its source and the stage's light on."),
		frozen: newDetector(PictureFrozen, (10-turns)*time.Second, 2*time.Second, // a look compares with the one of four seconds ago
			"The picture stands still: nothing in it moves at all.",
			"If it shows a still, such as a slide, all is well. Else switch the camera off and on, or pull its plug and put it back."),
	}
}

func (j *pictureJudge) judge(now time.Time, s Seen) []Condition {
	if s.Picture == nil {
		j.has = [turns]bool{}
		j.dark.judge(now, resting)
		j.frozen.judge(now, resting)
		return nil
	}
	black := s.Picture.black()
	last, has := &j.last[s.Picture.turn], &j.has[s.Picture.turn]
	still := *has && s.Picture.luma == last.luma
	*last, *has = *s.Picture, true
	j.dark.judge(now, judged(black))
	j.frozen.judge(now, judged(still && !black)) // black says more
	return conditions(&j.dark, &j.frozen)
}
