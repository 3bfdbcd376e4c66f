package status

import (
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"
)

// crowd bounds how many connections are open: all, and those of one address, so that one stranger leaves room for the rest;
// and how many come, as a TLS handshake costs what a picture costs. Strangers with many addresses leave places for the
// addresses that somebody was let in from. This computer has room of its own: nobody in the network takes the page from its
// screen. Who finds no room is hung up on, as it shows only on an accepted connection whose it is.
type crowd struct {
	net.Listener
	near    func(netip.Addr) bool
	guests  *guests
	refused prometheus.Counter
	log     *slog.Logger

	mu        sync.Mutex
	here      int // connections of this computer
	far       int // of all others
	of        map[netip.Prefix]int
	strangers *rate.Limiter
	told      time.Time
}

func newCrowd(l net.Listener, near func(netip.Addr) bool, guests *guests, refused prometheus.Counter, log *slog.Logger) *crowd {
	return &crowd{Listener: l, near: near, guests: guests, refused: refused, log: log, of: make(map[netip.Prefix]int),
		strangers: rate.NewLimiter(strangersRate, maxConnections)}
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
		c.tell()
	}
}

// tell has the journal know that the page is crowded, once a minute at most.
func (c *crowd) tell() {
	c.mu.Lock()
	due := time.Since(c.told) >= toldEvery
	if due {
		c.told = time.Now()
	}
	c.mu.Unlock()
	if due {
		c.log.Warn("the status page refuses connections: somebody opens more than it has places for. Who is logged in has places of " +
			"their own. If this stays, take the box out of the guests' network, or status.listen back to 127.0.0.1:8080")
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
	room, guest := maxConnections, c.guests.knows(who)
	if !guest {
		room -= keptPlaces
	}
	if c.far >= room || c.of[who] >= maxOfOne || !guest && !c.strangers.Allow() {
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
