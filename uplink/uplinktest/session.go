package uplinktest

import (
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/nack"
	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

// session is one publisher.
type session struct {
	id    string
	relay *Relay
	pc    *webrtc.PeerConnection
	stop  chan struct{}
	once  sync.Once

	etag     string // of its ICE; None for none
	offer    string
	restarts int

	mu     sync.Mutex
	tracks []*arrivals
	video  uint32 // its SSRC
}

// open answers an offer.
func (r *Relay) open(offer, etag string) (*session, string, error) {
	pc, err := r.peer()
	if err != nil {
		return nil, "", err
	}
	s := &session{relay: r, pc: pc, stop: make(chan struct{}), etag: etag}
	s.id = fmt.Sprintf("%p", s)
	pc.OnTrack(func(t *webrtc.TrackRemote, from *webrtc.RTPReceiver) { s.receive(t, from) })
	pc.OnConnectionStateChange(func(c webrtc.PeerConnectionState) {
		if c == webrtc.PeerConnectionStateConnected && r.now().HangUp {
			s.close()
		}
	})
	answer, err := s.negotiate(offer)
	if err != nil {
		s.close()
		return nil, "", err
	}
	r.wg.Go(s.report)
	return s, answer, nil
}

func (s *session) negotiate(offer string) (string, error) {
	if err := s.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}); err != nil {
		return "", err
	}
	s.offer = offer
	answer, err := s.pc.CreateAnswer(nil)
	if err != nil {
		return "", err
	}
	complete := webrtc.GatheringCompletePromise(s.pc)
	if err := s.pc.SetLocalDescription(answer); err != nil {
		return "", err
	}
	<-complete
	return s.pc.LocalDescription().SDP, nil
}

func (r *Relay) peer() (*webrtc.PeerConnection, error) {
	media := &webrtc.MediaEngine{}
	if err := registerCodecs(media, r.now().RTX); err != nil {
		return nil, err
	}
	chain := &interceptor.Registry{}
	if r.now().Lose > 0 {
		asks, err := nack.NewGeneratorInterceptor()
		if err != nil {
			return nil, err
		}
		chain.Add(asks)
	}
	if r.now().Reports == Feedback {
		if err := webrtc.ConfigureTWCCSenderWithOptions(media, chain, twcc.SendInterval(50*time.Millisecond)); err != nil {
			return nil, err
		}
	}
	for _, uri := range r.now().Extensions {
		extension := webrtc.RTPHeaderExtensionCapability{URI: uri}
		if err := media.RegisterHeaderExtension(extension, webrtc.RTPCodecTypeVideo); err != nil {
			return nil, err
		}
	}
	var s webrtc.SettingEngine
	s.LoggerFactory = silent
	s.DisableSRTPReplayProtection(true) // to see what is sent twice
	s.SetICEUDPMux(r.mux)
	s.SetIncludeLoopbackCandidate(true)
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	s.SetICETCPMux(r.tcpMux)
	s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeTCP4})
	if address := net.ParseIP(r.o.Address); address != nil && address.To4() == nil {
		s.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP6, webrtc.NetworkTypeTCP6})
	}
	return webrtc.NewAPI(webrtc.WithMediaEngine(media), webrtc.WithInterceptorRegistry(chain),
		webrtc.WithSettingEngine(s)).NewPeerConnection(webrtc.Configuration{})
}

// registerCodecs takes constrained baseline, its retransmissions or not, and Opus.
func registerCodecs(m *webrtc.MediaEngine, rtx bool) error {
	codecs := []webrtc.RTPCodecParameters{{PayloadType: 96, RTPCodecCapability: webrtc.RTPCodecCapability{
		MimeType: webrtc.MimeTypeH264, ClockRate: 90000,
		SDPFmtpLine:  "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
		RTCPFeedback: []webrtc.RTCPFeedback{{Type: "nack"}, {Type: "nack", Parameter: "pli"}, {Type: "ccm", Parameter: "fir"}},
	}}}
	if rtx {
		codecs = append(codecs, webrtc.RTPCodecParameters{PayloadType: 97, RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeRTX, ClockRate: 90000, SDPFmtpLine: "apt=96",
		}})
	}
	for _, c := range codecs {
		if err := m.RegisterCodec(c, webrtc.RTPCodecTypeVideo); err != nil {
			return err
		}
	}
	return m.RegisterCodec(webrtc.RTPCodecParameters{PayloadType: 111, RTPCodecCapability: webrtc.RTPCodecCapability{
		MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1",
	}}, webrtc.RTPCodecTypeAudio)
}

func (s *session) close() {
	s.once.Do(func() {
		close(s.stop)
		// On its own: a handler of the connection's may be the caller, and pion waits for those.
		s.relay.wg.Go(func() { s.pc.GracefulClose() })
	})
}

func (s *session) pli() {
	s.mu.Lock()
	ssrc := s.video
	s.mu.Unlock()
	_ = s.pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: ssrc}})
}

func (s *session) nack(sequences []uint16) {
	s.mu.Lock()
	ssrc := s.video
	s.mu.Unlock()
	_ = s.pc.WriteRTCP([]rtcp.Packet{
		&rtcp.TransportLayerNack{MediaSSRC: ssrc, Nacks: rtcp.NackPairsFromSequenceNumbers(sequences)},
	})
}
