package relay

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"testing"
	"time"
)

// Connections on which nothing is ever said, as browsers and scanners open them, do not hold the relay up.
func TestSilentConnectionsDoNotHoldTheEnd(t *testing.T) {
	r, err := New(Options{Listen: "127.0.0.1:0", Token: token, Channel: "stage"})
	check(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	go func() { ran <- r.Run(ctx) }()
	for _, address := range []string{r.Addr().String(), r.sockets.tcp.Addr().String()} {
		c, err := net.Dial("tcp", address)
		check(t, err)
		defer c.Close()
	}
	eventually(t, "the media connection is accepted", func() bool {
		r.sockets.tcp.mu.Lock()
		defer r.sockets.tcp.mu.Unlock()
		return len(r.sockets.tcp.open) == 1
	})
	request(t, http.MethodGet, "http://"+r.Addr().String()+"/stage", "") // it is accepted after the silent one
	cancel()
	select {
	case err := <-ran:
		check(t, err)
	case <-time.After(closeTime / 2):
		t.Errorf("Run goes on %v after its end", closeTime/2)
		check(t, <-ran)
	}
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
}

func TestMediaConnectionsAreBounded(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	g := newTCPGuard(l.(*net.TCPListener), 1)
	defer g.Close()
	accepted, over := make(chan net.Conn), make(chan struct{})
	go func() {
		defer close(over)
		for c, err := g.Accept(); err == nil; c, err = g.Accept() {
			accepted <- c
		}
	}()
	dial := func() net.Conn {
		c, err := net.Dial("tcp", l.Addr().String())
		check(t, err)
		t.Cleanup(func() { _ = c.Close() })
		check(t, c.SetReadDeadline(time.Now().Add(10*time.Second)))
		return c
	}
	closed := func(c net.Conn) bool {
		_, err := c.Read(make([]byte, 1))
		return err != nil && !errors.Is(err, os.ErrDeadlineExceeded)
	}
	next := func() net.Conn {
		t.Helper()
		select {
		case c := <-accepted:
			return c
		case <-time.After(10 * time.Second):
			t.Fatal("a connection within the bound is not accepted")
			return nil
		}
	}
	dial()
	first := next()
	if !closed(dial()) {
		t.Error("a connection over the bound is open")
	}
	check(t, first.Close())
	third := dial()
	next()
	check(t, g.Close())
	if !closed(third) {
		t.Error("a connection outlives the listener")
	}
	<-over
}

func TestWebConnectionsAreBounded(t *testing.T) {
	r, _ := start(t)
	dial := func() net.Conn {
		c, err := net.Dial("tcp", r.Addr().String())
		check(t, err)
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	first := dial()
	for range maxConns - 1 {
		dial()
	}
	late := dial()
	_, err := io.WriteString(late, "GET /stage HTTP/1.0\r\n\r\n")
	check(t, err)
	check(t, late.SetReadDeadline(time.Now().Add(200*time.Millisecond)))
	if _, err := late.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a connection over the bound is answered: %v", err)
	}
	check(t, first.Close())
	check(t, late.SetReadDeadline(time.Now().Add(10*time.Second)))
	if _, err := late.Read(make([]byte, 1)); err != nil {
		t.Errorf("a place that was given back is not used: %v", err)
	}
}
