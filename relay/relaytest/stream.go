package relaytest

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"vigie/capture/h264"
)

// Unit is one access unit (Annex B) or one Opus packet.
type Unit struct {
	Data    []byte
	TS      uint32    // RTP timestamp
	Arrived time.Time // its last packet
}

// Received is what came of one track. The slices only grow.
type Received struct {
	SSRC     uint32
	First    uint16 // sequence number of the first packet
	Packets  int    // different ones
	Repaired int    // of those, by RTX
	Repeated int    // packets that came again
	Missing  int    // sequence numbers between the first and the highest that did not come
	Units    []Unit
	Reports  []rtcp.SenderReport
}

// String is a summary.
func (r Received) String() string {
	return fmt.Sprintf("%d packets (%d repaired, %d missing), %d units, %d reports",
		r.Packets, r.Repaired, r.Missing, len(r.Units), len(r.Reports))
}

// patience is how many packets a missing one is waited for.
const patience = 100

// stream puts a track's packets in order and its units together.
type stream struct {
	Received
	ssrc    uint32
	picture bool
	depack  h264.Depacketizer

	top     uint64 // highest sequence number, extended; 0 is none
	next    uint64 // the one to be used next
	have    map[uint64]bool
	waiting map[uint64]arrival
}

type arrival struct {
	pkt *rtp.Packet
	at  time.Time
}

func newStream(picture bool) *stream {
	return &stream{picture: picture, have: map[uint64]bool{}, waiting: map[uint64]arrival{}}
}

func (s *stream) push(pkt *rtp.Packet, repaired bool, at time.Time) {
	ext := s.top + uint64(int16(pkt.SequenceNumber-uint16(s.top)))
	if s.top == 0 {
		ext = 1<<32 | uint64(pkt.SequenceNumber)
		s.top, s.next, s.First, s.SSRC = ext, ext, pkt.SequenceNumber, s.ssrc
	}
	if s.have[ext] {
		s.Repeated++
		return
	}
	s.have[ext] = true
	s.Packets++
	if repaired {
		s.Repaired++
	}
	if ext > s.top {
		s.Missing += int(ext - s.top - 1)
		s.top = ext
	} else if s.Packets > 1 {
		s.Missing--
	}
	if ext < s.next {
		return
	}
	s.waiting[ext] = arrival{pkt, at}
	s.release()
}

// release uses what is in order, and steps over what is missing for too long.
func (s *stream) release() {
	for len(s.waiting) > 0 {
		if a, ok := s.waiting[s.next]; ok {
			delete(s.waiting, s.next)
			s.use(a)
		} else if len(s.waiting) < patience {
			return
		}
		s.next++
	}
}

func (s *stream) use(a arrival) {
	data := a.pkt.Payload
	if s.picture {
		data = s.depack.Push(a.pkt.Payload, a.pkt.SequenceNumber, a.pkt.Timestamp, a.pkt.Marker)
	}
	if len(data) > 0 {
		s.Units = append(s.Units, Unit{bytes.Clone(data), a.pkt.Timestamp, a.at})
	}
}

// NTP is the publisher's wall clock, in seconds since 1900, at an RTP timestamp, by the last report. The difference
// between picture and sound is what counts: both by the same clock. It is false before the first report.
func (r Received) NTP(ts uint32, clockRate float64) (float64, bool) {
	if len(r.Reports) == 0 {
		return 0, false
	}
	last := r.Reports[len(r.Reports)-1]
	at := float64(last.NTPTime>>32) + float64(last.NTPTime&0xffffffff)/(1<<32)
	return at + float64(int32(ts-last.RTPTime))/clockRate, true
}

// IDRs counts the units that begin with parameter sets and are an IDR picture.
func (r Received) IDRs() int {
	n := 0
	for u := range slices.Values(r.Units) {
		if h264.IsIDR(u.Data) {
			n++
		}
	}
	return n
}
