package ratetest

import "time"

// hole is a packet that did not come when those after it did.
type hole struct {
	seq          int64
	since, asked time.Duration
}

// screen puts pictures together and shows those that a decoder could.
type screen struct {
	began      bool
	next       int64             // sequence number after the highest that came
	seqs       [remembered]int64 // which number each place holds, plus one
	holes      []hole
	lost, came int

	parts  [1024]struct{ picture, got, of int }
	shown  int // the newest picture shown, plus one
	last   time.Duration
	moving bool
	idrs   [1024]bool
}

func (s *screen) have(seq int64) bool { return s.seqs[seq%remembered] == seq+1 }

// take enters an arrival.
func (s *screen) take(a arrival, t *Trace) {
	if a.seq < 0 || s.began && s.have(a.seq) {
		return
	}
	if !s.began {
		s.began, s.next = true, 0
	}
	for ; s.next < a.seq; s.next++ {
		s.holes = append(s.holes, hole{seq: s.next, since: a.at})
		s.lost++
	}
	s.next = max(s.next, a.seq+1)
	s.came++
	s.seqs[a.seq%remembered] = a.seq + 1
	p := &s.parts[a.piece.picture%len(s.parts)]
	if p.of == 0 || p.picture != a.piece.picture {
		p.picture, p.got, p.of = a.piece.picture, 0, a.piece.of
		s.idrs[a.piece.picture%len(s.parts)] = a.piece.idr
	}
	p.got++
	if p.got == p.of && a.piece.idr && a.piece.picture >= s.shown {
		s.show(a.piece.picture, a.at, t)
	}
	for s.moving {
		p := s.parts[s.shown%len(s.parts)]
		if p.picture != s.shown || p.of == 0 || p.got < p.of {
			break
		}
		s.show(s.shown, a.at, t)
	}
}

func (s *screen) show(picture int, at time.Duration, t *Trace) {
	if s.moving {
		t.Freeze = max(t.Freeze, at-s.last)
	} else {
		t.First = at
	}
	t.Decoded++
	s.shown, s.last, s.moving = picture+1, at, true
}

// stands is for how long there was no new picture.
func (s *screen) stands(now time.Duration) time.Duration {
	if !s.began {
		return 0
	}
	return now - s.last
}
