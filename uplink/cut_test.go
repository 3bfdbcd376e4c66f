package uplink

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/nack"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"vigie/capture"
	"vigie/uplink/rate"
)

// onAir returns a session whose picture goes through pion's NACK buffer, if that is wanted, and its wire into out.
func onAir(t *testing.T, resend interceptor.Interceptor, out interceptor.RTPWriterFunc) *session {
	u, _ := stalled()
	s := u.session
	s.video = newTrack(h264Codec(), webrtc.RTPCodecTypeVideo)
	s.video.ssrc, s.video.header.SSRC = 7, 7
	s.wire.video, s.wire.books, s.stop = s.video, s.books, make(chan struct{})
	info := &interceptor.StreamInfo{SSRC: 7, MimeType: webrtc.MimeTypeH264,
		RTCPFeedback: []interceptor.RTCPFeedback{{Type: "nack"}}}
	s.video.out = toWire{resend.BindLocalStream(info, s.wire.BindLocalStream(info, out))}
	s.wire.begin(s.video, 0, false)
	return s
}

// pion's buffer holds a packet that was cut, under the number that the slate's first packet then has. Nobody gets it.
func TestCutMediaIsNotSentForASlatesNumber(t *testing.T) {
	for name, refuse := range map[string]func(s *session, ready *bool){
		"flushed":       func(s *session, _ *bool) { s.u.Flush() },
		"flushed twice": func(s *session, _ *bool) { s.u.Flush() },
		"not ready":     func(_ *session, ready *bool) { *ready = false },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				factory, err := nack.NewResponderInterceptor()
				if err != nil {
					t.Fatal(err)
				}
				resend, _ := factory.NewInterceptor("")
				ready := true
				var got []byte // the packets that left
				s := onAir(t, resend, func(_ *rtp.Header, p []byte, _ interceptor.Attributes) (int, error) {
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
				ask(t, resend, number) // before the slate is on its way
				synctest.Wait()
				_ = s.video.write([]byte{3})
				_ = s.video.write([]byte{4})
				ask(t, resend, number, number+1)
				synctest.Wait()
				if want := []byte{1, 3, 4, 4}; !slices.Equal(got, want) {
					t.Errorf("%v left, want %v", got, want)
				}
			})
		})
	}
}

// ask hands pion's responder a NACK.
func ask(t *testing.T, resend interceptor.Interceptor, numbers ...uint16) {
	t.Helper()
	b, err := (&rtcp.TransportLayerNack{MediaSSRC: 7, Nacks: rtcp.NackPairsFromSequenceNumbers(numbers)}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	from := resend.BindRTCPReader(interceptor.RTCPReaderFunc(
		func(to []byte, a interceptor.Attributes) (int, interceptor.Attributes, error) {
			return copy(to, b), a, nil
		}))
	if _, _, err := from.Read(make([]byte, 1500), nil); err != nil {
		t.Fatal(err)
	}
}

func TestRetransmissionsAreAQuarter(t *testing.T) {
	var to interceptor.RTPWriter
	s := onAir(t, &interceptor.NoOp{}, func(_ *rtp.Header, p []byte, _ interceptor.Attributes) (int, error) {
		return len(p), nil
	})
	to = s.video.out.(toWire).out
	_ = s.video.write([]byte{1})
	again := s.video.header.Clone()
	again.SequenceNumber--
	times := func() (n int) {
		for range 500 {
			if _, err := to.Write(&again, []byte{1}, nil); err == nil {
				n++
			}
		}
		return n
	}
	if n := times(); n != maxCredit/againCost {
		t.Errorf("sent again %d times at first", n)
	}
	for range 4 * againCost {
		_ = s.video.write([]byte{2})
	}
	if n := times(); n != 4 {
		t.Errorf("sent again %d times after %d packets", n, 4*againCost)
	}
	s.wire.socket <- struct{}{} // it stands still: what cannot be paid does not wait
	if n := times(); n != 0 {
		t.Errorf("sent again %d times without credit", n)
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
	old := onAir(t, &interceptor.NoOp{}, func(_ *rtp.Header, p []byte, _ interceptor.Attributes) (int, error) {
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
	next := &session{u: u, wire: &wire{socket: make(chan struct{}, 1)}, books: &books{witness: newWitness(confirmedFor)}}
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

func TestFeedbackTellsWhatWasSent(t *testing.T) {
	s := onAir(t, &interceptor.NoOp{}, nil)
	s.feedback = make(chan rate.Feedback, 1)
	for _, want := range []int{1_000_000, 0} {
		if want > 0 {
			s.books.sent(packet{track: s.video, seq: 9, payload: 250_000}, time.Second)
		}
		s.hear(s.video, &rtcp.ReceiverReport{Reports: []rtcp.ReceptionReport{{SSRC: 7}}}, 3*time.Second, time.Second)
		if f := <-s.feedback; f.Sent != want {
			t.Errorf("%d bit/s, want %d", f.Sent, want)
		}
	}
}
