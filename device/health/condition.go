package health

import (
	"slices"
	"time"

	"vigie/device/golive"
)

// Condition is something that is wrong. A list holds each code at most once.
type Condition struct {
	Code     string          // stable, for programs: "no_camera"
	Severity golive.Severity // golive.Fine is worth knowing, and not on amber
	Text     string          // what is wrong, in whole sentences
	Advice   string          // what to do about it, in whole sentences
	Since    time.Time       // when its cause began, as far as is known
}

// Worst is the severity of the worst of them, golive.Fine where there are none.
func Worst(all []Condition) golive.Severity {
	worst := golive.Fine
	for _, c := range all {
		worst = max(worst, c.Severity)
	}
	return worst
}

// BeforeShow returns all, with what is as it is to be in a hall without a show made golive.Fine: the stage's lights are
// off, the desk's faders are down, and the picture that is to be played in waits on its first slide. all stays as it is.
func BeforeShow(all []Condition) []Condition {
	all = slices.Clone(all)
	for i := range all {
		if ofStage(all[i].Code) {
			all[i].Severity = golive.Fine
		}
	}
	return all
}

// ofStage tells whether a condition is of what happens on the stage, and not of the box.
func ofStage(code string) bool {
	return code == PictureBlack || code == PictureFrozen || code == Silence
}
