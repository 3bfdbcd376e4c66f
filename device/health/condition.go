package health

import (
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
