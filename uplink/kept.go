package uplink

import (
	"sync"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

// keptPackets are remembered of a stream, for a relay that missed some: 2 s at 4 Mb/s. A power of two.
const keptPackets = 1024

// kept are the packets of one stream that left last. pion's own buffer makes two objects of each packet, and keeps those
// that never left, too. The sender adds, whoever read a NACK gets.
type kept struct {
	mu   sync.Mutex
	ring [keptPackets]keptPacket
}

type keptPacket struct {
	header  rtp.Header
	size    int // 0 where there is none
	payload [maxPayload]byte
}

// add copies a packet in the place of the one 1024 before it.
func (k *kept) add(h *rtp.Header, payload []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	p := &k.ring[h.SequenceNumber%keptPackets]
	p.header = *h
	p.header.Extension, p.header.Extensions = false, nil // wire's, and of this sending
	p.size = copy(p.payload[:], payload)
}

// get copies a packet out; size is 0 where it is not here, or no longer.
func (k *kept) get(seq uint16, to []byte) (h rtp.Header, size int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	p := &k.ring[seq%keptPackets]
	if p.size == 0 || p.header.SequenceNumber != seq {
		return h, 0
	}
	return p.header, copy(to, p.payload[:p.size])
}

// resend sends what a relay says that it misses of t, as far as it is kept and the credit lasts. It blocks while the
// socket does.
func (w *wire) resend(t *track, nacks []rtcp.NackPair) {
	w.mu.Lock()
	packets, out := t.kept, t.below
	w.mu.Unlock()
	if packets == nil {
		return
	}
	payload := make([]byte, maxPayload)
	for _, n := range nacks {
		n.Range(func(seq uint16) bool {
			if h, size := packets.get(seq, payload); size > 0 {
				_, _ = w.write(t, out, &h, payload[:size], nil) // a failure is counted there
			}
			return true
		})
	}
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
