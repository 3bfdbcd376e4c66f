//go:build bench

package bench

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/cc"
	"github.com/pion/interceptor/pkg/gcc"
	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"

	"vigie/capture"
	"vigie/uplink/whip"
)

// publishStock sends the same encoder's pictures by pion alone, as its example of bandwidth estimation does: its Google
// congestion control with the bounds that ours has, its pacer, its default interceptors. It returns when that began.
func (s *scene) publishStock(web string, bitrate int) (began time.Duration) {
	s.t.Helper()
	began = capture.Now()
	e := newMadeUp(bitrate)
	pc, estimator := stockConnection(s.t, bitrate)
	track, err := webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeH264}, "video", "stock")
	must(s.t, "track", err)
	rtp, err := pc.AddTrack(track)
	must(s.t, "track", err)
	estimator.OnTargetBitrateChange(e.SetBitrate)

	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	s.t.Cleanup(func() { cancel(); _ = pc.GracefulClose(); running.Wait() })
	connected := make(chan struct{})
	once := sync.OnceFunc(func() { close(connected) })
	pc.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		if state == webrtc.PeerConnectionStateConnected {
			once()
		}
	})
	must(s.t, "publish", join(ctx, pc, &whip.Client{Endpoint: endpoint(web), Token: aToken, Box: "scene"}))
	select {
	case <-connected:
	case <-time.After(patience):
		s.t.Fatalf("pion's sender is not connected: %v", pc.ConnectionState())
	}
	e.RequestIDR()
	running.Go(func() { readPLIs(rtp, e.RequestIDR) })
	running.Go(func() {
		e.run(ctx, func(picture []byte, _ bool) {
			_ = track.WriteSample(media.Sample{Data: picture, Duration: time.Second / 30})
		})
	})
	return began
}

// stockConnection is a connection with pion's congestion control.
func stockConnection(t *testing.T, bitrate int) (*webrtc.PeerConnection, cc.BandwidthEstimator) {
	t.Helper()
	controller, err := cc.NewInterceptor(func() (cc.BandwidthEstimator, error) {
		return gcc.NewSendSideBWE(gcc.SendSideBWEInitialBitrate(bitrate), gcc.SendSideBWEMinBitrate(floorRate),
			gcc.SendSideBWEMaxBitrate(ceilingRate))
	})
	must(t, "congestion control", err)
	made := make(chan cc.BandwidthEstimator, 1)
	controller.OnNewPeerConnection(func(_ string, e cc.BandwidthEstimator) { made <- e })
	m, registry := new(webrtc.MediaEngine), new(interceptor.Registry)
	must(t, "codecs", m.RegisterDefaultCodecs())
	registry.Add(controller)
	must(t, "extension", webrtc.ConfigureTWCCHeaderExtensionSender(m, registry))
	must(t, "interceptors", webrtc.RegisterDefaultInterceptors(m, registry))
	pc, err := webrtc.NewAPI(webrtc.WithMediaEngine(m), webrtc.WithInterceptorRegistry(registry)).
		NewPeerConnection(webrtc.Configuration{})
	must(t, "connection", err)
	return pc, <-made
}

// join opens a session with all candidates in its offer.
func join(ctx context.Context, pc *webrtc.PeerConnection, client *whip.Client) error {
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		return err
	}
	gathered := webrtc.GatheringCompletePromise(pc)
	if err := pc.SetLocalDescription(offer); err != nil {
		return err
	}
	<-gathered
	session, err := client.Publish(ctx, pc.LocalDescription().SDP)
	if err != nil {
		return err
	}
	return pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: session.Answer})
}

// readPLIs reads what the relay says until the connection is closed.
func readPLIs(from *webrtc.RTPSender, heard func()) {
	for {
		packets, _, err := from.ReadRTCP()
		if err != nil {
			return
		}
		for _, p := range packets {
			if _, ok := p.(*rtcp.PictureLossIndication); ok {
				heard()
			}
		}
	}
}
