package rate

import "time"

// Kind is what a packet is to the sender.
type Kind uint8

// The kinds, in the order in which a pacer serves them.
const (
	Audio Kind = iota
	Again      // a retransmission
	Video
	Padding // filler of a probe
	kinds
)

// Sent is one packet that was handed to the socket.
type Sent struct {
	Number uint16        // transport-wide, in the order of the wire
	Bytes  int           // with IP and UDP headers
	At     time.Duration // media time
	Kind   Kind
	Probe  bool // it went at a probe's rate
}

// Arrival is what one feedback says of one packet.
type Arrival struct {
	Number  uint16        // transport-wide
	Arrived bool          // false: lost, or not there yet
	At      time.Duration // on the receiver's clock, whose zero does not matter; only where Arrived
}

type fate uint8

const (
	none    fate = iota // no such packet, or too long ago
	flying              // sent, nothing heard
	missing             // reported as not there; it may still come
	assumed             // the feedback about it was lost: taken as arrived
	arrived
)

// departure is what is remembered of a packet.
type departure struct {
	at    time.Duration
	self  time.Duration // the queue that a link of just the target's rate would have had, see ownQueue
	bytes int32
	fate  fate
	probe bool
}

// remembered packets: 3 s at 25 Mb/s, longer below. It is a power of two, and well under half of the 16 bits' range.
const remembered = 1 << 13

// history is the packets sent of late, by unwrapped transport-wide number.
type history struct {
	ring [remembered]departure
	next int64 // one past the newest; 0 before the first
}

// add enters a packet and returns its unwrapped number. Numbers that the sender skipped have no fate.
func (h *history) add(number uint16, d departure) int64 {
	n := h.unwrap(number)
	if h.next == 0 {
		n = 1<<16 + int64(number)
		h.next = n
	}
	if n < h.next {
		return n // the caller broke the order: it cannot be two packets
	}
	for h.next = max(h.next, n-remembered); h.next < n; h.next++ {
		h.ring[h.next%remembered] = departure{}
	}
	h.ring[n%remembered] = d
	h.next = n + 1
	return n
}

// find returns the packet that a number in a feedback means, nil where none is remembered.
func (h *history) find(number uint16) (int64, *departure) {
	n := h.unwrap(number)
	if h.next == 0 || n >= h.next || n < h.next-remembered || h.ring[n%remembered].fate == none {
		return n, nil
	}
	return n, &h.ring[n%remembered]
}

func (h *history) unwrap(number uint16) int64 {
	return h.next - 1 + int64(int16(number-uint16(h.next-1)))
}
