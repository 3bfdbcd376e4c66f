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

// What stands still for so long is frozen. A sensor has noise: no two of its pictures are equal in thousands of points,
// whatever it looks at. What is played into an HDMI bridge is equal for as long as a slide is shown.
const (
	frozenAfter     = 10 * time.Second
	frozenAfterHDMI = 10 * time.Minute
)

// pictureJudge finds a picture that is black or stands still, because the pictures are equal or because no new one comes.
type pictureJudge struct {
	dark, frozen, stopped detector
	turn                  int // of the last look; the same again is the same picture again
	last                  [turns]Picture
	has                   [turns]bool
}

func newPictureJudge() *pictureJudge {
	const advice = "If it shows a still, such as a slide, all is well. Else switch the camera off and on, or pull its plug and put it back."
	return &pictureJudge{
		turn: -1,
		dark: newDetector(PictureBlack, 5*time.Second, 2*time.Second, "The picture is black.",
			"Take the cap off the camera, open its iris, or switch its source and the stage's light on."),
		frozen: newDetector(PictureFrozen, 0, 2*time.Second, "The picture stands still: nothing in it moves at all.", advice),
		stopped: newDetector(PictureFrozen, frozenAfter-turns*time.Second, 2*time.Second,
			"The picture stands still: the camera sends no new one.", "Switch the camera off and on, or pull its plug and put it back."),
	}
}

func (j *pictureJudge) judge(now time.Time, s Seen) []Condition {
	if s.Picture == nil {
		j.turn, j.has = -1, [turns]bool{}
		for _, d := range []*detector{&j.dark, &j.frozen, &j.stopped} {
			d.judge(now, resting)
		}
		return nil
	}
	black, again := s.Picture.black(), s.Picture.turn == j.turn
	j.dark.judge(now, judged(black))
	j.stopped.judge(now, judged(again && !black)) // black says more
	if !again {
		j.compare(now, s, black)
	}
	if j.stopped.on {
		return conditions(&j.dark, &j.stopped)
	}
	return conditions(&j.dark, &j.frozen)
}

// compare judges a new picture by the one of the same turn, which a look saw four seconds ago.
func (j *pictureJudge) compare(now time.Time, s Seen, black bool) {
	j.turn = s.Picture.turn
	last, has := &j.last[j.turn], &j.has[j.turn]
	still := *has && s.Picture.luma == last.luma
	*last, *has = *s.Picture, true
	j.frozen.enter = frozenAfter - turns*time.Second
	if s.HDMI {
		j.frozen.enter = frozenAfterHDMI - turns*time.Second
	}
	j.frozen.judge(now, judged(still && !black))
}
