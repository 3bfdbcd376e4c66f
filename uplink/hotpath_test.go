package uplink

import (
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"vigie/capture"
	"vigie/uplink/rate"
)

// toWire is a track's way to its wire without pion's part of it.
type toWire struct{ out interceptor.RTPWriter }

func (w toWire) WriteRTP(h *rtp.Header, p []byte) (int, error) { return w.out.Write(h, p, nil) }
func (w toWire) Write([]byte) (int, error)                     { panic("not used") }

// A picture that is flushed while it is being sent ends there, and uses up no sequence number.
func TestFlushInTheMiddleOfAPicture(t *testing.T) {
	u, _ := stalled()
	s := u.session
	s.video = newTrack(h264Codec(), webrtc.RTPCodecTypeVideo)
	s.wire.video, s.wire.books = s.video, s.books
	packets := 0
	s.video.out = toWire{s.wire.BindLocalStream(&interceptor.StreamInfo{MimeType: webrtc.MimeTypeH264},
		interceptor.RTPWriterFunc(func(_ *rtp.Header, p []byte, _ interceptor.Attributes) (int, error) {
			packets++
			return len(p), nil
		}))}
	s.wire.begin(s.video, 0, false)
	if err := s.video.write([]byte{1}); err != nil {
		t.Fatal(err)
	}
	next := s.video.header.SequenceNumber
	u.Flush()
	if err := s.video.write([]byte{2}); err != errFlushed || packets != 1 || s.video.header.SequenceNumber != next {
		t.Errorf("after the flush: %v, %d packets sent", err, packets)
	}
	s.wire.begin(s.video, u.epoch, false)
	if err := s.video.write([]byte{3}); err != nil || packets != 2 {
		t.Errorf("the media after the flush: %v", err)
	}
}

// From queue to socket, nothing of ours is allocated.
func TestSendingDoesNotAllocate(t *testing.T) {
	u, _ := stalled()
	s := u.session
	s.video = newTrack(h264Codec(), webrtc.RTPCodecTypeVideo)
	s.wire.video, s.wire.books = s.video, s.books
	packets := 0
	socket := interceptor.RTPWriterFunc(func(h *rtp.Header, p []byte, _ interceptor.Attributes) (int, error) {
		if h.GetExtension(5) == nil || h.GetExtension(6) == nil || h.GetExtension(7) == nil || len(p) > maxPayload ||
			h.MarshalSize()+len(p)+16 > 1200 {
			t.Errorf("%+v with %d bytes", h, len(p))
		}
		packets++
		return len(p), nil
	})
	s.video.out = toWire{s.wire.BindLocalStream(&interceptor.StreamInfo{
		MimeType: webrtc.MimeTypeH264, RTPHeaderExtensions: []interceptor.RTPHeaderExtension{
			{URI: sdp.TransportCCURI, ID: 5}, {URI: sdp.ABSSendTimeURI, ID: 6}, {URI: playoutDelayURI, ID: 7},
		},
		RTCPFeedback: []interceptor.RTCPFeedback{{Type: "nack"}},
	}, socket)}

	var pool capture.UnitPool
	unit := pool.Get()
	unit.IDR = true
	unit.Data = append(unit.Data, 0, 0, 1, 0x65)
	for range 17_000 {
		unit.Data = append(unit.Data, 0x5a)
	}
	x, now := newSender(s), capture.Now()
	send := func() {
		u.WriteVideo(unit)
		for wait := time.Duration(0); wait < time.Hour; now += wait {
			wait = x.step(now)
		}
		now = now - rate.Idle
	}
	if n := testing.AllocsPerRun(100, send); n != 0 {
		t.Errorf("%v allocations a picture", n)
	}
	if packets != 101*15 {
		t.Errorf("%d packets of 101 pictures", packets)
	}
}
