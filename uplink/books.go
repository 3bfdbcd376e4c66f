package uplink

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/webrtc/v4"

	"vigie/uplink/rate"
)

// books is what a session knows of its packets: written by the sending goroutine and the readers of RTCP, read by the
// session's loop. Its lock is held for a few additions only, never across a send.
type books struct {
	failed atomic.Uint64 // sends that the socket refused
	paced  atomic.Int64  // access units in the pacer, whole or in part

	mu            sync.Mutex
	witness       *witness
	estimator     *rate.Estimator
	arrivals      []rate.Arrival // scratch of received
	reference     int64          // unwrapped reference time of the last feedback
	video, audio  tally
	rtx           tally
	bytes         uint64
	packets       uint64
	retransmitted uint64
	rtt           time.Duration
	loss          float64 // of the last report about the picture, or about the sound where there is no picture
}

func newBooks(o Options) *books {
	window := confirmedFor
	if !o.Video {
		window = confirmedMike
	}
	return &books{witness: newWitness(window), estimator: newEstimator(o, true)}
}

// tally counts as sender reports do (RFC 3550, 6.4.1): modulo 2^32, payload alone, nothing twice.
type tally struct {
	packets, octets uint32
	reported        uint32 // octets when the last receiver report came
}

// packet is one that was handed to the socket.
type packet struct {
	track     *track
	seq       uint16
	number    int64 // seq, unwrapped
	transport uint16
	again     bool // a retransmission
	rtx       bool // in the stream of retransmissions
	filler    bool
	probe     bool
	padding   bool
	tagged    bool // carries transport
	payload   int  // bytes, without padding
	bytes     int  // with the headers of RTP and SRTP
}

// own tells a packet that goes on with its track's numbers.
func (p packet) own() bool { return !p.again && !p.rtx }

// datagram is what IP (v4) and UDP add to a packet.
const datagram = 28

func (p packet) kind() rate.Kind {
	switch {
	case p.again:
		return rate.Again
	case p.track.kind == webrtc.RTPCodecTypeAudio:
		return rate.Audio
	case p.padding:
		return rate.Padding
	}
	return rate.Video
}

func (b *books) sent(p packet, now time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.bytes += uint64(p.bytes)
	b.packets++
	if p.tagged {
		b.witness.Tagged(p.transport, p.filler || p.again, now)
	}
	b.estimator.Sent(rate.Sent{Number: p.transport, Bytes: p.bytes + datagram, At: now, Kind: p.kind(), Probe: p.probe})
	c := b.of(p.track)
	switch {
	case p.own():
		b.witness.Sent(p.track.ssrc, p.seq, p.filler, now)
	case p.again:
		b.retransmitted++
	}
	if p.rtx {
		c = &b.rtx
	}
	if p.own() || p.rtx {
		c.packets++
		c.octets += uint32(p.payload)
	}
}

// of returns the tally of a track.
func (b *books) of(t *track) *tally {
	if t.kind == webrtc.RTPCodecTypeVideo {
		return &b.video
	}
	return &b.audio
}

// live tells whether media leaves and is confirmed, and for how long at least that holds.
func (b *books) live(now time.Duration) (live bool, until time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.witness.Leaving(now) && b.witness.Confirmed(now), b.witness.Until(now)
}
