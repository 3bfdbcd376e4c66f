package uplink_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/sdp/v3"

	"vigie/uplink"
	"vigie/uplink/uplinktest"
)

// A relay that loses one packet in 20 has every picture in the end, by the way it asked for, at the price of a fifth of
// the rate at most.
func TestLostPacketsAreRepaired(t *testing.T) {
	t.Parallel()
	for name, rtx := range map[string]bool{"by RTX": true, "as they were": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, uplinktest.Behaviour{RTX: rtx, Lose: 20, Reports: uplinktest.Feedback})
			s.play()
			next[uplink.Connected](s, 5*time.Second)
			var got []uplinktest.Packet
			repaired := make(map[uint16]bool)
			for len(repaired) < 20 {
				p := s.packet(func(p uplinktest.Packet) bool { return p.Video })
				if p.Retransmit {
					repaired[p.Sequence] = true
					if p.RTX != rtx {
						t.Fatalf("packet %d came again, by RTX %v", p.Sequence, p.RTX)
					}
				} else if p.RTX {
					t.Fatalf("packet %d came by RTX, and was not missing", p.Sequence)
				}
				got = append(got, p)
			}
			if n := pictures(t, got); n < 20 {
				t.Errorf("%d pictures", n)
			}
			st := s.uplink.Stats()
			if st.Retransmitted < 20 || st.Retransmitted > st.SentPackets/5+20 || st.NACK < st.Retransmitted {
				t.Errorf("%d of %d packets sent again, %d asked for", st.Retransmitted, st.SentPackets, st.NACK)
			}
		})
	}
}

// pictures puts packets in order and counts those pictures that are whole: those before the last half second are, or
// the test fails. Each is as it was written.
func pictures(t *testing.T, got []uplinktest.Packet) (whole int) {
	t.Helper()
	newest := got[len(got)-1].At
	slices.SortStableFunc(got, func(a, b uplinktest.Packet) int { return int(int16(a.Sequence - b.Sequence)) })
	got = slices.CompactFunc(got, func(a, b uplinktest.Packet) bool { return a.Sequence == b.Sequence })
	var data []byte
	began := false // at a picture's first packet
	for i, p := range got {
		if i > 0 && p.Sequence != got[i-1].Sequence+1 {
			if newest.Sub(p.At) > 500*time.Millisecond {
				t.Errorf("packets between %d and %d never came", got[i-1].Sequence, p.Sequence)
			}
			began = false
		}
		if len(p.Payload) == 0 {
			continue // padding
		}
		switch kind := p.Payload[0] & 0x1f; {
		case kind == 28 && p.Payload[1]&0x80 != 0: // FU-A, its first (RFC 6184, 5.8)
			data, began = append(data[:0], p.Payload[2:]...), true
		case kind == 28:
			data = append(data, p.Payload[2:]...)
		}
		if p.Marker && began {
			if !slices.Equal(data, slice) {
				t.Fatalf("a picture of %d bytes, want the %d that were written", len(data), len(slice))
			}
			whole++
			began = false
		}
	}
	return whole
}

// A relay's feedback is about the stream whose packet came last, it may be the retransmissions: it is heard there.
func TestFeedbackOnRTXIsHeard(t *testing.T) {
	t.Parallel()
	s := newStage(t, uplinktest.Behaviour{RTX: true, Reports: uplinktest.NoReports, Extensions: []string{sdp.TransportCCURI}})
	s.play()
	next[uplink.Connected](s, 5*time.Second)
	s.sends(10)
	var video, rtx uint32
	if group := values(s.relay.Offer(), "a=ssrc-group:FID "); len(group) != 1 {
		t.Fatalf("groups %q", group)
	} else if _, err := fmt.Sscan(group[0], &video, &rtx); err != nil {
		t.Fatal(err)
	}
	const all = 1000 // packets, more than are sent here
	f := &rtcp.TransportLayerCC{
		MediaSSRC: rtx, PacketStatusCount: all, PacketChunks: []rtcp.PacketStatusChunk{&rtcp.RunLengthChunk{
			Type: rtcp.TypeTCCRunLengthChunk, PacketStatusSymbol: rtcp.TypeTCCPacketReceivedSmallDelta, RunLength: all}},
	}
	for range all {
		f.RecvDeltas = append(f.RecvDeltas, &rtcp.RecvDelta{Type: rtcp.TypeTCCPacketReceivedSmallDelta})
	}
	f.Header = rtcp.Header{Count: rtcp.FormatTCC, Type: rtcp.TypeTransportSpecificFeedback, Length: uint16(f.MarshalSize()/4 - 1)}
	flood(t, func() { s.relay.Tell(1, func(uint32, uint32) []rtcp.Packet { return []rtcp.Packet{f} }) })
	next[uplink.Confirmed](s, 5*time.Second)
}
