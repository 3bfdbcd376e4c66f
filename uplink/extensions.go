package uplink

import (
	"encoding/binary"
	"slices"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// playoutDelayURI names the extension that bounds how long a viewer's player holds pictures back
// (webrtc.org/experiments/rtp-hdrext/playout-delay), in units of 10 ms.
//
// We ask for 0 to 500 ms. The least is what the network allows: nothing is held back for smoothness alone. The most is
// what a packet that was lost needs to come again over two slow legs, and its jitter; a picture that is later than that
// is better skipped, or those who watch fall behind those who write to them.
const (
	playoutDelayURI = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"
	playoutLeast    = 0
	playoutMost     = 50
)

// extensions are the header extensions (RFC 8285) that are offered for a kind of media, besides what pion adds.
func extensions(kind webrtc.RTPCodecType) []string {
	if kind == webrtc.RTPCodecTypeVideo {
		return []string{sdp.TransportCCURI, sdp.ABSSendTimeURI, playoutDelayURI}
	}
	return []string{sdp.TransportCCURI, sdp.ABSSendTimeURI}
}

// stamps are the extensions of a track's packets, those that the relay took. Each packet's values are written over the
// last one's: a packet has no memory of its own for them. Whoever sends owns it.
type stamps struct {
	transport [2]byte // the transport-wide number
	sent      [3]byte // when the packet left: seconds, 6 bits and 18 of their fraction, of the NTP time (abs-send-time)
	playout   [3]byte
	list      []rtp.Extension
	numbered  bool // transport is in the list
}

// agree takes what was negotiated. IDs above 14 need a form of header that we do not write.
func (s *stamps) agree(info *interceptor.StreamInfo) {
	_, _ = rtp.PlayoutDelayExtension{MinDelay: playoutLeast, MaxDelay: playoutMost}.MarshalTo(s.playout[:]) // it fits
	var h rtp.Header
	for _, e := range info.RTPHeaderExtensions {
		value := map[string][]byte{
			sdp.TransportCCURI: s.transport[:], sdp.ABSSendTimeURI: s.sent[:], playoutDelayURI: s.playout[:],
		}[e.URI]
		if value == nil || e.ID <= 0 || e.ID > 14 || slices.Contains(h.GetExtensionIDs(), uint8(e.ID)) {
			continue
		}
		if h.SetExtension(uint8(e.ID), value) == nil {
			s.numbered = s.numbered || e.URI == sdp.TransportCCURI
		}
	}
	s.list = h.Extensions
}

// put stamps a packet that goes to the socket now. take undoes it.
func (s *stamps) put(h *rtp.Header, number uint16, ntp uint64) {
	if len(s.list) == 0 {
		return
	}
	binary.BigEndian.PutUint16(s.transport[:], number)
	s.sent = [3]byte{byte(ntp >> 30), byte(ntp >> 22), byte(ntp >> 14)}
	h.Extension, h.ExtensionProfile, h.Extensions = true, rtp.ExtensionProfileOneByte, s.list
}

func (s *stamps) take(h *rtp.Header) {
	if len(s.list) > 0 {
		h.Extension, h.Extensions = false, nil
	}
}
