package rate

import "time"

const (
	// queueLimit is how much of a queue that is not of our own making is too much, where the path has no jitter. Half
	// of it is enough not to grow. A path that jitters gets two mean movements more, up to mostLimit.
	queueLimit = 40 * time.Millisecond
	mostLimit  = 120 * time.Millisecond

	// A queue that stands at fullQueue and loses fullLoss more than usual, three packets of it, drops at its end.
	fullQueue = 60 * time.Millisecond
	fullLoss  = 0.03

	growing = 0.05  // seconds a second: the queue grows, and not by chance
	falling = -0.04 // it falls; a queue before which 15 % less is sent than it serves falls by 0.15

	proof  = 2                // decreases in a row that a queue does not follow: it is not ours
	belief = 25 * time.Second // for so long; then it is to be proved again

	// gentle is what stays after a loss in such a queue: CUBIC keeps 0.7 and Reno half, but both grow faster, and
	// with 0.85 one of them left us 17 % of a link of 4 Mb/s.
	gentle = 0.92
)

// decide moves the target after a feedback that told of new arrivals, the newest of them at the receiver's newest.
func (e *Estimator) decide(now, newest time.Duration) {
	e.seen = e.path.look()
	e.silence.heard(e, now)
	e.probing.judge(e, now)
	shared := now < e.shared
	loss, _ := e.losses.share(e.seen.sent, time.Second)
	if !shared && e.seen.queue < fullQueue {
		e.losses.learn(loss)
	}
	if shared && e.yield(now, newest, loss) || !shared && e.defend(now, newest, loss) {
		e.clean, e.grown = now, now
		return
	}
	e.path.steady(e.seen.excess)
	e.grow(now)
}

// defend answers a queue of ours, and loss without one. It tells whether anything is wrong.
func (e *Estimator) defend(now, newest time.Duration, loss float64) (wrong bool) {
	s := e.seen
	queued := s.excess > e.limit()
	full := e.full() && s.excess > e.limit()/2
	if s.slope < falling || !queued && !full {
		e.stuck = 0
	}
	switch {
	case s.sent < e.settles:
		if queued && s.slope > growing || full {
			e.follow(newest)
		}
	case full && e.stuck < proof, queued && s.slope > falling && !e.proved():
		e.cut(now, newest)
	case queued && s.slope <= falling:
	case queued:
		e.path.accept(s)
		e.stuck, e.shared = 0, now+belief
	case e.losses.unusual(s.sent, s.sent-e.settles):
		e.lossy(now, loss)
	default:
		e.vain = e.vain && loss > e.losses.calm+0.02
		return false
	}
	return true
}

// proved tells whether the queue is not ours: it followed none of the decreases, though what was sent of late is
// clearly less than the path carried when it was full of us.
func (e *Estimator) proved() bool {
	return e.stuck >= proof && e.sent.rate(e.seen.sent, trend) < 0.9*e.link
}

// yield answers a queue that others fill too, as they do: by its losses. It tells whether anything is wrong.
func (e *Estimator) yield(now, newest time.Duration, loss float64) (wrong bool) {
	switch {
	case loss > 0.2: // no TCP would go on: it is ours after all
		e.shared = 0
		e.cut(now, newest)
	case e.full():
		if e.seen.sent >= e.settles {
			e.fall(now, gentle*e.target, Queued)
			e.settles = now + time.Second // a TCP's window falls once in a round trip through a full queue
		}
	case e.seen.excess > e.limit():
		e.path.accept(e.seen)
	default:
		return false
	}
	return true
}

func (e *Estimator) limit() time.Duration { return min(queueLimit+2*e.path.jitter, mostLimit) }

// full tells whether the path's queue drops at its end.
func (e *Estimator) full() bool {
	share, gone := e.losses.share(e.seen.sent, trend)
	return e.seen.queue > fullQueue && share > e.losses.calm+fullLoss && gone >= 3
}
