package uplink

import "time"

const (
	quietFor  = 2 * time.Second        // without RTCP while media leaves: the relay does not hear us
	quietMost = 10 * time.Second       // where it reports rarely
	batch     = 50 * time.Millisecond  // what comes within it came at once
	hesitance = 300 * time.Millisecond // without RTCP before a change of the network is a reason to doubt
	trial     = 500 * time.Millisecond // what was under way when the network came back is given this long
)

// quiet notices a relay that is no longer heard while media leaves. A relay that reports seldom is given three and a
// half of its intervals: one report or two may be lost. One that never reported is not judged. Time is media time.
type quiet struct {
	last, usual time.Duration // when RTCP came, and how long there is between
	heard       bool
	since       time.Duration // when media began to leave
	leaves      bool
	doubted     time.Duration // when a doubt becomes a certainty; 0 without one
	told        bool          // it was said, and nothing has been heard since
}

// begin is a session, or a way to the relay, that is new.
func (q *quiet) begin(now time.Duration) {
	q.last, q.since, q.heard, q.leaves, q.doubted, q.told = now, now, false, false, 0, false
}

// hear takes note of RTCP, and tells whether it ends a pause in which media was probably lost.
func (q *quiet) hear(now time.Duration) (back bool) {
	gap := now - q.last
	back = q.heard && gap > max(time.Second, 2*q.usual)
	switch {
	case !q.heard || gap < batch:
	case q.usual == 0:
		q.usual = gap
	case !back:
		q.usual += (gap - q.usual) / 8
	}
	q.last, q.heard, q.doubted, q.told = now, true, 0, false
	return back
}

// doubt says that the network is another one than before: a relay that is not heard now is not waited for as long.
func (q *quiet) doubt(now time.Duration) {
	if now-q.last > max(hesitance, 2*q.usual) {
		q.doubted = now + trial
	}
}

// over tells, once, that the relay is no longer heard. leaves: media leaves the box, or would.
func (q *quiet) over(now time.Duration, leaves bool) bool {
	if leaves && !q.leaves {
		q.since = now
	}
	q.leaves = leaves
	if wait, ok := q.wait(now); !ok || wait > 0 {
		return false
	}
	q.doubted, q.told = 0, true
	return true
}

// wait returns when over may become true, and whether it may.
func (q *quiet) wait(now time.Duration) (time.Duration, bool) {
	switch {
	case !q.leaves:
		return 0, false
	case q.doubted != 0:
		return max(q.doubted-now, 0), true
	case q.told || !q.heard:
		return 0, false
	}
	patience := min(max(q.usual*7/2, quietFor), quietMost)
	return max(max(q.last, q.since)+patience-now, 0), true
}
