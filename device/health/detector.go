package health

import (
	"time"

	"vigie/device/golive"
)

// verdict is what one look at one thing finds.
type verdict int

const (
	resting verdict = iota // there is nothing to judge: the part is not there, or is not to be judged now
	fine
	bad
)

// judged is the verdict on something that can be judged.
func judged(isBad bool) verdict {
	if isBad {
		return bad
	}
	return fine
}

// detector makes a condition of verdicts. It turns on when they were bad for enter without a break, and off when they
// were fine for leave; a resting part has no condition, and begins anew.
//
//	          bad for enter
//	   off ------------------> on
//	      <------------------
//	fine for leave, or resting
type detector struct {
	Condition    // what it says while it is on
	enter, leave time.Duration

	on     bool
	turned time.Time // of the first of the verdicts that speak for the other state; zero: the last one did not
}

func newDetector(code string, enter, leave time.Duration, text, advice string) detector {
	return detector{
		Condition: Condition{Code: code, Severity: golive.Warning, Text: text, Advice: advice}, enter: enter, leave: leave,
	}
}

func (d *detector) judge(now time.Time, v verdict) {
	switch {
	case v == resting:
		d.on, d.turned = false, time.Time{}
		return
	case (v == bad) == d.on:
		d.turned = time.Time{}
		return
	case d.turned.IsZero():
		d.turned = now
	}
	wait := d.enter
	if d.on {
		wait = d.leave
	}
	if now.Sub(d.turned) < wait {
		return
	}
	if d.on = !d.on; d.on {
		d.Since = d.turned
	}
	d.turned = time.Time{}
}

// conditions are those of the detectors that are on.
func conditions(all ...*detector) (on []Condition) {
	for _, d := range all {
		if d.on {
			on = append(on, d.Condition)
		}
	}
	return on
}
