package status

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// secure has everyone but this computer speak TLS. This computer speaks plain HTTP, whatever else the listener is for: a
// kiosk's screen, a tunnel and a script on the box need neither certificate nor passphrase.
type secure struct {
	net.Listener
	near   func(netip.Addr) bool
	config *tls.Config
}

func newSecure(l net.Listener, near func(netip.Addr) bool, certificate func() (*tls.Certificate, error)) secure {
	return secure{l, near, &tls.Config{
		NextProtos:     []string{"http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return certificate() },
	}}
}

// Accept never waits for the client to speak: the handshake is the first thing that a connection's own goroutine does.
func (s secure) Accept() (net.Conn, error) {
	c, err := s.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if a, ok := c.RemoteAddr().(*net.TCPAddr); ok && s.near(a.AddrPort().Addr()) {
		return c, nil
	}
	return tls.Server(&caller{Conn: c}, s.config), nil
}

// caller is a connection from elsewhere. One who speaks HTTP where TLS is due is told where to go, as people write no
// https:// in front of an address.
type caller struct {
	net.Conn
	heard bool
}

// Read implements net.Conn. A TLS connection begins with a record of the type handshake (RFC 8446, 5.1).
func (c *caller) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if c.heard || n == 0 {
		return n, err
	}
	c.heard = true
	if b[0] != 22 {
		c.direct(b[:n])
		return 0, io.EOF
	}
	return n, err
}

// direct answers a request that began with these bytes. The server has set the connection's deadlines.
func (c *caller) direct(begin []byte) {
	rest := io.MultiReader(bytes.NewReader(begin), io.LimitReader(c.Conn, maxHeader))
	r, err := http.ReadRequest(bufio.NewReader(rest))
	if err != nil {
		return // no HTTP either
	}
	const text = "This page is served by https:// alone.\n"
	answer := http.Response{
		StatusCode: http.StatusBadRequest, ProtoMajor: 1, ProtoMinor: 1, Request: r, Close: true,
		Header:        http.Header{"Content-Type": {"text/plain; charset=utf-8"}, "Cache-Control": {"no-store"}},
		ContentLength: int64(len(text)), Body: io.NopCloser(strings.NewReader(text)),
	}
	if r.Method == http.MethodGet && r.Host != "" {
		answer.StatusCode = http.StatusTemporaryRedirect
		answer.Header.Set("Location", "https://"+r.Host+r.URL.RequestURI())
	}
	_ = answer.Write(c.Conn) // who does not read it is no concern of ours
}

// errorLog takes what net/http has to say. Handshakes that fail are the daily bread of a certificate that a browser does
// not know, and of whoever scans the network.
type errorLog struct{ log *slog.Logger }

// Write implements io.Writer.
func (e errorLog) Write(line []byte) (int, error) {
	text, level := strings.TrimSpace(string(line)), slog.LevelWarn
	if strings.HasPrefix(text, "http: TLS handshake error") {
		level = slog.LevelDebug
	}
	e.log.Log(context.Background(), level, text)
	return len(line), nil
}
