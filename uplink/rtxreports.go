package uplink

import (
	"io"

	"github.com/pion/transport/v4/packetio"
	"github.com/pion/webrtc/v4"

	"vigie/capture"
)

// rtxReports is the RTCP about the stream of retransmissions. pion has no reader for it, but a relay may address its
// transport-wide feedback to the stream whose packet came last, and after a probe's padding that is this one.
type rtxReports struct {
	*packetio.Buffer
	ssrc uint32 // that was offered; 0 for none
}

func newRTXReports(pc *webrtc.PeerConnection) (r rtxReports) {
	for _, sender := range pc.GetSenders() {
		for _, e := range sender.GetParameters().Encodings {
			if e.RTX.SSRC != 0 {
				r.ssrc = uint32(e.RTX.SSRC)
			}
		}
	}
	r.Buffer = packetio.NewBuffer()
	r.SetLimitSize(rtcpBuffer)
	return r
}

// buffer is the place for what pion gets about one stream: see strangers for those of others.
func (s *session) buffer(kind packetio.BufferPacketType, ssrc uint32) io.ReadWriteCloser {
	if kind == packetio.RTCPBufferPacket && ssrc == s.rtxReports.ssrc && ssrc != 0 {
		return s.rtxReports
	}
	return s.strangers.buffer(kind, ssrc)
}

// listenRTX takes the transport-wide feedback out of it until the session is closed; what else the relay says, it says
// of the picture. It is one of the session's goroutines.
func (s *session) listenRTX() {
	buf := make([]byte, 1500)
	for {
		n, err := s.rtxReports.Read(buf)
		if err == io.EOF {
			return
		}
		if err != nil {
			continue // longer than any packet
		}
		each(buf[:n], func(packet []byte) {
			if isTransportFeedback(packet) {
				s.books.received(packet, capture.Now())
			}
		})
		poke(s.heard)
	}
}
