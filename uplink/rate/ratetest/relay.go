package ratetest

import (
	"slices"
	"time"

	"vigie/uplink/rate"
)

// arrival is a packet that is on its way to the relay, or there.
type arrival struct {
	at     time.Duration
	number uint16
	seq    int64 // -1 for what is not picture
	piece  piece
}

// message is what the relay sends at one time.
type message struct {
	at       time.Duration
	feedback []rate.Arrival
	report   rate.Feedback
	wait     time.Duration // of the newest packet in the bottleneck
	nacks    []int64
	pli      bool
}

const (
	nackAge  = 600 * time.Millisecond // missing for longer: given up
	standsAt = 400 * time.Millisecond // without a new picture: a PLI
	pliGap   = 500 * time.Millisecond
	clock    = 250 * time.Microsecond // a feedback's resolution
)

// relay receives, reports, and decodes.
type relay struct {
	box     *box
	offset  time.Duration // of its clock
	next    time.Duration // report
	pending []arrival
	heard   bool
	base    uint16 // the next number to report
	screen  screen
	plied   time.Duration
	second  time.Duration // since the last receiver report
}

// report takes what has come by now and sends a message.
func (r *relay) report(now time.Duration) {
	r.next += r.box.Every
	n := 0
	for n < len(r.pending) && r.pending[n].at <= now {
		n++
	}
	come := r.pending[:n]
	var m message
	for _, a := range come {
		r.screen.take(a, r.box.trace)
	}
	m.nacks = r.missing(now)
	if r.screen.stands(now) > standsAt && now-r.plied > pliGap {
		m.pli, r.plied = true, now
	}
	if r.box.Reports {
		r.account(now, &m)
	} else {
		m.feedback = r.feedback(come)
	}
	r.pending = append(r.pending[:0:0], r.pending[n:]...)
	if at, ok := r.box.way.back(now); ok && (n > 0 || m.pli || len(m.nacks) > 0 || m.report.Interval > 0) {
		m.at = at
		r.box.inbox = append(r.box.inbox, m)
	}
}

// feedback covers all numbers from the last one's end to the newest that came.
func (r *relay) feedback(come []arrival) (f []rate.Arrival) {
	for _, a := range come {
		if !r.heard {
			r.heard, r.base = true, a.number
		}
		for ; r.base != a.number; r.base++ {
			f = append(f, rate.Arrival{Number: r.base})
		}
		f = append(f, rate.Arrival{Number: a.number, Arrived: true, At: (a.at + r.offset) / clock * clock})
		r.base++
	}
	return f
}

// account makes a receiver report each second.
func (r *relay) account(now time.Duration, m *message) {
	if now-r.second < time.Second {
		return
	}
	lost, all := r.screen.lost, r.screen.lost+r.screen.came
	m.report = rate.Feedback{Interval: now - r.second, Loss: float64(lost) / float64(max(all, 1))}
	m.wait = max(r.box.link.free-now, 0)
	r.screen.lost, r.screen.came = 0, 0
	r.second = now
}

// missing lists what is to be sent again: each is asked for once in a round trip and a little.
func (r *relay) missing(now time.Duration) (nacks []int64) {
	again := 2*r.box.Delay + 100*time.Millisecond
	s := &r.screen
	s.holes = slices.DeleteFunc(s.holes, func(h hole) bool { return s.have(h.seq) || now-h.since > nackAge })
	for i := range s.holes {
		if h := &s.holes[i]; now-h.asked > again {
			h.asked = now
			nacks = append(nacks, h.seq)
		}
	}
	return nacks
}
