package uplink

import (
	"time"

	"vigie/capture"
)

// recovery is the time from the last packet that got through before a trouble to the first one that did after it.
type recovery struct {
	on    bool
	since time.Duration // when the last packet that got through left
	from  time.Duration // what leaves after this, and gets through, ends it

	count       uint64
	last, total time.Duration
}

// begin notes a trouble, unless there is one already.
func (r *recovery) begin(since, now time.Duration) {
	if !r.on {
		r.on, r.since = true, since
	}
	r.from = now
}

// end takes when the newest packet that got through had left. It tells whether a trouble is over.
func (r *recovery) end(proven, now time.Duration) bool {
	if !r.on || proven <= r.from {
		return false
	}
	r.on, r.last = false, now-r.since
	r.count++
	r.total += r.last
	return true
}

// trouble begins a recovery: media no longer gets through the way it did.
func (s *session) trouble() {
	now := capture.Now()
	since, _ := s.proven(now)
	s.u.note(func(c *status) { c.recovery.begin(since, now) })
}

// mended ends it when media gets through again.
func (s *session) mended() {
	now := capture.Now()
	proven, ok := s.proven(now)
	if !ok {
		return
	}
	var over bool
	var took time.Duration
	s.u.note(func(c *status) { over, took = c.recovery.end(proven, now), c.recovery.last })
	if over {
		s.u.log.Info("media gets through again", "after", took.Round(10*time.Millisecond), "relay", s.to.host(), "pair", s.pair())
	}
}

// proven is when the newest packet that the relay confirmed had left; now where there is none.
func (s *session) proven(now time.Duration) (time.Duration, bool) {
	s.books.mu.Lock()
	defer s.books.mu.Unlock()
	if !s.books.witness.has {
		return now, false
	}
	return s.books.witness.proven, true
}
