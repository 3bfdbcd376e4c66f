package uplinktest

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"sync"
)

// NameServer is a DNS server that says the same of every name (RFC 1035), or nothing.
type NameServer struct {
	conn net.PacketConn
	wg   sync.WaitGroup

	mu     sync.Mutex
	answer netip.Addr
	code   byte // RCODE; 0 for the answer
	silent bool
}

// The codes of an answer that is none (RFC 1035, 4.1.1).
const (
	ServerFailure byte = 2
	NoSuchName    byte = 3
)

// NewNameServer listens at address, and says nothing yet.
func NewNameServer(address string) (*NameServer, error) {
	conn, err := net.ListenPacket("udp", address)
	if err != nil {
		return nil, fmt.Errorf("the name server: %w", err)
	}
	n := &NameServer{conn: conn, silent: true}
	n.wg.Go(n.serve)
	return n, nil
}

// Answer makes each name that of an IPv4 address.
func (n *NameServer) Answer(a netip.Addr) { n.set(a, 0, false) }

// Fail answers with a code, and nothing else.
func (n *NameServer) Fail(code byte) { n.set(netip.Addr{}, code, false) }

// Hang says nothing any more.
func (n *NameServer) Hang() { n.set(netip.Addr{}, 0, true) }

func (n *NameServer) set(a netip.Addr, code byte, silent bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.answer, n.code, n.silent = a, code, silent
}

// Resolver asks this server, whatever the system's are.
func (n *NameServer) Resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", n.conn.LocalAddr().String())
	}}
}

// Close ends it.
func (n *NameServer) Close() error {
	err := n.conn.Close()
	n.wg.Wait()
	return err
}

func (n *NameServer) serve() {
	buf := make([]byte, 1500)
	for {
		size, from, err := n.conn.ReadFrom(buf)
		if err != nil {
			return
		}
		if b := n.reply(buf[:size]); b != nil {
			_, _ = n.conn.WriteTo(b, from)
		}
	}
}

// reply repeats the question, with the answer where an IPv4 address is asked for.
func (n *NameServer) reply(query []byte) []byte {
	n.mu.Lock()
	defer n.mu.Unlock()
	const header, typeA = 12, 1
	end := header
	for end < len(query) && query[end] != 0 { // labels
		end += 1 + int(query[end])
	}
	if end += 5; n.silent || end > len(query) { // the root label, type and class
		return nil
	}
	b := append([]byte{query[0], query[1], 0x81, 0x80 | n.code, 0, 1, 0, 0, 0, 0, 0, 0}, query[header:end]...)
	if n.code == 0 && binary.BigEndian.Uint16(query[end-4:]) == typeA {
		b[7] = 1
		b = append(b, 0xc0, header, 0, typeA, 0, 1, 0, 0, 0, 0, 0, 4) // that name, in the Internet, for 0 s, 4 bytes
		b = append(b, n.answer.AsSlice()...)
	}
	return b
}
