package relay

import (
	"errors"
	"fmt"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/nack"
	"github.com/pion/interceptor/pkg/report"
	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

const (
	twccInterval = 100 * time.Millisecond // how often the publisher hears what arrived
	lostAfter    = 5 * time.Second        // without a packet from a peer: disconnected, and after as long again failed
	// replayWindow is how many packets late one may be (RFC 3711, 3.3.2): a second of them at 8 Mb/s. What was asked for
	// again comes after a NACK and a round trip, and 64, which is usual, are 0.15 s at 4 Mb/s.
	replayWindow = 1024
)

// h264Profiles are the profile-level-ids that are taken, ours first. Nothing is decoded here, so any that a viewer's
// browser offers is as good. Constrained baseline, baseline, main, high (RFC 6184, 8.1).
var h264Profiles = []string{"42e01f", "42001f", "4d001f", "64001f"}

// registerCodecs declares H.264 in packetization mode 1, each with its RTX, and Opus; nothing else.
func registerCodecs(m *webrtc.MediaEngine) error {
	feedback := []webrtc.RTCPFeedback{{Type: "nack"}, {Type: "nack", Parameter: "pli"}}
	var errs []error
	add := func(kind webrtc.RTPCodecType, pt webrtc.PayloadType, c webrtc.RTPCodecCapability) {
		errs = append(errs, m.RegisterCodec(webrtc.RTPCodecParameters{RTPCodecCapability: c, PayloadType: pt}, kind))
	}
	for i, profile := range h264Profiles {
		pt := webrtc.PayloadType(102 + 2*i)
		add(webrtc.RTPCodecTypeVideo, pt, webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeH264, ClockRate: 90000, RTCPFeedback: feedback,
			SDPFmtpLine: "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=" + profile,
		})
		add(webrtc.RTPCodecTypeVideo, pt+1, webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeRTX, ClockRate: 90000, SDPFmtpLine: fmt.Sprintf("apt=%d", pt),
		})
	}
	add(webrtc.RTPCodecTypeAudio, 111, webrtc.RTPCodecCapability{
		MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1",
	})
	return errors.Join(errs...)
}

// publisherAPI makes sessions that receive: NACKs for what is missing, receiver reports each second and transport-wide
// feedback on the way in, from which the publisher estimates its rate and knows that it is received. What comes again may
// come as RTX: pion puts it back in its place, and repairs knows of it.
func publisherAPI(se webrtc.SettingEngine, log pionLog, repairs interceptor.Factory) (*webrtc.API, error) {
	m, reg := new(webrtc.MediaEngine), new(interceptor.Registry)
	generator, err1 := nack.NewGeneratorInterceptor(nack.WithGeneratorLoggerFactory(log))
	reports, err2 := report.NewReceiverInterceptor(report.WithReceiverLoggerFactory(log))
	feedback, err3 := twcc.NewSenderInterceptor(twcc.SendInterval(twccInterval), twcc.WithLoggerFactory(log))
	reg.Add(repairs)
	reg.Add(generator)
	reg.Add(reports)
	reg.Add(feedback)
	errs := []error{err1, err2, err3, registerCodecs(m)}
	for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeVideo, webrtc.RTPCodecTypeAudio} {
		m.RegisterFeedback(webrtc.RTCPFeedback{Type: webrtc.TypeRTCPFBTransportCC}, kind)
		transport := webrtc.RTPHeaderExtensionCapability{URI: sdp.TransportCCURI}
		errs = append(errs, m.RegisterHeaderExtension(transport, kind))
	}
	return webrtc.NewAPI(webrtc.WithMediaEngine(m), webrtc.WithInterceptorRegistry(reg), webrtc.WithSettingEngine(se)),
		errors.Join(errs...)
}

// viewerAPI makes sessions that send. They need no interceptors: numbering, retransmission and sender reports are the
// viewer's own, from the ring that all share.
func viewerAPI(se webrtc.SettingEngine) (*webrtc.API, error) {
	m := new(webrtc.MediaEngine)
	err := registerCodecs(m)
	return webrtc.NewAPI(webrtc.WithMediaEngine(m), webrtc.WithInterceptorRegistry(new(interceptor.Registry)),
		webrtc.WithSettingEngine(se)), err
}

// settings are for sessions of that role, on our two sockets.
//
// A viewer meets a lite agent, and a DTLS server. A publisher, who has a token, meets a full agent, and a DTLS client if
// it leaves that to us: its checks are answered by one of ours at once, upon which pion nominates without waiting for its
// next tick, 200 ms long; and the nomination tells us half a round trip before it that media can flow, so that the
// ClientHello is better ours. At a round trip of 80 ms that is 200 ms of 520.
func settings(as role, s *sockets, udp ice.UDPMux, tcp ice.TCPMux, log pionLog) (se webrtc.SettingEngine, err error) {
	se.LoggerFactory = log
	if as == watching {
		se.SetLite(true)
		err = se.SetAnsweringDTLSRole(webrtc.DTLSRoleServer)
	}
	se.SetICEUDPMux(udp)
	se.SetICETCPMux(tcp)
	se.DisableActiveTCP(true)
	se.SetNetworkTypes(s.networks())
	se.SetIncludeLoopbackCandidate(true)
	se.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled) // it would open another socket
	se.SetICETimeouts(lostAfter, lostAfter, 0)
	se.SetReceiveMTU(maxPayload)
	se.SetSRTPReplayProtectionWindow(replayWindow)
	// ICE has proved the peer's address with a password from the answer: the cookie of DTLS would prove it again, for
	// one round trip more (RFC 6347, 4.2.1).
	se.SetDTLSInsecureSkipHelloVerify(true)
	return se, err
}
