package uplink

import (
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"vigie/capture"
)

// liveSession returns a session one packet of which left just now and is confirmed.
func liveSession() *session {
	u, _ := stalled()
	s := u.session
	s.video = newTrack(h264Codec(), webrtc.RTPCodecTypeVideo)
	s.books.sent(packet{track: s.video, seq: 9, tagged: true, transport: 3}, capture.Now())
	s.books.received(feedback(3), capture.Now())
	return s
}

// feedback says that one packet has arrived.
func feedback(number uint16) transportFeedback {
	return transportFeedback{0x8f, 205, 0, 5, 0, 0, 0, 1, 0, 0, 0, 7, byte(number >> 8), byte(number), 0, 1, 0, 0, 0, 0,
		0x20, 1, 0, 0}
}

// No packet and no report need come for the light to be taken back: the loop wakes by itself.
func TestLoopWakesWhenConfirmedEnds(t *testing.T) {
	s := liveSession()
	if live, _ := s.books.live(capture.Now()); !live {
		t.Fatal("not confirmed")
	}
	if d := s.alarm(); d <= 0 || d > leavingFor+1 {
		t.Errorf("the loop sleeps %v", d)
	}
	if live, _ := s.books.live(capture.Now() + leavingFor + 1); live {
		t.Error("confirmed, but nothing has left for too long")
	}
}

func TestRetransmissionsProveNothing(t *testing.T) {
	s := liveSession()
	later := capture.Now() + 10*time.Second
	s.books.sent(packet{track: s.video, seq: 9, again: true, tagged: true, transport: 4}, later)
	s.books.received(feedback(4), later)
	if s.books.witness.Leaving(later) || s.books.witness.Confirmed(later) {
		t.Error("a retransmission counts as media that leaves, or as confirmed")
	}
	if s.books.retransmitted != 1 || s.books.video.packets != 1 {
		t.Errorf("%+v", s.books.video)
	}
}
