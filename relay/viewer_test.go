package relay

import (
	"context"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

func TestPLIsAreHeededNowAndThen(t *testing.T) {
	r, ahead := start(t)
	s := publish(t, r, "box", 1, 1)
	v := watch(t, r)
	got, _ := pictures(t, v, 10)
	before, heard := s.plis.Load(), r.Stats().PLIsIn
	ask := func() {
		t.Helper()
		check(t, v.WriteRTCP(&rtcp.PictureLossIndication{MediaSSRC: got.SSRC}))
		heard++
		eventually(t, "the PLI comes in", func() bool { return r.Stats().PLIsIn == heard })
	}
	ask()
	eventually(t, "the publisher is asked", func() bool { return s.plis.Load() == before+1 })
	ask()
	video, _ := v.Received()
	pictures(t, v, len(video.Units)+200) // longer than PLIs to the publisher are held back
	if n := s.plis.Load() - before; n != 1 {
		t.Errorf("two PLIs of a viewer at once made %d to the publisher, want 1", n)
	}
	ahead.Add(int64(pliHeed))
	ask()
	eventually(t, "the publisher is asked again", func() bool { return s.plis.Load() == before+2 })
}

// A viewer that was watching when the publisher came back asks for the IDR that it did not get.
func TestLostFirstIDRIsAskedFor(t *testing.T) {
	now := time.Second
	tr := newTrack(video, 0)
	tr.out = new(writer)
	close(tr.bound)
	v := &viewer{relay: &Relay{clock: func() time.Duration { return now }}, tracks: [kinds]*track{video: tr}}
	var none clockPair
	picture := func(epoch uint32, ext uint64, idr bool) { v.send(&packet{epoch: epoch, ext: ext, idr: idr}, &none) }
	picture(1, 1<<32, true)
	if v.waits.Load() != 0 {
		t.Error("waits with a picture")
	}
	picture(2, 1<<32, false)
	now += time.Second
	picture(2, 1<<32+1, false)
	if got := time.Duration(v.waits.Load()); got != time.Second {
		t.Errorf("waits since %v, want the first packet without a picture, 1s", got)
	}
	picture(2, 1<<32+2, true)
	if v.waits.Load() != 0 {
		t.Error("waits with the new picture")
	}
}

func TestSoundGoesOnWithoutVideo(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	r := &Relay{clock: func() time.Duration { return 1 }, feed: newFeed()}
	v := &viewer{session: &session{ctx: ctx}, relay: r, tracks: [kinds]*track{newTrack(video, 0), newTrack(audio, 0)}}
	heard := make(signal, 1)
	v.tracks[audio].out = heard
	close(v.tracks[audio].bound)
	over := make(chan struct{})
	go func() { defer close(over); v.forward() }()
	epoch, seq := r.feed.begin(), uint16(0)
	eventually(t, "sound is forwarded", func() bool {
		seq++
		r.feed.write(epoch, audio, &rtp.Header{SequenceNumber: seq}, []byte{0xfc}, 1)
		r.feed.write(epoch, video, &rtp.Header{SequenceNumber: seq}, stap, 1) // to a track that cannot be written to
		return len(heard) > 0
	})
	cancel(errStopped)
	<-over
}

// signal is told of packets.
type signal chan struct{}

func (s signal) WriteRTP(*rtp.Header, []byte) (int, error) {
	select {
	case s <- struct{}{}:
	default:
	}
	return 0, nil
}

func (signal) Write([]byte) (int, error) { return 0, nil }
