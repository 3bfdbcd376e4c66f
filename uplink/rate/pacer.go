package rate

import (
	"math"
	"time"
)

const (
	// burst is how much may leave at once: a timer that wakes 200 times a second is enough, and no switch on the way
	// has to hold more than 5 ms of us.
	burst = 5 * time.Millisecond

	// backlog bounds the picture that waits, at the target's rate. An IDR of eight pictures' size at 30 a second is
	// 267 ms; what waits longer than this is late for everybody.
	backlog = 400 * time.Millisecond

	soundWaits = 50                     // packets of sound that wait at most, a second of it
	againShare = 0.2                    // of the target, for retransmissions
	againAge   = 500 * time.Millisecond // a viewer's buffer does not wait longer for a packet
	padding    = 1200                   // bytes of a packet of padding
)

// Idle is how long Next asks to wait where nothing waits: until the next Push.
const Idle = time.Duration(math.MaxInt64)

// Packet is one that waits. Payload is the caller's.
type Packet[T any] struct {
	Kind    Kind
	Bytes   int           // with IP and UDP headers
	Number  int64         // which packet a retransmission repeats
	Born    time.Duration // when that packet left first
	Probe   bool          // set by Next: it goes at a probe's rate
	Payload T
}

// Pacer holds what is to leave and says when: sound at once, then retransmissions as far as their budget goes, then
// the picture. It is used by one goroutine. Its rings grow to what they have to hold, and then it allocates nothing.
type Pacer[T any] struct {
	drop   func(Packet[T])
	queues [kinds]ring[Packet[T]]
	octets [kinds]int

	target, pace float64
	due, until   time.Duration // the next release; the end of the burst that runs
	probe        Probe         // what is left of it
	budget       budget
	broken       bool // a picture was thrown away: the next ones are of no use before an IDR
}

// NewPacer returns a pacer. What it throws away later is given to drop; SetRate comes before the first packet.
func NewPacer[T any](drop func(Packet[T])) *Pacer[T] {
	return &Pacer[T]{drop: drop, target: 1, pace: 1}
}

// SetRate takes an estimator's Target and Pace in bits a second, and its RTT, in which nothing is sent again twice.
func (p *Pacer[T]) SetRate(target, pace int, rtt time.Duration) {
	p.target, p.pace = float64(max(target, 1)), float64(max(pace, 1))
	p.budget.rtt = rtt
}

// Probe lets the next packets leave at a probe's rate, and asks for padding where there are none. A probe that runs is
// replaced.
func (p *Pacer[T]) Probe(wanted Probe) { p.probe = wanted }

// Picture tells that the packets of one picture come next, and whether they are to be pushed at all. Where too much
// waits, all of the picture that waits is thrown away, and every picture up to the next IDR is refused: the caller
// counts it and asks for an IDR.
func (p *Pacer[T]) Picture(idr bool) (wanted bool) {
	if float64(8*p.octets[Video]) > p.target*backlog.Seconds() {
		p.flush(Video)
		p.broken = true
	}
	if idr {
		p.broken = false
	}
	return !p.broken
}

// Push takes a packet, but for sound where a second of it waits, and for a retransmission that is too old, waits
// already, left within the round trip, or does not fit into the budget. What is not taken is still the caller's.
func (p *Pacer[T]) Push(k Packet[T], now time.Duration) (taken bool) {
	switch k.Kind {
	case Audio:
		if p.queues[Audio].len() == soundWaits {
			return false
		}
	case Again:
		p.budget.earn(now, p.target)
		if now-k.Born > againAge || !p.budget.admit(k.Number, p.octets[Again]+k.Bytes, now) {
			return false
		}
	}
	p.queues[k.Kind].push(k)
	p.octets[k.Kind] += k.Bytes
	return true
}

// Next hands over the packet that is to leave now, with a wait of 0, or says how long nothing is to leave unless
// something is pushed. A packet of Padding is the caller's to make.
func (p *Pacer[T]) Next(now time.Duration) (k Packet[T], wait time.Duration) {
	p.budget.earn(now, p.target)
	if p.queues[Audio].len() > 0 {
		return p.release(Audio, now), 0
	}
	if p.due <= now {
		p.until = now + burst
	} else if p.due >= p.until {
		return k, p.due - now
	}
	p.forget(now)
	switch {
	case p.queues[Again].len() > 0 && p.budget.credit >= float64(p.queues[Again].front().Bytes):
		f := p.queues[Again].front()
		p.budget.spend(f.Number, f.Bytes, now)
		return p.release(Again, now), 0
	case p.queues[Video].len() > 0:
		return p.release(Video, now), 0
	case p.probe.Bytes > 0:
		k = Packet[T]{Kind: Padding, Bytes: padding}
		p.account(&k, now)
		return k, 0
	case p.queues[Again].len() > 0:
		return k, p.budget.wait(p.queues[Again].front().Bytes, p.target)
	}
	return k, Idle
}

// Waiting returns the bytes of picture that wait.
func (p *Pacer[T]) Waiting() int { return p.octets[Video] }

// Flush throws all away that waits.
func (p *Pacer[T]) Flush() {
	for k := range kinds {
		p.flush(k)
	}
	p.broken = true
}
