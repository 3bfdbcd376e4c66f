package uplink

import (
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

// together is a receiver's clock for one stream: the last sender report's pair of times (RFC 3550, 6.4.1).
type together struct {
	ntp, rtp uint64
	rate     float64
}

func (r *together) hear(sr *rtcp.SenderReport) { r.ntp, r.rtp = sr.NTPTime, uint64(sr.RTPTime) }

// plays is when the receiver plays what has that RTP time, in seconds.
func (r *together) plays(timestamp uint32) float64 {
	return float64(r.ntp)/(1<<32) + float64(int32(timestamp-uint32(r.rtp)))/r.rate
}

// For a day and two hours, in which the picture's 32 bits and the sound's begin anew, a sound card that is 150 millionths
// too fast is played with the picture it was taken with: sound's time is the box's, and not a count of what the card gave.
func TestSoundAndPictureStayTogether(t *testing.T) {
	const (
		drift = 150e-6
		hours = 26
		began = 400 * time.Hour // since the box started
	)
	s := &session{books: &books{witness: newWitness(confirmedFor)}, clock: ntpClock{wall: time.Now(), media: began}}
	s.video, s.audio = newTrack(h264Codec(), webrtc.RTPCodecTypeVideo), newTrack(opusCodec(), webrtc.RTPCodecTypeAudio)
	s.video.ssrc, s.audio.ssrc = 1, 2
	picture, sound := together{rate: 90000}, together{rate: 48000}
	packets := int64(0) // of 20 ms by the card's clock
	for now := began; now < began+hours*time.Hour; now += time.Second {
		reports := s.senderReports(now)
		picture.hear(reports[0].(*rtcp.SenderReport))
		sound.hear(reports[1].(*rtcp.SenderReport))
		// What is taken half a second from now: the card has counted more than has passed, and its packets are that
		// much closer together. PTS is when, not how many.
		taken := now + 500*time.Millisecond
		for ; time.Duration(float64(packets)*20e6/(1+drift)) < taken-began; packets++ {
		}
		pts := began + time.Duration(float64(packets)*20e6/(1+drift))
		v, a := picture.plays(s.video.at(pts)), sound.plays(s.audio.at(pts))
		if apart := (v - a) * 1e3; apart > 1 || apart < -1 {
			t.Fatalf("after %v sound is played %.1f ms from its picture", now-began, apart)
		}
	}
	if counted := time.Duration(packets) * 20 * time.Millisecond; counted-hours*time.Hour < 10*time.Second {
		t.Errorf("the card counted %v: it did not drift", counted)
	}
}
