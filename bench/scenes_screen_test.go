//go:build bench

package bench

import (
	"testing"

	"github.com/pion/rtp"

	"vigie/capture/h264"
)

// screen tells which pictures a decoder can show: in their order, each when all of its packets are there and the one
// before it was shown. It waits for what is missing as long as that takes, or until an IDR behind it is complete.
type screen struct {
	packets map[uint64]*rtp.Packet // that came and were not used, by extended sequence number
	top     uint64                 // highest
	next    uint64                 // the first packet of the next picture; 0 before the first IDR
}

func newScreen() *screen { return &screen{packets: map[uint64]*rtp.Packet{}} }

// take takes a packet in any order, and returns how many pictures it made complete.
func (s *screen) take(p *rtp.Packet) (shown int) {
	ext := s.top + uint64(int16(p.SequenceNumber-uint16(s.top)))
	if s.top == 0 {
		ext = 1<<32 | uint64(p.SequenceNumber)
	}
	s.top = max(s.top, ext)
	if ext < s.next {
		return 0
	}
	s.packets[ext] = p
	if first, ok := s.begins(ext); ok && first > s.next {
		if _, whole := s.whole(first); whole {
			s.drop(first)
		}
	}
	for s.next > 0 {
		end, whole := s.whole(s.next)
		if !whole {
			break
		}
		if len(s.packets[end-1].Payload) > 0 {
			shown++
		}
		s.drop(end)
	}
	return shown
}

// begins finds the first packet of the IDR that a packet belongs to.
func (s *screen) begins(ext uint64) (first uint64, ok bool) {
	ts := s.packets[ext].Timestamp
	for ; s.packets[ext] != nil && s.packets[ext].Timestamp == ts; ext-- {
		if h264.Holds(s.packets[ext].Payload, h264.SPS) {
			return ext, true
		}
	}
	return 0, false
}

// whole tells whether all packets of a picture are there, and which one is behind it. Filler, which has no payload, is
// a picture of its own.
func (s *screen) whole(from uint64) (end uint64, ok bool) {
	for end = from; s.packets[end] != nil; end++ {
		if p := s.packets[end]; p.Marker || len(p.Payload) == 0 {
			return end + 1, true
		}
	}
	return 0, false
}

// drop goes on with a packet, and forgets those before it.
func (s *screen) drop(next uint64) {
	s.next = next
	for ext := range s.packets {
		if ext < next {
			delete(s.packets, ext)
		}
	}
}

// TestScreen holds what is shown when: nothing before an IDR, nothing past a packet that is missing, all that it kept
// back when it comes, and what an IDR begins in any case.
func TestScreen(t *testing.T) {
	const idr, part, end, filler = 'i', 'p', 'e', 'f'
	packet := func(seq uint16, picture uint32, kind rune) *rtp.Packet {
		p := &rtp.Packet{Header: rtp.Header{SequenceNumber: seq, Timestamp: picture, Marker: kind == end}, Payload: []byte{0x41, 0}}
		switch kind {
		case idr:
			p.Payload = []byte{0x67, 0x42}
		case filler:
			p.Payload = nil
		}
		return p
	}
	s := newScreen()
	for i, c := range []struct {
		seq     uint16
		picture uint32
		kind    rune
		shows   int
	}{
		{65530, 1, part, 0}, {65531, 1, end, 0}, // before the first IDR
		{65532, 2, idr, 0}, {65533, 2, end, 1},
		{65534, 3, part, 0}, {0, 3, end, 0}, {1, 3, filler, 0}, {2, 4, end, 0}, // 65535 is missing
		{65535, 3, part, 2}, {65535, 3, part, 0}, // it comes, and again
		{4, 6, end, 0}, {5, 7, idr, 0}, {7, 7, end, 0}, {8, 8, end, 0}, // 3 and 6 are missing
		{6, 7, part, 2}, // and 3 is not needed any more
		{3, 5, end, 0},
	} {
		if got := s.take(packet(c.seq, c.picture, c.kind)); got != c.shows {
			t.Errorf("packet %d, number %d: %d pictures are shown, want %d", i, c.seq, got, c.shows)
		}
	}
}
