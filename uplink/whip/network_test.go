package whip

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"
)

// path is a TCP proxy: the network between box and relay. When it changes, the connections that stand carry nothing any
// more, without a word, and new ones do.
type path struct {
	net.Listener
	to string
	wg sync.WaitGroup

	mu    sync.Mutex
	lost  chan struct{} // closed when the network changes
	conns []net.Conn
}

func newPath(t *testing.T, to string) *path {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &path{Listener: l, to: to, lost: make(chan struct{})}
	p.wg.Go(p.serve)
	t.Cleanup(func() {
		l.Close()
		p.mu.Lock()
		for _, c := range p.conns {
			c.Close()
		}
		p.mu.Unlock()
		p.wg.Wait()
	})
	return p
}

func (p *path) serve() {
	for {
		near, err := p.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", p.to)
		if err != nil {
			near.Close()
			continue
		}
		p.mu.Lock()
		p.conns = append(p.conns, near, far)
		lost := p.lost
		p.mu.Unlock()
		p.wg.Go(func() { carry(far, near, lost) })
		p.wg.Go(func() { carry(near, far, lost) })
	}
}

// carry copies until lost is closed; what comes then vanishes, the end of the connection too.
func carry(to, from net.Conn, lost chan struct{}) {
	buf := make([]byte, 4096)
	for {
		n, err := from.Read(buf)
		select {
		case <-lost:
			_, _ = io.Copy(io.Discard, from)
			return
		default:
		}
		if _, werr := to.Write(buf[:n]); err != nil || werr != nil {
			to.Close()
			return
		}
	}
}

func (p *path) change() {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.lost)
	p.lost = make(chan struct{})
}

// made is how many connections there were.
func (p *path) made() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.conns) / 2
}

// hangUp closes all connections, without a word of TLS.
func (p *path) hangUp() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		c.Close()
	}
}

// overTLS serves h with TLS and HTTP/2 behind a path, to a client whose HTTP is nil.
func overTLS(t *testing.T, h http.HandlerFunc) (*Client, *path) {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "DELETE" && r.ProtoMajor != 2 {
			t.Errorf("%s by %s, want HTTP/2", r.Method, r.Proto)
		}
		h(w, r)
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	p := newPath(t, s.Listener.Addr().String())

	trust := &tls.Config{RootCAs: x509.NewCertPool()}
	trust.RootCAs.AddCert(s.Certificate())
	transport := newTransport(trust)
	transport.patience = 100 * time.Millisecond
	was := direct
	direct = &http.Client{Transport: transport}
	t.Cleanup(func() {
		transport.kept.CloseIdleConnections()
		direct = was
	})
	u := &url.URL{Scheme: "https", Host: p.Addr().String(), Path: "/whip/stage"}
	return &Client{Endpoint: u, Token: token}, p
}

func TestRequestsOutliveTheirNetwork(t *testing.T) {
	c, network := overTLS(t, created("/session/1"))
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	s, err := c.Publish(ctx, "v=0")
	if err != nil {
		t.Fatal(err)
	}
	network.change()
	if err := s.Delete(ctx); err != nil {
		t.Errorf("after the network changed: %v", err)
	}
	network.change()
	if _, err := c.Publish(ctx, "v=0"); err != nil {
		t.Errorf("after the network changed: %v", err)
	}
}

// The offer is spared the round trips of TCP and TLS, once for each probe.
func TestPublishOnTheProbesConnection(t *testing.T) {
	answer := created("/session/1")
	c, network := overTLS(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "GET" {
			http.Error(w, "a WHIP endpoint", http.StatusMethodNotAllowed)
			return
		}
		answer(w, r)
	})
	for i, want := range []int{1, 2, 3} { // connections: the probe's and the offer's; another offer's; another probe's
		if i != 1 {
			if err := c.Probe(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := c.Publish(t.Context(), "v=0"); err != nil {
			t.Fatal(err)
		}
		if got := network.made(); got != want {
			t.Errorf("%d connections after %d offers, want %d", got, i+1, want)
		}
	}
}

// The probe's connection is not believed: in a new network, and where the relay closed it, the offer goes by another.
func TestPublishOutlivesTheProbesConnection(t *testing.T) {
	answer := created("/session/1")
	c, network := overTLS(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "GET" {
			http.Error(w, "a WHIP endpoint", http.StatusMethodNotAllowed)
			return
		}
		answer(w, r)
	})
	for what, happens := range map[string]func(){"changed": network.change, "closed": network.hangUp} {
		if err := c.Probe(t.Context()); err != nil {
			t.Fatal(err)
		}
		before := network.made()
		happens()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		if _, err := c.Publish(ctx, "v=0"); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		cancel()
		if got := network.made() - before; got != 1 {
			t.Errorf("%s: %d new connections, want 1", what, got)
		}
	}
}

// A request that hangs in the old network holds none up in the new one.
func TestRequestsDoNotWaitForEachOther(t *testing.T) {
	asked, answer := make(chan struct{}, 1), make(chan struct{})
	c, network := overTLS(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "POST" {
			_, _ = io.Copy(io.Discard, r.Body)
			asked <- struct{}{}
			<-answer
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	var hanging sync.WaitGroup
	hanging.Go(func() { _, _ = c.Publish(ctx, "v=0") })
	select {
	case <-asked:
	case <-ctx.Done():
		t.Fatal("the relay was not asked")
	}
	network.change()
	if err := c.Probe(ctx); err != nil {
		t.Error(err)
	}
	cancel()
	close(answer)
	hanging.Wait()
}
