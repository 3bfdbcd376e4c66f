package uplink

import "time"

// The first law: the red light is steady only while media is leaving (a packet of camera or microphone was handed to
// the socket in the last 500 ms) and confirmed (the relay newly covered one that was sent in the last 3 s, or 6 s where
// only a microphone is sent). A margin is kept for the way from here to the light.
const (
	leavingFor    = 400 * time.Millisecond
	confirmedFor  = 2900 * time.Millisecond
	confirmedMike = 5900 * time.Millisecond
)

// trailLen packets are remembered for each stream: 3 s at 25 Mb/s. A power of two.
const trailLen = 8192

// witness knows what was sent and what of it the relay says it has. It has no clock, no lock and no goroutine: time,
// a media time, comes with each call.
//
// What proves nothing: a report that covers nothing new (a receiver repeats its last one each second, also for a stream
// of which it never got a packet), a report about packets that were never sent, a retransmission, filler.
type witness struct {
	window  time.Duration // how long after it was sent a packet that was confirmed keeps the show confirmed
	left    time.Duration // when the last packet that is not filler was sent
	proven  time.Duration // when the newest confirmed packet that is not filler was sent
	hasLeft bool
	has     bool // proven is valid

	streams   map[uint32]*trail // by SSRC
	transport transportTrail
}

func newWitness(window time.Duration) *witness {
	return &witness{window: window, streams: make(map[uint32]*trail, 2)}
}

// Sent records a packet that was handed to the socket. A sequence number that is not newer than those of its stream is
// a retransmission, and is not recorded.
func (w *witness) Sent(ssrc uint32, seq uint16, filler bool, now time.Duration) {
	t := w.streams[ssrc]
	if t == nil {
		t = &trail{}
		w.streams[ssrc] = t
	}
	if t.add(seq, filler, now) && !filler {
		w.left, w.hasLeft = now, true
	}
}

// Tagged records a packet's transport-wide sequence number. A retransmission is tagged as filler.
func (w *witness) Tagged(number uint16, filler bool, now time.Duration) {
	w.transport.add(number, filler, now)
}

// Report takes the extended highest sequence number of a receiver report (RFC 3550, 6.4.1) and tells whether it
// proves something.
func (w *witness) Report(ssrc, highest uint32) bool {
	t := w.streams[ssrc]
	if t == nil {
		return false
	}
	sent, ok := t.cover(highest)
	return ok && w.prove(sent)
}

// Received takes one transport-wide number that a feedback says has arrived, and tells whether it proves something.
func (w *witness) Received(number uint16) bool {
	sent, ok := w.transport.cover(number)
	return ok && w.prove(sent)
}

func (w *witness) prove(sent time.Duration) bool {
	if !w.has || sent > w.proven {
		w.proven, w.has = sent, true
	}
	return true
}

// Leaving tells whether camera or microphone leave the box.
func (w *witness) Leaving(now time.Duration) bool { return w.hasLeft && now-w.left <= leavingFor }

// Confirmed tells whether the relay has what leaves.
func (w *witness) Confirmed(now time.Duration) bool { return w.has && now-w.proven <= w.window }

// Until returns how long both stay true if nothing else happens; 0 where one of them is false.
func (w *witness) Until(now time.Duration) time.Duration {
	if !w.Leaving(now) || !w.Confirmed(now) {
		return 0
	}
	return min(w.left+leavingFor-now, w.proven+w.window-now) + 1
}
