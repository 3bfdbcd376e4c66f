package uplink

import (
	"encoding/binary"
	"testing"

	"github.com/pion/rtcp"

	"vigie/capture"
	"vigie/uplink/rate"
)

// Whatever RTCP says of media that was sent, the rate stays within its bounds, and nothing that it fills is without end.
func FuzzOnAir(f *testing.F) {
	b, _ := rtcp.Marshal([]rtcp.Packet{
		&rtcp.ReceiverReport{Reports: []rtcp.ReceptionReport{{SSRC: 7, LastSequenceNumber: 90, FractionLost: 255, Delay: 1 << 31}}},
		&rtcp.TransportLayerNack{MediaSSRC: 7, Nacks: []rtcp.NackPair{{PacketID: 1, LostPackets: 0xffff}}},
	})
	p := someFeedback
	f.Add(b, marshal(f, &p))
	f.Fuzz(func(t *testing.T, first, second []byte) {
		u, asked := stalled()
		u.o.MinBitrate, u.o.StartBitrate, u.o.MaxBitrate = 300_000, 1_000_000, 4_000_000
		s := u.session
		s.video, s.clock, s.again = newTrack(h264Codec(), 0), startClock(), make(chan uint16, nackedWait)
		s.video.ssrc = 7
		s.books.estimator = newEstimator(u.o, true)
		now := capture.Now()
		for i := range 200 {
			s.books.sent(packet{track: s.video, seq: uint16(i), transport: uint16(i), tagged: true, payload: 1100, bytes: 1200}, now)
		}
		for range 3 {
			s.hearAll(s.video, first, now)
			s.hearAll(s.video, second, now)
		}
		if e := s.books.estimator; e.Picture() < 300_000 || e.Picture() > 4_000_000 || e.Pace() > 8_000_000 {
			t.Errorf("%d bit/s, paced %d", e.Picture(), e.Pace())
		}
		if *asked > 1 {
			t.Errorf("%d requests for an IDR at once", *asked)
		}
		if cap(s.books.arrivals) > 4*trailLen {
			t.Errorf("room for %d packets of one feedback", cap(s.books.arrivals))
		}
	})
}

// A feedback about more packets than anybody remembers costs nothing.
func TestGiantFeedback(t *testing.T) {
	for n, want := range map[uint16]int{8000: 8000, 0xffff: 0} {
		p := rtcp.TransportLayerCC{PacketStatusCount: n}
		for left := n; left > 0; left -= min(left, 8191) {
			p.PacketChunks = append(p.PacketChunks, run(lost, min(left, 8191)))
		}
		var reference int64
		if all := transportFeedback(marshal(t, &p)).read([]rate.Arrival(nil), &reference); len(all) != want {
			t.Errorf("%d packets of %d", len(all), want)
		}
	}
}

// record is one of DTLS 1.2.
func record(kind byte, epoch uint16, payload ...byte) []byte {
	b := binary.BigEndian.AppendUint16([]byte{kind, 0xfe, 0xfd}, epoch)
	b = append(b, 0, 0, 0, 0, 0, 9)
	return append(binary.BigEndian.AppendUint16(b, uint16(len(payload))), payload...)
}

func TestInClear(t *testing.T) {
	const alert, handshake, data = 21, 22, 23
	for _, c := range []struct {
		datagram []byte
		want     bool
	}{
		{record(alert, 0, 1, 0), true}, {record(alert, 1, 1, 0), false}, {record(handshake, 0), true},
		{append(record(data, 1, 1, 2, 3), record(alert, 0, 1, 0)...), true},
		{append(record(data, 1, 1, 2, 3), record(data, 1)...), false},
		{record(alert, 0, 1, 0)[:12], false}, {nil, false}, {[]byte{0x80, 200}, false}, {make([]byte, 20), false},
	} {
		if got := inClear(c.datagram); got != c.want {
			t.Errorf("%x: %v", c.datagram, got)
		}
	}
}

// What is lost is DTLS; media's reports, and checks, come through.
func FuzzInClear(f *testing.F) {
	f.Add(append(record(23, 1, 1, 2, 3), record(21, 0, 1, 0)...))
	f.Fuzz(func(t *testing.T, b []byte) {
		if inClear(b) && (b[0] < 20 || b[0] > 24) {
			t.Errorf("%x is not DTLS", b)
		}
	})
}
