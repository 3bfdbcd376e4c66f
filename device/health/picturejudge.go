package health

import "time"

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
