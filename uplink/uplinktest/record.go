package uplinktest

import (
	"bytes"
	"maps"
	"net/netip"
	"slices"
)

// replayed is how many datagrams are kept to be sent again.
const replayed = 64

type datagram struct {
	b  []byte
	to netip.AddrPort
}

// record keeps what a replay may be of: encrypted RTCP, and success responses of STUN, by their first bytes (RFC 7983, RFC
// 5761, 4).
func (s *socket) record(b []byte, to netip.AddrPort) {
	rtcp := b[0] >= 128 && b[0] < 192 && len(b) > 1 && b[1] >= 192 && b[1] < 224
	if !rtcp && b[0] != 1 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent = append(s.sent, datagram{bytes.Clone(b), to})
	s.sent = s.sent[max(0, len(s.sent)-replayed):]
}

func (s *socket) recorded() []datagram {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.sent)
}

// peers are the addresses that a check came from.
func (s *socket) peers() []netip.AddrPort {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Keys(s.seen))
}
