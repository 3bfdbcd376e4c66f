package rate

import "time"

const (
	quiet = 500 * time.Millisecond // without transport-wide feedback while packets are out: to a half
	mute  = 4                      // times as long: to the floor
	pause = quiet / 2              // nothing sent for so long: what comes then begins anew
)

// silence watches for feedback that does not come while packets are out.
type silence struct {
	transportWide bool          // transport-wide feedback was heard: it decides, and receiver reports do not
	limit         time.Duration // without feedback while packets are out: to a half
	since         time.Duration // since when packets are out and nothing is heard
	last          time.Duration // when a packet was sent last
	began         bool
	depth         int     // 1: halved, 2: at the floor
	before        float64 // the target before
}

// sent takes a packet. After a pause its feedback takes a round trip to come.
func (s *silence) sent(at, rtt time.Duration) {
	switch {
	case !s.began:
		s.since = at + quiet // nobody knows the round trip yet
	case at-s.last > pause:
		s.since = max(s.since, at+min(rtt, quiet))
	}
	s.began, s.last = true, at
}

// report ends a silence where receiver reports are all there is: two of them may be lost.
func (s *silence) report(now, interval time.Duration) {
	s.limit = min(max(5*interval/2, quiet), patience)
	s.since, s.depth = now, 0
}

// heard ends a silence where there is transport-wide feedback. If it was short and the path is as it was, only feedback
// was lost, and all is as before; else a probe tries what was before.
func (s *silence) heard(e *Estimator, now time.Duration) {
	s.transportWide, s.limit, s.since = true, quiet, now
	if s.depth == 0 {
		return
	}
	loss, _ := e.losses.share(e.seen.sent, quiet)
	if s.depth == 1 && loss < e.losses.calm+0.1 && e.seen.excess < e.limit() {
		e.set(max(e.target, s.before), Grew)
	}
	s.depth = 0
	e.link = 0
	e.settles = now // what was lost was lost to the silence
	e.probing.back = s.before
	e.probing.soon(now)
}

// Tick lets time pass; it is called each 50 ms or so. It notices that nothing is heard any more, and when a probe is
// due.
func (e *Estimator) Tick(now time.Duration) {
	e.probe(now)
	s := &e.silence
	if !s.began || now-s.last > s.limit {
		return // nothing is out
	}
	depth := 0
	switch gone := now - s.since; {
	case gone > mute*s.limit:
		depth = 2
	case gone > s.limit:
		depth = 1
	}
	if depth <= s.depth {
		return
	}
	if s.depth == 0 {
		s.before = e.target
		e.set(e.target/2, Silent)
	}
	if depth == 2 {
		e.set(e.floor, Silent)
	}
	s.depth = depth
}
