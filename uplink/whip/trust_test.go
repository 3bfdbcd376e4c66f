package whip

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// certified serves with a certificate of its own making and returns a client that trusts it if it may.
func certified(t *testing.T, trusted bool, change func(*x509.Certificate)) *Client {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cert := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "relay"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	change(cert)
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(created("/session/1"))
	s.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	s.Config.ErrorLog = quiet
	s.StartTLS()
	t.Cleanup(s.Close)
	transport := unshared()
	transport.TLSClientConfig = &tls.Config{RootCAs: x509.NewCertPool()}
	if trusted {
		parsed, _ := x509.ParseCertificate(der)
		transport.TLSClientConfig.RootCAs.AddCert(parsed)
	}
	u, _ := url.Parse(s.URL + "/whip/stage")
	return &Client{Endpoint: u, Token: token, HTTP: &http.Client{Transport: transport}}
}

// A certificate that is not right is said in words that somebody at the venue can act on.
func TestCertificates(t *testing.T) {
	for name, c := range map[string]struct {
		trusted bool
		change  func(*x509.Certificate)
		text    string
	}{
		"right":   {true, func(*x509.Certificate) {}, ""},
		"foreign": {false, func(*x509.Certificate) {}, "cannot be trusted: its certificate is signed by nobody this box knows"},
		"expired": {true, func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = time.Now().AddDate(-2, 0, 0), time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
		}, "its certificate has expired on 2 January 2026, and this box's clock says "},
		"not yet valid": {true, func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = time.Date(2096, 1, 2, 0, 0, 0, 0, time.UTC), time.Date(2097, 1, 2, 0, 0, 0, 0, time.UTC)
		}, "its certificate is not valid before 2 January 2096, and this box's clock says "},
		"another's": {true, func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(192, 0, 2, 1)} },
			"its certificate is for another name"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := certified(t, c.trusted, c.change).Publish(t.Context(), "v=0")
			if c.text == "" && err != nil || c.text != "" && (err == nil || !strings.Contains(err.Error(), c.text)) {
				t.Errorf("%v, want %q", err, c.text)
			}
		})
	}
	plain := relay(t, created("/session/1"))
	plain.Endpoint.Scheme = "https"
	if _, err := plain.Publish(t.Context(), "v=0"); err == nil || !strings.Contains(err.Error(), "does not speak TLS") {
		t.Error(err)
	}
}

// nameServer answers every query with answer, which may be nil to say nothing at all.
func nameServer(t *testing.T, answer func([]byte) []byte) *Client {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			if b := answer(buf[:n]); b != nil {
				_, _ = conn.WriteTo(b, from)
			}
		}
	}()
	t.Cleanup(func() { conn.Close(); <-done })
	transport := unshared()
	transport.DialContext = (&net.Dialer{Resolver: &net.Resolver{
		PreferGo: true,
		Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
		},
	}}).DialContext
	u := &url.URL{Scheme: "https", Host: "relay.vigie.example.", Path: "/whip"}
	return &Client{Endpoint: u, Token: token, HTTP: &http.Client{Transport: transport}}
}

func TestNames(t *testing.T) {
	unknown := nameServer(t, func(q []byte) []byte {
		q[2], q[3] = 0x81, 0x83 // an answer: there is no such name (RFC 1035, 4.1.1)
		return q
	})
	if _, err := unknown.Publish(t.Context(), "v=0"); err == nil || !strings.Contains(err.Error(), "its name is not known in this network (DNS)") {
		t.Error(err)
	}
	silent := nameServer(t, func([]byte) []byte { return nil })
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := silent.Publish(ctx, "v=0")
	if err == nil || !strings.Contains(err.Error(), "the name server of this network does not answer (DNS)") {
		t.Error(err)
	}
	if d := time.Since(began); d > 5*time.Second {
		t.Errorf("it took %v", d)
	}
}

// A network that wants a log-in first answers in the relay's place: with a page, or with a redirect to one.
func TestCaptivePortal(t *testing.T) {
	page := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, "<html>Welcome to the hotel")
	}
	portal := httptest.NewServer(http.HandlerFunc(page))
	t.Cleanup(portal.Close)
	away := strings.Replace(portal.URL, "127.0.0.1", "localhost", 1)
	for name, h := range map[string]http.HandlerFunc{
		"a page": page,
		"302":    func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, away, http.StatusFound) },
		"303":    func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, away, http.StatusSeeOther) },
		"307 to a page": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, portal.URL, http.StatusTemporaryRedirect)
		},
		"511 (RFC 6585)": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(511) },
	} {
		c := relay(t, h)
		_, err := c.Publish(t.Context(), "v=0")
		if err == nil || !strings.Contains(err.Error(), "log-in") {
			t.Errorf("%s: %v", name, err)
		}
		if err := c.Probe(t.Context()); err == nil || !strings.Contains(err.Error(), "log-in") {
			t.Errorf("%s: the probe says %v", name, err)
		}
	}
}

// quiet is for a server whose clients hang up on its certificate.
var quiet = log.New(io.Discard, "", 0)
