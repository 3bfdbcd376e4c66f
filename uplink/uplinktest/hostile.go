package uplinktest

import (
	"net/netip"

	"github.com/pion/rtcp"
)

// FIR asks every publisher for an IDR n times, in the other way there is (RFC 5104, 4.3.1).
func (r *Relay) FIR(n int) {
	r.Tell(n, func(_, video uint32) []rtcp.Packet {
		return []rtcp.Packet{&rtcp.FullIntraRequest{MediaSSRC: video, FIR: []rtcp.FIREntry{{SSRC: video}}}}
	})
}

// Tell sends every publisher n times what say makes, once for each time. i counts them, video is the SSRC of the picture,
// 0 before there was one.
func (r *Relay) Tell(n int, say func(i, video uint32) []rtcp.Packet) {
	for _, s := range r.all() {
		s.mu.Lock()
		video := s.video
		s.mu.Unlock()
		for i := range n {
			_ = s.pc.WriteRTCP(say(uint32(i), video))
		}
	}
}

// Inject sends datagrams as they are to whoever asked for media's way, from the address that media goes to: what somebody
// sends who knows both addresses and no keys.
func (r *Relay) Inject(datagrams ...[]byte) {
	for _, to := range r.udp.peers() {
		for _, b := range datagrams {
			_, _ = r.udp.UDPConn.WriteToUDPAddrPort(b, to)
		}
	}
}

// Replay sends once more, to the same addresses, the last RTCP and the last answers to checks that went out.
func (r *Relay) Replay() {
	for _, d := range r.udp.recorded() {
		_, _ = r.udp.UDPConn.WriteToUDPAddrPort(d.b, d.to)
	}
}

// Publishers are the addresses that ask for media's way.
func (r *Relay) Publishers() []netip.AddrPort { return r.udp.peers() }

// Media is where media goes to by UDP.
func (r *Relay) Media() netip.AddrPort {
	return r.udp.LocalAddr().(interface{ AddrPort() netip.AddrPort }).AddrPort()
}
