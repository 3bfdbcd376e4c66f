package uplink

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"

	"vigie/capture"
	"vigie/uplink/rate"
)

// withRTX is what pion says of a relay that takes RTX, and transport-wide numbers.
var withRTX = interceptor.StreamInfo{
	SSRCRetransmission: 9, PayloadTypeRetransmission: 103,
	RTPHeaderExtensions: []interceptor.RTPHeaderExtension{{URI: sdp.TransportCCURI, ID: 5}},
}

// left is a packet that came to the socket.
type left struct {
	rtp.Header
	transport uint16
	payload   []byte
}

// onAirRTX is a session with RTX; what leaves is appended to what is returned.
func onAirRTX() (*session, *[]left) {
	all := new([]left)
	return onAirWith(withRTX, func(h *rtp.Header, p []byte, _ interceptor.Attributes) (int, error) {
		*all = append(*all, left{*h, binary.BigEndian.Uint16(h.GetExtension(5)), append([]byte(nil), p...)})
		return len(p), nil
	}), all
}

// A packet comes again in the stream of retransmissions: numbers of its own, its old number before the payload, and all
// else as it was (RFC 4588, 4).
func TestRTX(t *testing.T) {
	s, all := onAirRTX()
	for i := range 3 {
		s.video.header.Timestamp, s.video.header.Marker = uint32(i)*3000, i == 1
		_ = s.video.write([]byte{byte(i), 1, 2, 3})
	}
	media := *all
	ask(s, media[1].SequenceNumber, media[0].SequenceNumber, media[2].SequenceNumber+1) // the last was never sent
	_ = s.video.write([]byte{3})
	again, next := (*all)[3:len(*all)-1], (*all)[len(*all)-1]
	if len(again) != 2 || next.SequenceNumber != media[2].SequenceNumber+1 {
		t.Fatalf("%d packets are sent again, and the next one is %d after %d", len(again), next.SequenceNumber, media[2].SequenceNumber)
	}
	for i, k := range again {
		old := media[1-i]
		if k.SSRC != 9 || k.PayloadType != 103 || k.Timestamp != old.Timestamp || k.Marker != old.Marker ||
			binary.BigEndian.Uint16(k.payload) != old.SequenceNumber || string(k.payload[osn:]) != string(old.payload) {
			t.Errorf("%+v for %+v", k, old)
		}
	}
	if again[1].SequenceNumber != again[0].SequenceNumber+1 {
		t.Errorf("numbers %d, %d", again[0].SequenceNumber, again[1].SequenceNumber)
	}
	for i, k := range *all {
		if k.transport != uint16(i) {
			t.Errorf("packet %d has the transport-wide number %d", i, k.transport)
		}
	}
	s.audio = nil
	r := s.senderReports(0)
	if rtx := r[1].(*rtcp.SenderReport); rtx.SSRC != 9 || rtx.PacketCount != 2 || rtx.OctetCount != 2*(4+osn) {
		t.Errorf("%+v", rtx)
	}
	if names := r[2].(*rtcp.SourceDescription).Chunks; len(names) != 2 || names[1].Source != 9 || names[1].Items[0].Text != names[0].Items[0].Text {
		t.Errorf("%+v", names)
	}
	if video := r[0].(*rtcp.SenderReport); video.PacketCount != 4 || video.OctetCount != 13 {
		t.Errorf("%+v", video)
	}
	s.u.Flush()
	if ask(s, media[0].SequenceNumber); len(*all) != 6 {
		t.Error("sent again after the cut")
	}
}

// Padding goes with the retransmissions, leaves no hole in the picture's numbers and proves nothing.
func TestPaddingByRTX(t *testing.T) {
	s, all := onAirRTX()
	s.video.header.Timestamp = 4711
	_ = s.video.write([]byte{1})
	x := newSender(s)
	x.sending = 1
	x.pad()
	_ = s.video.write([]byte{2})
	for i, k := range (*all)[1 : 1+padded] {
		if k.SSRC != 9 || !k.Padding || k.Marker || k.Timestamp != 4711 || k.SequenceNumber != (*all)[1].SequenceNumber+uint16(i) ||
			s.books.witness.Received(k.transport) {
			t.Errorf("%+v", k)
		}
	}
	if last := (*all)[1+padded]; last.Padding || last.SequenceNumber != (*all)[0].SequenceNumber+1 {
		t.Errorf("%+v", last)
	}
	if s.books.retransmitted != 0 || s.books.rtx.packets != padded || s.books.rtx.octets != 0 {
		t.Errorf("%d retransmissions, %+v", s.books.retransmitted, s.books.rtx)
	}
}

// A packet that SRTP did not get uses up no number of the stream, one that failed there does.
func TestRTXNumbersAreUsedOnce(t *testing.T) {
	s, _ := onAirRTX()
	_ = s.video.write([]byte{1})
	number := s.video.header.SequenceNumber - 1
	first := s.video.rtx.header.SequenceNumber
	s.video.cut = 1 << 20
	if ask(s, number); s.video.rtx.header.SequenceNumber != first {
		t.Error("a packet that was not sent again used up a number")
	}
	s.video.cut = 0
	if ask(s, number); s.video.rtx.header.SequenceNumber != first+1 {
		t.Error("a packet that was sent again used up no number")
	}
}

// What came again is not sent a third time, whatever NACKs say; what got lost again is.
func TestWhatHasComeIsNotSentAgain(t *testing.T) {
	for came, want := range map[bool]int{true: 2, false: 3} {
		s, all := onAirRTX()
		_ = s.video.write([]byte{1})
		x, now := newSender(s), capture.Now()
		missed := s.video.header.SequenceNumber - 1
		x.repeat(missed, now)
		x.step(now)
		now += 200 * ms
		s.books.estimator.Feedback(now, []rate.Arrival{{Number: 0}, {Number: 1, Arrived: came, At: time.Second}})
		for end := now + 200*ms; now < end; now += 20 * ms {
			x.repeat(missed, now)
			x.step(now)
		}
		if came && len(*all) != want || !came && len(*all) < want {
			t.Errorf("it came again: %v; %d packets were sent, want %d", came, len(*all), want)
		}
	}
}

func TestSendingAgainDoesNotAllocate(t *testing.T) {
	for name, info := range map[string]interceptor.StreamInfo{"as it was": {}, "by RTX": withRTX} {
		s := onAirWith(info, func(_ *rtp.Header, p []byte, _ interceptor.Attributes) (int, error) { return len(p), nil })
		_ = s.video.write(make([]byte, maxPayload))
		buf := make([]byte, osn+maxPayload)
		if n := testing.AllocsPerRun(100, func() { s.wire.sendAgain(s.video, s.video.header.SequenceNumber-1, buf) }); n > 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// A storm of NACKs asks for every packet again and again: what leaves of it is a fifth of the rate at most.
func TestANACKStormHasABudget(t *testing.T) {
	for name, info := range map[string]interceptor.StreamInfo{"as they were": {}, "by RTX": withRTX} {
		t.Run(name, func(t *testing.T) { storm(t, info) })
	}
}

func storm(t *testing.T, info interceptor.StreamInfo) {
	s := onAirWith(info, func(_ *rtp.Header, p []byte, _ interceptor.Attributes) (int, error) { return len(p), nil })
	for range 500 {
		_ = s.video.write(make([]byte, 1000))
	}
	x := newSender(s)
	newest := s.video.header.SequenceNumber - 1
	now := capture.Now()
	before := s.books.retransmitted
	for end := now + time.Second/2; now < end; now += time.Millisecond {
		for i := range uint16(100) {
			x.repeat(newest-i, now)
		}
		for x.step(now) == 0 {
		}
	}
	again := int(s.books.retransmitted - before)
	// A fifth of the target for a second: half of one that was saved, and this half.
	if most := s.books.estimator.Target() / 5 / 8 / 1000; again > most || again == 0 {
		t.Errorf("%d packets left again in half a second, want some, and %d at most", again, most)
	}
}
