package uplink

import (
	"io"
	"net"
	"net/url"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/webrtc/v4"
	"golang.org/x/sys/cpu"
)

const (
	disconnected = 3 * time.Second // of silence from the relay
	failed       = 3 * time.Second // more, and the session is given up
	keepalive    = time.Second
)

// h264Codec is constrained baseline, what every browser decodes. The level is the one that browsers name; with
// asymmetry allowed it does not bound what we send (RFC 6184, 8.1).
func h264Codec() webrtc.RTPCodecParameters {
	return webrtc.RTPCodecParameters{PayloadType: 102, RTPCodecCapability: webrtc.RTPCodecCapability{
		MimeType: webrtc.MimeTypeH264, ClockRate: 90000,
		SDPFmtpLine: "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
		RTCPFeedback: []webrtc.RTCPFeedback{
			{Type: "nack"}, {Type: "nack", Parameter: "pli"}, {Type: "ccm", Parameter: "fir"}, {Type: "transport-cc"},
		},
	}}
}

// opusCodec is stereo both ways (RFC 7587, 6.1): sprop-stereo says what we send.
func opusCodec() webrtc.RTPCodecParameters {
	return webrtc.RTPCodecParameters{PayloadType: 111, RTPCodecCapability: webrtc.RTPCodecCapability{
		MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2,
		SDPFmtpLine:  "minptime=10;useinbandfec=1;stereo=1;sprop-stereo=1",
		RTCPFeedback: []webrtc.RTCPFeedback{{Type: "transport-cc"}},
	}}
}

// formats are what is offered of a track: itself, and retransmissions of the picture.
func formats(t *track) []webrtc.RTPCodecParameters {
	if t.kind == webrtc.RTPCodecTypeVideo {
		return []webrtc.RTPCodecParameters{t.codec, rtxCodec()}
	}
	return []webrtc.RTPCodecParameters{t.codec}
}

// newPeer makes a peer connection that offers the tracks of w and nothing else, with w next to its socket.
func newPeer(s webrtc.SettingEngine, servers []webrtc.ICEServer, w *wire) (*webrtc.PeerConnection, error) {
	media := &webrtc.MediaEngine{}
	for _, t := range w.tracks() {
		for _, c := range formats(t) {
			if err := media.RegisterCodec(c, t.kind); err != nil {
				return nil, err
			}
		}
		for _, uri := range extensions(t.kind) {
			if err := media.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: uri}, t.kind); err != nil {
				return nil, err
			}
		}
	}
	chain := &interceptor.Registry{}
	chain.Add(w)

	api := webrtc.NewAPI(webrtc.WithMediaEngine(media), webrtc.WithInterceptorRegistry(chain),
		webrtc.WithSettingEngine(s))
	pc, err := api.NewPeerConnection(webrtc.Configuration{
		ICEServers: servers, BundlePolicy: webrtc.BundlePolicyMaxBundle, RTCPMuxPolicy: webrtc.RTCPMuxPolicyRequire,
	})
	if err != nil {
		return nil, err
	}
	for _, t := range w.tracks() {
		sendonly := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly}
		if _, err := pc.AddTransceiverFromTrack(t, sendonly); err != nil {
			pc.Close()
			return nil, err
		}
	}
	return pc, nil
}

// settings are for media to a relay at endpoint, by the interface of that name; "" is all of them.
func settings(endpoint *url.URL, by string, n network) webrtc.SettingEngine {
	var s webrtc.SettingEngine
	s.SetNet(n)
	s.LoggerFactory = &logging.DefaultLoggerFactory{Writer: io.Discard, DefaultLogLevel: logging.LogLevelDisabled}
	s.SetICETimeouts(disconnected, failed, keepalive)
	s.SetSTUNGatherTimeout(stunAnswer)
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	s.SetIncludeLoopbackCandidate(isLoopback(endpoint))
	// TCP is for relays that listen on it: we open the connection (RFC 6544, active).
	s.SetNetworkTypes([]webrtc.NetworkType{
		webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6, webrtc.NetworkTypeTCP4, webrtc.NetworkTypeTCP6,
	})
	if by != "" {
		s.SetInterfaceFilter(func(name string) bool { return name == by })
	}
	// A relay usually answers setup:active, which makes us the DTLS server. The cookie that a server may ask for
	// (RFC 6347, 4.2.1) proves that the client's address is its own; ICE has proved that already, and the round trip
	// is saved.
	s.SetDTLSInsecureSkipHelloVerify(true)
	s.SetSRTPProtectionProfiles(profiles(cpu.X86.HasAES || cpu.ARM64.HasAES || cpu.ARM.HasAES)...)
	return s
}

// profiles orders SRTP's ciphers by what they cost here: GCM is the cheapest where the CPU has AES instructions, and
// the dearest where it has none, as on boards before the Raspberry Pi 5.
func profiles(aes bool) []dtls.SRTPProtectionProfile {
	if aes {
		return []dtls.SRTPProtectionProfile{
			dtls.SRTP_AEAD_AES_128_GCM, dtls.SRTP_AEAD_AES_256_GCM, dtls.SRTP_AES128_CM_HMAC_SHA1_80,
		}
	}
	return []dtls.SRTPProtectionProfile{
		dtls.SRTP_AES128_CM_HMAC_SHA1_80, dtls.SRTP_AEAD_AES_128_GCM, dtls.SRTP_AEAD_AES_256_GCM,
	}
}

// isLoopback tells a relay on this box, whose media may be on the loopback interface alone.
func isLoopback(u *url.URL) bool {
	host := u.Hostname()
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}
