package uplink

import (
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
)

// keptPackets are remembered of a stream, for a relay that missed some: 2 s at 4 Mb/s. A power of two.
const keptPackets = 1024

// kept are the packets of one stream that left last. pion's own buffer makes two objects of each packet, and keeps those
// that never left, too. The session's sending goroutine owns it.
type kept struct {
	ring [keptPackets]keptPacket
}

type keptPacket struct {
	header  rtp.Header
	size    int // 0 where there is none
	born    time.Duration
	last    uint16 // transport-wide number of its last sending, where tagged
	tagged  bool
	payload [maxPayload]byte
}

// add copies a packet in the place of the one 1024 before it.
func (k *kept) add(h *rtp.Header, payload []byte, now time.Duration) {
	p := &k.ring[h.SequenceNumber%keptPackets]
	p.header = *h
	p.header.Extension, p.header.Extensions = false, nil // wire's, and of this sending
	p.size, p.born = copy(p.payload[:], payload), now
}

// left notes what number a packet was sent under, first or again.
func (k *kept) left(p packet) {
	if q := &k.ring[p.seq%keptPackets]; q.header.SequenceNumber == p.seq {
		q.last, q.tagged = p.transport, p.tagged
	}
}

// get copies a packet's payload out, and lends its header; size is 0 where it is not here, or no longer.
func (k *kept) get(seq uint16, to []byte) (h *rtp.Header, size int) {
	p := &k.ring[seq%keptPackets]
	if p.size == 0 || p.header.SequenceNumber != seq {
		return nil, 0
	}
	return &p.header, copy(to, p.payload[:p.size])
}

// lookUp tells which packet of t a number in a NACK means, how many bytes it has and when it left first; size is 0 for one
// that is not kept, or is not to leave again, or of which the relay's feedback says that it has come since: NACKs cross what
// they ask for, and pion's ask for what came by RTX again and again.
func (w *wire) lookUp(t *track, seq uint16) (number int64, size int, born time.Duration) {
	if t == nil || t.kept == nil {
		return 0, 0, 0
	}
	w.mu.Lock()
	number = t.unwrap(seq)
	leaves := t.repeatable(number)
	w.mu.Unlock()
	if !leaves {
		return 0, 0, 0
	}
	p := &t.kept.ring[seq%keptPackets]
	if p.header.SequenceNumber != seq || p.tagged && w.books.arrived(p.last) {
		return 0, 0, 0
	}
	return number, p.size, p.born
}

// nacks tells whether the relay said that it will ask for what it misses.
func nacks(info *interceptor.StreamInfo) bool {
	for _, f := range info.RTCPFeedback {
		if f.Type == "nack" && f.Parameter == "" {
			return true
		}
	}
	return false
}
