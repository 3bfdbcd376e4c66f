package status

import (
	"net"
	"net/netip"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
)

// crowd bounds how many connections are open: all, and those of one address, so that one stranger leaves room for the rest.
// This computer has room of its own: nobody in the network takes the page from its screen. Who finds no room is hung up
// on, as it shows only on an accepted connection whose it is.
type crowd struct {
	net.Listener
	near    func(netip.Addr) bool
	refused prometheus.Counter

	mu   sync.Mutex
	here int // connections of this computer
	far  int // of all others
	of   map[netip.Prefix]int
}

func newCrowd(l net.Listener, near func(netip.Addr) bool, refused prometheus.Counter) *crowd {
	return &crowd{Listener: l, near: near, refused: refused, of: make(map[netip.Prefix]int)}
}

// Accept waits for a connection that there is room for.
func (c *crowd) Accept() (net.Conn, error) {
	for {
		conn, err := c.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if leave, ok := c.enter(addrOf(conn)); ok {
			return &guest{Conn: conn, leave: leave}, nil
		}
		c.refused.Inc()
		_ = conn.Close()
	}
}

func addrOf(c net.Conn) netip.Addr {
	if a, ok := c.RemoteAddr().(*net.TCPAddr); ok {
		return a.AddrPort().Addr()
	}
	return netip.Addr{}
}

// enter takes a place, which leave gives back. False: there is none.
func (c *crowd) enter(from netip.Addr) (leave func(), ok bool) {
	near, who := c.near(from), network(from, ownNetwork)
	c.mu.Lock()
	defer c.mu.Unlock()
	if near {
		if c.here >= maxConnections {
			return nil, false
		}
		c.here++
		return func() { c.mu.Lock(); defer c.mu.Unlock(); c.here-- }, true
	}
	if c.far >= maxConnections || c.of[who] >= maxOfOne {
		return nil, false
	}
	c.far++
	c.of[who]++
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.far--
		if c.of[who]--; c.of[who] == 0 {
			delete(c.of, who)
		}
	}, true
}

// guest is a connection that has a place.
type guest struct {
	net.Conn
	once  sync.Once
	leave func()
}

// Close gives the place back.
func (g *guest) Close() error {
	err := g.Conn.Close()
	g.once.Do(g.leave)
	return err
}
