package uplink_test

import (
	"context"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"vigie/relay"
	"vigie/uplink"
	"vigie/uplink/uplinktest"
	"vigie/uplink/whip"
)

// A box whose power failed has left a session at our relay. The same box replaces it at once, another one is told that the
// channel is not free, and tries again.
func TestStaleSession(t *testing.T) {
	t.Parallel()
	r, err := relay.New(relay.Options{Listen: "127.0.0.1:0", Token: token, Channel: "main-stage"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := r.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { cancel(); running.Wait() })
	client := func(box string) *whip.Client {
		return &whip.Client{
			Endpoint: &url.URL{Scheme: "http", Host: r.Addr().String(), Path: "/whip/main-stage"}, Token: token, Box: box,
			HTTP: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
		}
	}
	if _, err := client("box").Publish(ctx, anOffer(t)); err != nil {
		t.Fatal(err)
	}
	other := newStage(t, uplinktest.Behaviour{}, func(o *uplink.Options) { o.Client = client("another") })
	if lost := other.isLost("is not free", 5*time.Second); lost.Refused {
		t.Errorf("%+v", lost)
	}
	other.end()
	same := newStage(t, uplinktest.Behaviour{}, func(o *uplink.Options) { o.Client = client("box") })
	same.play()
	next[uplink.Confirmed](same, 5*time.Second)
	if st := same.uplink.Stats(); st.Attempt != 1 {
		t.Errorf("%+v", st)
	}
}

// anOffer is one of a publisher who is gone when it is answered.
func anOffer(t *testing.T) string {
	t.Helper()
	pc, err := webrtc.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	defer pc.GracefulClose()
	sendonly := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly}
	for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeVideo, webrtc.RTPCodecTypeAudio} {
		if _, err := pc.AddTransceiverFromKind(kind, sendonly); err != nil {
			t.Fatal(err)
		}
	}
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := pc.SetLocalDescription(offer); err != nil {
		t.Fatal(err)
	}
	return pc.LocalDescription().SDP
}
