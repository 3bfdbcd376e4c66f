package uplink_test

import (
	"testing"
	"time"

	"vigie/capture"
	"vigie/uplink"
	"vigie/uplink/uplinktest"
)

// RTP time is PTS: whatever the distance between two pictures is, late, early, or back, it is that of their timestamps.
func TestTimestampsArePTS(t *testing.T) {
	t.Parallel()
	s := newStage(t, quick)
	next[uplink.Connected](s, 5*time.Second)
	const start = 26 * time.Hour
	steps := []time.Duration{0, 33_366_700, 66_733_400, 5 * time.Second, 4 * time.Second, 90 * 24 * time.Hour}
	var base uint32
	for i, d := range steps {
		s.uplink.WriteVideo(picture(start+d, true))
		p := s.packet(func(p uplinktest.Packet) bool { return p.Video && p.Marker })
		if i == 0 {
			base = p.Timestamp
		}
		if want := base + uint32(d.Nanoseconds()/1000*9/100); p.Timestamp-want+1 > 2 {
			t.Errorf("%v after the first: RTP time %d, want %d", d, p.Timestamp-base, want-base)
		}
	}
	for i, d := range []time.Duration{0, 20 * time.Millisecond, 3 * time.Second} {
		s.uplink.WriteAudio(sound(start + d))
		p := s.packet(func(p uplinktest.Packet) bool { return !p.Video })
		if i == 0 {
			base = p.Timestamp
		}
		if want := base + uint32(d.Milliseconds()*48); p.Timestamp != want {
			t.Errorf("sound %v after the first: RTP time %d, want %d", d, p.Timestamp-base, want-base)
		}
	}
}

// A sender report maps one instant of the wall clock to both tracks' RTP time of the media taken at that instant.
func TestSenderReportsAreOnTheMediaClock(t *testing.T) {
	t.Parallel()
	s := newStage(t, quick)
	next[uplink.Connected](s, 5*time.Second)
	s.uplink.WriteVideo(picture(10*time.Hour, true))
	video := s.packet(func(p uplinktest.Packet) bool { return p.Video && p.Marker })
	s.uplink.WriteAudio(sound(10 * time.Hour))
	audio := s.packet(func(p uplinktest.Packet) bool { return !p.Video })
	for len(s.reports) > 0 {
		<-s.reports
	}
	media := map[uint32]time.Duration{} // that a report says it is now
	var ntp uint64
	for len(media) < 2 {
		r := <-s.reports
		if r.PacketCount == 0 || r.OctetCount == 0 {
			continue // from before the media
		}
		if ntp != 0 && r.NTPTime != ntp {
			clear(media) // the other track's was of the second before
		}
		ntp = r.NTPTime
		if r.SSRC == video.SSRC {
			media[r.SSRC] = time.Duration(r.RTPTime-video.Timestamp) * time.Second / 90000
		} else {
			media[r.SSRC] = time.Duration(r.RTPTime-audio.Timestamp) * time.Second / 48000
		}
	}
	// The units said that they were taken at 10 h; the reports count from that to now, modulo 2^32 ticks.
	for ssrc, d := range media {
		rate := int64(48000)
		if ssrc == video.SSRC {
			rate = 90000
		}
		turn := time.Duration(int64(1<<32) * int64(time.Second) / rate)
		want := ((capture.Now()-10*time.Hour)%turn + turn) % turn
		if diff := (want - d + turn) % turn; diff > 2*time.Second {
			t.Errorf("SSRC %d: off by %v", ssrc, diff)
		}
	}
	if d := (media[video.SSRC] - media[audio.SSRC]).Abs(); d > time.Millisecond && d < time.Hour {
		t.Errorf("picture and sound are %v apart", d)
	}
	late := time.After(5 * time.Second)
	for tick := time.NewTicker(20 * time.Millisecond); ; {
		if rtt := s.uplink.Stats().RTT; rtt > 0 && rtt < 1 {
			return
		}
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("round trip %v s, from the reports that answer ours", s.uplink.Stats().RTT)
		}
	}
}

// After the cut nothing of what was queued or sent before leaves, also when the relay asks for it again.
func TestFlush(t *testing.T) {
	t.Parallel()
	s := newStage(t, quick)
	next[uplink.Connected](s, 5*time.Second)
	s.uplink.WriteVideo(picture(time.Second, true))
	old := s.packet(func(p uplinktest.Packet) bool { return p.Video && p.Marker })

	s.relay.NACK(old.Sequence) // before the cut, it comes again
	s.packet(func(p uplinktest.Packet) bool { return p.Retransmit && p.Sequence == old.Sequence })

	s.uplink.Flush()
	s.uplink.WriteVideo(picture(2*time.Second, false)) // not an IDR: dropped
	s.uplink.WriteVideo(picture(3*time.Second, true))
	fresh := s.packet(func(p uplinktest.Packet) bool { return p.Video && p.Marker })
	if d := fresh.Timestamp - old.Timestamp; d != 180000 {
		t.Errorf("after the cut came a picture %d later, want the IDR 180000 later", d)
	}
	s.relay.NACK(old.Sequence, fresh.Sequence)
	again := s.packet(func(p uplinktest.Packet) bool { return p.Retransmit })
	if again.Sequence != fresh.Sequence {
		t.Error("a picture from before the cut was sent again after it")
	}
	if d := s.uplink.Stats().Drops; d.AwaitingIDR != 1 {
		t.Errorf("%+v", d)
	}
}
