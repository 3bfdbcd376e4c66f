package rate

import "time"

const (
	keep = 0.85 // of what the path carried: 15 % less empties a queue of 300 ms in 2 s

	// lag is how long an encoder and a pacer take to follow. Packets sent later tell what a decrease did.
	lag = 100 * time.Millisecond

	usedShare = 0.75 // of the target was sent in the last second: the path was really tried

	growth   = 0.15   // a second, far from the known capacity; much faster things are for probes
	nearby   = 60_000 // bits a second, a second, near it: 1 Mb/s is tried again 3 s after a decrease
	nearer   = 0.03   // or this share of the target, if more
	amicable = 0.05   // a second, in a queue that others fill too: a TCP needs seconds to take its half
	far      = 0.75   // of the known capacity: below it, far
	beyond   = 1.15   // of it: above it, the capacity has changed and is not known
)

// cut lowers the target under what the path carried while its queue grew, and remembers that as its capacity.
func (e *Estimator) cut(now, newest time.Duration) {
	d := e.delivered(newest)
	if e.link == 0 || d > 1.3*e.link || d < 0.7*e.link {
		e.link = d
	}
	e.link += (d - e.link) / 2
	e.stuck++
	e.fall(now, keep*d, Queued)
}

// follow lowers the target again before the last decrease can be seen: what arrives was sent before it, but tells
// better what the path carries now.
func (e *Estimator) follow(newest time.Duration) {
	if d := e.delivered(newest); keep*d < e.target {
		e.link = d
		e.set(keep*d, Queued)
	}
}

// lossy answers unusual loss that no queue explains. A path that is too narrow and has next to no queue loses less when
// less is sent; a radio link loses the same, and then that is its nature, up to a share that says something else.
func (e *Estimator) lossy(now time.Duration, loss float64) {
	switch {
	case !e.vain || loss > 0.3:
		e.fall(now, min(keep, 1-loss)*e.target, Lost)
	case loss > 0.15:
		e.fall(now, (1-loss/2)*e.target, Lost)
	default:
		e.losses.calm = loss
		e.vain = false
		return
	}
	e.vain = true
	e.settles = now + 500*time.Millisecond
}

// fall lowers the target. Where little of it was sent, what arrived tells little of the path: then at most to a half.
func (e *Estimator) fall(now time.Duration, to float64, why Cause) {
	if !e.used(now) {
		to = max(to, e.target/2)
	}
	e.set(min(to, 0.95*e.target), why)
	e.settles = now + lag
}

// delivered is what the path carried of late, in bits a second. Where the queue grows the path is busy, and a short
// time tells best what it can carry.
func (e *Estimator) delivered(newest time.Duration) float64 {
	window := 500 * time.Millisecond
	if e.seen.slope > 2*growing {
		window = trend
	}
	return e.acked.rate(newest, window) / (1 - min(e.losses.calm, ordinary))
}

// used tells whether the target was really sent in the last second.
func (e *Estimator) used(now time.Duration) bool {
	return e.sent.rate(now, time.Second) >= usedShare*e.target
}

// grow raises the target for the time since it was raised last, if the path was tried and has no queue. Near the known
// capacity it grows by an amount, not by a share, so that two senders become equal, and faster the longer nothing is
// wrong.
func (e *Estimator) grow(now time.Duration) {
	passed := min(now-e.grown, 200*time.Millisecond)
	e.grown = now
	if e.seen.excess > e.limit()/2 || !e.used(now) {
		return
	}
	step := growth * e.target
	switch {
	case now < e.shared:
		step = amicable * e.target
	case e.link == 0 || e.target < far*e.link:
	case e.target < beyond*e.link:
		step = min(step, max(nearby, nearer*e.target)*max(1, (now-e.clean).Seconds()/2))
	default:
		e.link = 0
		e.probing.soon(now)
	}
	e.set(e.target+step*passed.Seconds(), Grew)
}
