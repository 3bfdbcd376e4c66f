//go:build bench

package bench

import (
	"encoding/binary"
	"net/netip"
	"time"
)

// Kind is what a UDP packet carries, told by its first byte (RFC 7983, section 7) and, RTP from RTCP, by its second
// (RFC 5761, section 4). The payload of SRTP is encrypted, its header is not.
type Kind string

// The kinds.
const (
	STUN  Kind = "stun"
	DTLS  Kind = "dtls"
	RTP   Kind = "rtp"
	RTCP  Kind = "rtcp"
	Other Kind = "other"
)

// headBytes is how much of a packet's payload is kept: an RTP header with its extensions.
const headBytes = 96

// Packet is one UDP packet that was on the wire.
type Packet struct {
	At       time.Duration // when it passed the interface, CLOCK_MONOTONIC
	Outgoing bool          // it left by this end
	Src, Dst netip.AddrPort
	Kind     Kind
	Size     int    // of the UDP payload, bytes
	Head     []byte // the first bytes of the payload, at most 96
}

// SSRC returns the synchronisation source of an RTP or RTCP packet (RFC 3550), and 0 for others.
func (p *Packet) SSRC() uint32 {
	switch {
	case p.Kind == RTP && len(p.Head) >= 12:
		return binary.BigEndian.Uint32(p.Head[8:])
	case p.Kind == RTCP && len(p.Head) >= 8:
		return binary.BigEndian.Uint32(p.Head[4:])
	}
	return 0
}

// parseUDP takes a UDP packet out of an IPv4 or IPv6 packet; fragments after the first, IPv6 extension headers and
// other protocols are not for us.
func parseUDP(ip []byte) (Packet, bool) {
	const protocolUDP = 17
	var src, dst netip.Addr
	var udp []byte
	switch {
	case len(ip) >= 20 && ip[0]>>4 == 4:
		header := int(ip[0]&15) * 4
		fragment := binary.BigEndian.Uint16(ip[6:]) & 0x1fff
		if ip[9] != protocolUDP || fragment != 0 || header < 20 || len(ip) < header {
			return Packet{}, false
		}
		src, dst, udp = netip.AddrFrom4([4]byte(ip[12:16])), netip.AddrFrom4([4]byte(ip[16:20])), ip[header:]
	case len(ip) >= 40 && ip[0]>>4 == 6 && ip[6] == protocolUDP:
		src, dst, udp = netip.AddrFrom16([16]byte(ip[8:24])), netip.AddrFrom16([16]byte(ip[24:40])), ip[40:]
	}
	if len(udp) < 8 {
		return Packet{}, false
	}
	payload := udp[8:]
	return Packet{
		Src:  netip.AddrPortFrom(src, binary.BigEndian.Uint16(udp)),
		Dst:  netip.AddrPortFrom(dst, binary.BigEndian.Uint16(udp[2:])),
		Kind: kindOf(payload),
		Size: len(payload),
		Head: append([]byte(nil), payload[:min(len(payload), headBytes)]...),
	}, true
}

func kindOf(payload []byte) Kind {
	if len(payload) < 2 {
		return Other
	}
	switch first, second := payload[0], payload[1]; {
	case first <= 3:
		return STUN
	case first >= 20 && first <= 63:
		return DTLS
	case first >= 128 && first <= 191 && second >= 192 && second <= 223:
		return RTCP
	case first >= 128 && first <= 191:
		return RTP
	}
	return Other
}
