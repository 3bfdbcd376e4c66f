package health

import "time"

// Readings are the figures behind some conditions, for who looks once: doctor.
type Readings struct {
	Heat         bool  // the board has a thermal zone
	Degrees      int64 // of the hottest one, °C
	Supply       bool  // the board tells of its power
	Dipped       bool  // its voltage was too low at some time since it booted; false too where it keeps no account
	Slowed       bool  // and it ran slower than it could
	Told         bool  // somebody tells whether the clock is synchronised, which Synchronised is
	Synchronised bool
	WayOut       bool // there is a default route: a time server could be reached
}

// Read takes the readings of the board whose /sys, /proc and /run are below root; "" is this machine.
func Read(root string) (r Readings) {
	if root == "" {
		root = "/"
	}
	r.Degrees, r.Heat = hottest(root)
	p := newPower(root)
	r.Supply = p.tells()
	if bits, ok := p.throttled(); ok {
		r.Dipped = bits>>sinceBoot&nowUndervoltage != 0
		r.Slowed = bits>>sinceBoot&(nowCapped|nowThrottled) != 0
	}
	c := newClock(root, time.Time{})
	r.Synchronised, r.Told = c.synchronised()
	r.WayOut = c.wayOut()
	return r
}

// JudgeOnce returns the conditions that hold if all has long been as it is at this moment. It takes as long as the disk and
// the sensors do.
func JudgeOnce(now time.Time, o Options) []Condition {
	m := New(o)
	defer m.Close()
	m.Judge(now.Add(-time.Hour), Seen{}) // longer than any condition takes to come
	return m.Judge(now, Seen{})
}
