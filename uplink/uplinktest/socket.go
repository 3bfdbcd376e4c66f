package uplinktest

import (
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
)

// socket is a UDP socket that loses what it is told to lose, in both directions.
type socket struct {
	*net.UDPConn
	muted     atomic.Bool // everything
	blocked   atomic.Bool // the same, by a firewall
	noDTLS    atomic.Bool
	noConsent atomic.Bool  // answers to checks that go out
	lose      atomic.Int64 // of how many RTP packets that come in one is lost; 0: none

	mu       sync.Mutex
	seen     map[netip.AddrPort]bool // who sent a check
	stranded map[netip.AddrPort]bool // who is not heard any more
	onlyFrom netip.Addr              // who alone is; invalid for everybody
	sent     []datagram              // that can be replayed
}

func (s *socket) letIn(from string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onlyFrom, _ = netip.ParseAddr(from)
}

// strand loses everything from and to the addresses that are in use now.
func (s *socket) strand() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stranded, s.seen = s.seen, nil
}

// loses tells whether a datagram is lost. What it is, its first byte says (RFC 7983).
func (s *socket) loses(b []byte, peer netip.AddrPort, out bool) bool {
	if s.muted.Load() || s.blocked.Load() || len(b) == 0 {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	peer = netip.AddrPortFrom(peer.Addr().Unmap(), peer.Port())
	switch kind := b[0]; {
	case s.stranded[peer], s.onlyFrom.IsValid() && peer.Addr() != s.onlyFrom:
		return true
	case kind >= 20 && kind < 64:
		return s.noDTLS.Load()
	case kind >= 128 && kind < 192 && !out && len(b) > 1 && (b[1] < 192 || b[1] > 223): // no RTCP (RFC 5761, 4)
		n := s.lose.Load()
		return n > 0 && rand.Int64N(n) == 0
	case kind < 4 && out:
		return kind == 1 && s.noConsent.Load() // a success response (RFC 8489, 5)
	case kind < 4:
		if s.seen == nil {
			s.seen = make(map[netip.AddrPort]bool)
		}
		s.seen[peer] = true
	}
	return false
}

func (s *socket) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := s.ReadFromUDPAddrPort(b)
	return n, net.UDPAddrFromAddrPort(from), err
}

func (s *socket) ReadFromUDPAddrPort(b []byte) (int, netip.AddrPort, error) {
	for {
		n, from, err := s.UDPConn.ReadFromUDPAddrPort(b)
		if err != nil || !s.loses(b[:n], from, false) {
			return n, from, err
		}
	}
}

func (s *socket) WriteTo(b []byte, to net.Addr) (int, error) {
	if s.loses(b, to.(*net.UDPAddr).AddrPort(), true) {
		return len(b), nil
	}
	s.record(b, to.(*net.UDPAddr).AddrPort())
	return s.UDPConn.WriteTo(b, to)
}

func (s *socket) WriteToUDPAddrPort(b []byte, to netip.AddrPort) (int, error) {
	if s.loses(b, to, true) {
		return len(b), nil
	}
	s.record(b, to)
	return s.UDPConn.WriteToUDPAddrPort(b, to)
}
