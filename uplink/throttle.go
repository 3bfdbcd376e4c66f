package uplink

import "time"

// throttle lets one request through in every gap of time. A request that comes too soon is not lost, it waits for the
// gap's end: the picture that the last one brought may already have passed whoever asks now.
type throttle struct {
	gap   time.Duration
	last  time.Duration // when one was let through
	began bool
	waits bool
}

// Ask makes a request.
func (t *throttle) Ask() { t.waits = true }

// Served takes a waiting request back: what it asked for has come.
func (t *throttle) Served() { t.waits = false }

// Due tells whether a request is to be carried out now; it then counts as carried out.
func (t *throttle) Due(now time.Duration) bool {
	if !t.waits || t.began && now-t.last < t.gap {
		return false
	}
	t.last, t.began, t.waits = now, true, false
	return true
}

// Wait returns how long a request still has to wait, and whether there is one.
func (t *throttle) Wait(now time.Duration) (time.Duration, bool) {
	if !t.waits {
		return 0, false
	}
	return max(t.last+t.gap-now, 0), true
}
