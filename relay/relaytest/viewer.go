// Package relaytest has a viewer for tests: it watches a relay by WHEP and keeps what arrived.
package relaytest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

// Viewer is a WHEP session that receives until Close. Its methods may be called while it does.
type Viewer struct {
	pc       *webrtc.PeerConnection
	resource string

	mu    sync.Mutex
	news  chan struct{} // closed, and made anew, at every packet
	video *stream
	audio *stream
	wg    sync.WaitGroup
	ended bool
}

// Configure changes what a viewer's connection is made from: its network, or interceptors below those that it has
// (NACKs, receiver reports), for tests that lose packets.
type Configure func(*webrtc.SettingEngine, *interceptor.Registry)

// Dial posts an offer to a WHEP endpoint and waits until the session is connected.
func Dial(ctx context.Context, endpoint string, configure ...Configure) (*Viewer, error) {
	pc, err := newPeerConnection(configure)
	if err != nil {
		return nil, err
	}
	v := &Viewer{pc: pc, news: make(chan struct{}), video: newStream(true), audio: newStream(false)}
	connected := make(chan struct{})
	var once sync.Once
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		if s == webrtc.PeerConnectionStateConnected {
			once.Do(func() { close(connected) })
		}
	})
	pc.OnTrack(v.receive)
	if err := v.negotiate(ctx, endpoint); err != nil {
		return nil, errors.Join(err, pc.Close())
	}
	select {
	case <-connected:
		return v, nil
	case <-ctx.Done():
		return nil, errors.Join(fmt.Errorf("connecting to %s: %w", endpoint, ctx.Err()), v.Close())
	}
}

func newPeerConnection(configure []Configure) (*webrtc.PeerConnection, error) {
	m, reg := new(webrtc.MediaEngine), new(interceptor.Registry)
	var se webrtc.SettingEngine
	se.SetIncludeLoopbackCandidate(true)
	se.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	for _, f := range configure {
		f(&se, reg)
	}
	if err := errors.Join(m.RegisterDefaultCodecs(), webrtc.RegisterDefaultInterceptors(m, reg)); err != nil {
		return nil, err
	}
	api := webrtc.NewAPI(webrtc.WithMediaEngine(m), webrtc.WithInterceptorRegistry(reg), webrtc.WithSettingEngine(se))
	pc, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return nil, err
	}
	for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeVideo, webrtc.RTPCodecTypeAudio} {
		receive := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}
		if _, err := pc.AddTransceiverFromKind(kind, receive); err != nil {
			return nil, errors.Join(err, pc.Close())
		}
	}
	return pc, nil
}

func (v *Viewer) negotiate(ctx context.Context, endpoint string) error {
	offer, err := v.pc.CreateOffer(nil)
	if err != nil {
		return err
	}
	gathered := webrtc.GatheringCompletePromise(v.pc)
	if err := v.pc.SetLocalDescription(offer); err != nil {
		return err
	}
	<-gathered
	body := strings.NewReader(v.pc.LocalDescription().SDP)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/sdp")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusCreated {
		return fmt.Errorf("%s: %s: %s", endpoint, resp.Status, answer)
	}
	base, err := url.Parse(endpoint)
	if err != nil {
		return err
	}
	location, err := base.Parse(resp.Header.Get("Location"))
	if err != nil {
		return err
	}
	v.resource = location.String()
	return v.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: string(answer)})
}

// receive reads a track and its reports until the session is closed.
func (v *Viewer) receive(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.ended {
		return
	}
	s := v.audio
	if track.Kind() == webrtc.RTPCodecTypeVideo {
		s = v.video
	}
	s.ssrc = uint32(track.SSRC())
	v.wg.Go(func() {
		for {
			pkt, attributes, err := track.ReadRTP()
			if err != nil {
				return
			}
			repaired := attributes.Get(webrtc.AttributeRtxSsrc) != nil
			v.change(func() { s.push(pkt, repaired, time.Now()) })
		}
	})
	v.wg.Go(func() {
		for {
			packets, _, err := receiver.ReadRTCP()
			if err != nil {
				return
			}
			for _, p := range packets {
				if sr, ok := p.(*rtcp.SenderReport); ok && sr.SSRC == s.ssrc {
					v.change(func() { s.Reports = append(s.Reports, *sr) })
				}
			}
		}
	})
}

func (v *Viewer) change(f func()) {
	v.mu.Lock()
	defer v.mu.Unlock()
	f()
	close(v.news)
	v.news = make(chan struct{})
}

// Wait blocks until enough says that enough came, asking after every packet and report.
func (v *Viewer) Wait(ctx context.Context, enough func(video, audio Received) bool) error {
	for {
		v.mu.Lock()
		ok, news := enough(v.video.Received, v.audio.Received), v.news
		v.mu.Unlock()
		if ok {
			return nil
		}
		select {
		case <-news:
		case <-ctx.Done():
			video, audio := v.Received()
			return fmt.Errorf("%w; video: %v; audio: %v", ctx.Err(), video, audio)
		}
	}
}

// Received is what came so far.
func (v *Viewer) Received() (video, audio Received) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.video.Received, v.audio.Received
}

// WriteRTCP sends feedback, such as a PLI or a NACK, for a track that something came of.
func (v *Viewer) WriteRTCP(packets ...rtcp.Packet) error { return v.pc.WriteRTCP(packets) }

// Close ends the session with a DELETE and waits for it.
func (v *Viewer) Close() error {
	v.mu.Lock()
	v.ended = true
	v.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var err error
	if req, e := http.NewRequestWithContext(ctx, http.MethodDelete, v.resource, nil); e == nil {
		var resp *http.Response
		if resp, err = http.DefaultClient.Do(req); err == nil {
			err = resp.Body.Close()
		}
	}
	err = errors.Join(err, v.pc.GracefulClose())
	v.wg.Wait()
	http.DefaultClient.CloseIdleConnections()
	return err
}
