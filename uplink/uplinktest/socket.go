package uplinktest

import (
	"net"
	"net/netip"
	"sync/atomic"
)

// socket is a UDP socket that can be muted: what is written to it is lost, and so is what comes.
type socket struct {
	*net.UDPConn
	muted atomic.Bool
}

func (s *socket) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, from, err := s.UDPConn.ReadFrom(b)
		if err != nil || !s.muted.Load() {
			return n, from, err
		}
	}
}

func (s *socket) ReadFromUDPAddrPort(b []byte) (int, netip.AddrPort, error) {
	for {
		n, from, err := s.UDPConn.ReadFromUDPAddrPort(b)
		if err != nil || !s.muted.Load() {
			return n, from, err
		}
	}
}

func (s *socket) WriteTo(b []byte, to net.Addr) (int, error) {
	if s.muted.Load() {
		return len(b), nil
	}
	return s.UDPConn.WriteTo(b, to)
}

func (s *socket) WriteToUDPAddrPort(b []byte, to netip.AddrPort) (int, error) {
	if s.muted.Load() {
		return len(b), nil
	}
	return s.UDPConn.WriteToUDPAddrPort(b, to)
}
