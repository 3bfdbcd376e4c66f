package uplink

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"

	"vigie/capture"
)

// stock is what a program does that follows pion's examples: a track of samples and the default interceptors. It sends
// the same pictures at the same pace.
func stock(b *testing.B) (written chan struct{}, stop func()) {
	b.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	pc, err := webrtc.NewPeerConnection(webrtc.Configuration{})
	must(b, err)
	track, err := webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeH264}, "video", "stock")
	must(b, err)
	sender, err := pc.AddTrack(track)
	must(b, err)
	connected := make(chan struct{}, 1)
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			poke(connected)
		}
	})
	offer, err := pc.CreateOffer(nil)
	must(b, err)
	gathered := webrtc.GatheringCompletePromise(pc)
	must(b, pc.SetLocalDescription(offer))
	<-gathered
	session, err := startRelay(b).Publish(ctx, pc.LocalDescription().SDP)
	must(b, err)
	must(b, pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: session.Answer}))
	<-connected

	written = make(chan struct{}, 1)
	var running sync.WaitGroup
	running.Go(func() {
		for buf := make([]byte, 1500); ; {
			if _, _, err := sender.Read(buf); err != nil {
				return
			}
		}
	})
	running.Go(func() {
		coded := newFilm()
		err := testCamera().Stream(ctx, func(*capture.RawFrame) {
			_ = track.WriteSample(media.Sample{Data: coded.next(false), Duration: time.Second / filmFPS})
			poke(written)
		})
		if err != nil {
			b.Error(err)
		}
	})
	return written, func() {
		cancel()
		_ = pc.GracefulClose()
		running.Wait()
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
