package uplink

import (
	"slices"
	"testing"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"vigie/capture"
)

// onAir returns a session whose picture goes through its wire into out.
func onAir(out interceptor.RTPWriterFunc) *session { return onAirWith(interceptor.StreamInfo{}, out) }

// onAirWith is onAir with a relay that took more.
func onAirWith(info interceptor.StreamInfo, out interceptor.RTPWriterFunc) *session {
	u, _ := stalled()
	s := u.session
	s.video = newTrack(h264Codec(), webrtc.RTPCodecTypeVideo)
	s.video.ssrc, s.video.header.SSRC = 7, 7
	s.ready, s.stop = make(chan struct{}, 1), make(chan struct{})
	s.wire.video, s.wire.books = s.video, s.books
	info.SSRC, info.MimeType, info.RTCPFeedback = 7, webrtc.MimeTypeH264, []interceptor.RTCPFeedback{{Type: "nack"}}
	s.video.out = toWire{s.wire.BindLocalStream(&info, out)}
	s.wire.begin(s.video, 0, false)
	return s
}

// A packet that was cut has the number that the slate's first packet then has. Nobody gets it in that one's place.
func TestCutMediaIsNotSentForASlatesNumber(t *testing.T) {
	for name, refuse := range map[string]func(s *session, ready *bool){
		"flushed":       func(s *session, _ *bool) { s.u.Flush() },
		"flushed twice": func(s *session, _ *bool) { s.u.Flush() },
		"not ready":     func(_ *session, ready *bool) { *ready = false },
	} {
		t.Run(name, func(t *testing.T) {
			ready := true
			var got []byte // the packets that left
			s := onAir(func(_ *rtp.Header, p []byte, _ interceptor.Attributes) (int, error) {
				if !ready {
					return 0, nil
				}
				got = append(got, p...)
				return len(p), nil
			})
			_ = s.video.write([]byte{1})
			refuse(s, &ready)
			number := s.video.header.SequenceNumber
			_ = s.video.write([]byte{2})
			if name == "flushed twice" {
				s.u.Flush()
			}
			ready = true
			s.wire.begin(s.video, s.u.epoch, true)
			ask(s, number) // before the slate is on its way
			_ = s.video.write([]byte{3})
			_ = s.video.write([]byte{4})
			ask(s, number, number+1)
			if want := []byte{1, 3, 4, 3, 4}; !slices.Equal(got, want) {
				t.Errorf("%v left, want %v", got, want)
			}
		})
	}
}

// ask is a relay that misses packets.
func ask(s *session, numbers ...uint16) {
	s.hear(s.video, &rtcp.TransportLayerNack{MediaSSRC: 7, Nacks: rtcp.NackPairsFromSequenceNumbers(numbers)}, 0, 0)
	for len(s.again) > 0 {
		s.wire.sendAgain(s.video, <-s.again, make([]byte, osn+maxPayload))
	}
}

// What is asked for is sent as it was, for as long as it is kept, and not once the cut came.
func TestPacketsAreSentAgainAsTheyWere(t *testing.T) {
	type sent struct {
		number    uint16
		timestamp uint32
		marker    bool
		payload   byte
	}
	var got []sent
	s := onAir(func(h *rtp.Header, p []byte, _ interceptor.Attributes) (int, error) {
		got = append(got, sent{h.SequenceNumber, h.Timestamp, h.Marker, p[0]})
		return len(p), nil
	})
	s.video.header.SequenceNumber = 65000 // and over the end of 16 bits
	for i := range keptPackets + 10 {
		s.video.header.Timestamp, s.video.header.Marker = uint32(i)*3000, i%2 == 1
		_ = s.video.write([]byte{byte(i)})
	}
	first := slices.Clone(got)
	for _, i := range []int{9, 10, 11, keptPackets + 9} {
		got = got[:0]
		ask(s, first[i].number)
		if want := first[i : i+1]; i == 9 && len(got) > 0 || i > 9 && !slices.Equal(got, want) {
			t.Errorf("packet %d: %v is sent again, want %v, and the first ten no longer", i, got, want)
		}
	}
	got = got[:0]
	s.u.Flush()
	if ask(s, first[20].number, s.video.header.SequenceNumber); len(got) > 0 {
		t.Errorf("after the cut %v is sent again", got)
	}
}

func TestEpochsOnlyGoOn(t *testing.T) {
	u, _ := stalled()
	w := u.session.wire
	w.flush(5)
	w.flush(4)
	if w.epoch != 5 {
		t.Errorf("epoch %d: flushed media may leave", w.epoch)
	}
}

// A sender that stood still in a write until its session was over leaves the next session's media alone.
func TestOldSenderTakesNothingOfTheNextSession(t *testing.T) {
	writing, freed := make(chan struct{}, 10), make(chan struct{})
	old := onAir(func(_ *rtp.Header, p []byte, _ interceptor.Attributes) (int, error) {
		writing <- struct{}{}
		<-freed
		return len(p), nil
	})
	u := old.u
	old.media.Go(old.send)
	var pool capture.UnitPool
	idr := pool.Get()
	idr.IDR, idr.Data = true, append(idr.Data, 0, 0, 1, 0x65, 1)
	u.WriteVideo(idr)
	<-writing
	u.shut()
	next := &session{u: u, wire: &wire{socket: make(chan struct{}, 1)}, books: newBooks(Options{Video: true, StartBitrate: 4_000_000, MaxBitrate: 4_000_000})}
	u.open(next)
	u.WriteVideo(idr)
	if video, _, _ := u.take(old); video != nil {
		t.Error("the old session takes the IDR")
	}
	close(old.stop)
	close(freed)
	old.media.Wait()
	if video, _, _ := u.take(next); video != idr {
		t.Error("the next session lacks its IDR")
	}
}
