package uplink

import (
	"encoding/binary"
	"net"
	"net/netip"
	"sync/atomic"

	"github.com/pion/transport/v4"
)

// guarded is a media socket that loses what can only be forged: DTLS records in the clear, when the handshake is over.
// pion's DTLS would take an alert of those for the relay's, and one datagram of anybody who knows both addresses would
// end the session (RFC 6347, 4.1.2.7: invalid records are discarded). pion/ice uses the two methods here wherever a socket
// has them (AddrPortReaderWriter).
type guarded struct {
	*net.UDPConn
	settled *atomic.Bool // both sides have left the handshake behind
}

// ListenUDP opens a media socket.
func (n network) ListenUDP(kind string, at *net.UDPAddr) (transport.UDPConn, error) {
	conn, err := net.ListenUDP(kind, at)
	if err != nil {
		return nil, err
	}
	return guarded{conn, n.settled}, nil
}

// ReadFromAddrPort blocks for a datagram that may be the relay's.
func (g guarded) ReadFromAddrPort(b []byte) (n int, from netip.AddrPort, err error) {
	for {
		n, from, err = g.ReadFromUDPAddrPort(b)
		if err != nil || !inClear(b[:n]) || !g.settled.Load() {
			return n, from, err
		}
	}
}

// WriteToAddrPort sends a datagram.
func (g guarded) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	return g.WriteToUDPAddrPort(b, to)
}

// inClear tells whether there is a record of DTLS 1.2 in a datagram that is not encrypted: of epoch 0 (RFC 6347, 4.1). The
// first byte is its type, from change_cipher_spec to heartbeat (RFC 7983).
func inClear(datagram []byte) bool {
	const header, epoch, length = 13, 3, 11
	for b := datagram; len(b) >= header && b[0] >= 20 && b[0] <= 24; {
		if binary.BigEndian.Uint16(b[epoch:]) == 0 {
			return true
		}
		b = b[min(len(b), header+int(binary.BigEndian.Uint16(b[length:]))):]
	}
	return false
}
