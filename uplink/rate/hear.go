package rate

import "time"

// Sent takes a packet that was handed to the socket.
func (e *Estimator) Sent(s Sent) {
	e.silence.sent(s.At, e.rtt)
	e.sent.add(s.At, int64(s.Bytes))
	e.share.sent(s)
	n := e.history.add(s.Number, departure{
		at: s.At, self: e.own.add(s, e.target), bytes: int32(s.Bytes), fate: flying, probe: s.Probe,
	})
	e.probing.sent(n, s)
}

// Feedback takes a transport-wide feedback, its packets in the order of their numbers, and moves the target. What is
// said twice, or of packets that were never sent, counts for nothing. It keeps no reference to packets.
func (e *Estimator) Feedback(now time.Duration, packets []Arrival) {
	var newest time.Duration
	news := false
	e.assume(packets)
	for _, a := range packets {
		n, d := e.history.find(a.Number)
		if d == nil || d.fate == arrived {
			continue
		}
		if !a.Arrived {
			if d.fate == flying {
				d.fate = missing
				e.losses.lost(d.at)
			}
			continue
		}
		switch d.fate {
		case missing:
			e.losses.found(d.at)
		case flying, assumed:
			e.losses.arrived(d.at)
		}
		if d.fate != assumed {
			e.acked.add(a.At, int64(d.bytes))
		}
		d.fate = arrived
		e.path.arrived(d.at, a.At, d.self)
		e.probing.arrived(n, d, a.At)
		if !news || a.At > newest {
			newest = a.At
		}
		e.rtt = now - d.at
		news = true
	}
	if news {
		e.arrived = newest
		e.decide(now, newest)
	}
}

// Arrived tells whether a feedback said that a packet of late has arrived.
func (e *Estimator) Arrived(number uint16) bool {
	_, d := e.history.find(number)
	return d != nil && d.fate == arrived
}

// assume takes the packets between the last feedback and this one as arrived, with the delay of the first one in this:
// the feedback about them was lost, and if they did not count, the path would seem to carry less than it does.
func (e *Estimator) assume(packets []Arrival) {
	for _, a := range packets {
		_, d := e.history.find(a.Number)
		if d == nil || !a.Arrived {
			continue
		}
		first := min(e.history.unwrap(packets[0].Number), e.history.next)
		for i := max(e.heard, e.history.next-remembered); i < first; i++ {
			if g := &e.history.ring[i%remembered]; g.fate == flying {
				g.fate = assumed
				e.acked.add(g.at+a.At-d.at, int64(g.bytes))
			}
		}
		e.heard = min(max(e.heard, e.history.unwrap(packets[len(packets)-1].Number)+1), e.history.next)
		return
	}
}

// Report takes a receiver report about the picture. It decides only where the relay sends no transport-wide feedback.
func (e *Estimator) Report(now time.Duration, f Feedback) {
	if e.silence.transportWide {
		return
	}
	e.silence.report(now, f.Interval)
	e.reports.Report(f)
	e.rtt = max(f.RTT, 0)
	e.set(e.share.wire(float64(e.reports.Target())), Reported)
}
