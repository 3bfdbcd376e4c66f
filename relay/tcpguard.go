package relay

import (
	"net"
	"sync"
	"time"
)

// stallTime is how long a TCP viewer may take nothing before it is cut off.
const stallTime = 2 * time.Second

// tcpGuard is the listener of the media port. It bounds how many connections are open, and what each may hold up.
type tcpGuard struct {
	*net.TCPListener
	most int

	mu     sync.Mutex
	open   map[*guardedConn]struct{}
	closed bool
}

var _ net.Listener = (*tcpGuard)(nil)

func newTCPGuard(l *net.TCPListener, most int) *tcpGuard {
	return &tcpGuard{TCPListener: l, most: most, open: map[*guardedConn]struct{}{}}
}

// Accept waits for a connection. One that is over the bound is closed: a peer that waited in the queue would only find
// out later.
func (g *tcpGuard) Accept() (net.Conn, error) {
	for {
		tcp, err := g.AcceptTCP()
		if err != nil {
			return nil, err
		}
		c := &guardedConn{TCPConn: tcp, guard: g}
		if g.take(c) {
			return c, nil
		}
		_ = tcp.Close()
	}
}

func (g *tcpGuard) take(c *guardedConn) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed || len(g.open) >= g.most {
		return false
	}
	g.open[c] = struct{}{}
	return true
}

// Close closes the listener and every connection. Pion's mux, which waits for all that it reads from, would else wait
// until the last peer that never said anything has used up its time.
func (g *tcpGuard) Close() error {
	err := g.TCPListener.Close()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	for c := range g.open {
		_ = c.TCPConn.Close()
	}
	return err
}

// guardedConn bounds every write. Without it a peer that stopped reading would hold the goroutines of its session, and
// their end, for as long as TCP goes on retrying.
type guardedConn struct {
	*net.TCPConn
	guard *tcpGuard
}

// Write closes the connection when it fails: part of a packet may have gone, and the framing (RFC 4571) with it.
func (c *guardedConn) Write(b []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(stallTime)); err != nil {
		return 0, err
	}
	n, err := c.TCPConn.Write(b)
	if err != nil {
		_ = c.Close()
	}
	return n, err
}

// Close gives the connection's place to another.
func (c *guardedConn) Close() error {
	c.guard.mu.Lock()
	delete(c.guard.open, c)
	c.guard.mu.Unlock()
	return c.TCPConn.Close()
}
