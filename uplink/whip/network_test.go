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

// overTLS serves h with TLS and HTTP/2 behind a path, to a client whose HTTP is nil.
func overTLS(t *testing.T, h http.HandlerFunc) (*Client, *path) {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 2 {
			t.Errorf("%s by %s, want HTTP/2", r.Method, r.Proto)
		}
		h(w, r)
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	p := newPath(t, s.Listener.Addr().String())

	transport := unshared()
	transport.TLSClientConfig = &tls.Config{RootCAs: x509.NewCertPool()}
	transport.TLSClientConfig.RootCAs.AddCert(s.Certificate())
	was := direct
	direct = &http.Client{Transport: transport}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
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
