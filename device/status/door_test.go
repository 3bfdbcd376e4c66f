package status

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const passphrase = "lusab-babad-gutih-tugad"

func says(passphrase string) func() string { return func() string { return passphrase } }

// serveFar runs a server to which everyone is elsewhere, and returns its base URL and a client that follows no redirect and
// keeps no cookie.
func serveFar(t *testing.T, opts Options) (*Server, string, *http.Client) {
	t.Helper()
	c := testCertificate(t, "stage.example")
	opts.Listen, opts.Passphrase, opts.Log = "127.0.0.1:0", says(passphrase), slog.New(slog.DiscardHandler)
	opts.Certificate = func() (*tls.Certificate, error) { return c, nil }
	s, err := newServer(opts, func(netip.Addr) bool { return false })
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(c.Leaf)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "stage.example"}}
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return s, "https://" + s.Addr().String(), client
}

func testCertificate(t *testing.T, name string) *tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{name}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// far asks as somebody from elsewhere; header is pairs of name and value.
func far(t *testing.T, client *http.Client, method, address, body string, header ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
		r.Header.Set(header[i], header[i+1])
	}
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(text)
}

const formType = "application/x-www-form-urlencoded"

func logIn(t *testing.T, client *http.Client, base, query, given string) (*http.Response, string) {
	t.Helper()
	return far(t, client, "POST", base+"/login?"+query, url.Values{"passphrase": {given}}.Encode(),
		"Content-Type", formType, "Origin", base, "Sec-Fetch-Site", "same-origin")
}

// Every path but a few is closed to those who have not said the passphrase, and those few have nothing of the box.
func TestStrangersSeeNothing(t *testing.T) {
	b := &testBox{snapshot: Snapshot{Venue: "Town hall", Title: "hush", Channel: "town-hall"}}
	_, base, client := serveFar(t, Options{Snapshot: b.read, Press: b.press})
	for path, code := range map[string]int{
		"/": 303, "/kiosk": 303, "/healthz": 200, "/login": 200, "/page/style.css": 200, "/page/app.js": 200, "/page/login.html": 404,
		"/metrics": 401, "/api/v1/status": 401, "/api/v1/events": 401, "/api/v1/preview": 401, "/api/v1/log": 401,
		"/api/v1/settings": 401, "/api/v1/bundle": 401, "/nothing": 401, "/page/../api/v1/status": 307, "/login/../metrics": 401,
	} {
		r, body := far(t, client, "GET", base+path, "")
		if r.StatusCode != code && !(code == 307 && r.StatusCode == 401) || strings.Contains(body, "hush") || strings.Contains(body, "Town") {
			t.Errorf("%s: %s %s, want %d", path, r.Status, body, code)
		}
	}
	r, _ := far(t, client, "POST", base+"/api/v1/press", `{"button":"go_live","gesture":"press"}`, "Content-Type", "application/json")
	if r.StatusCode != 401 || len(b.presses) != 0 {
		t.Errorf("a press: %s, %v", r.Status, b.presses)
	}
	if r, _ = far(t, client, "GET", base+"/kiosk?lang=fr", ""); r.Header.Get("Location") != "/login?lang=fr&next=%2Fkiosk" {
		t.Errorf("sent to %s", r.Header.Get("Location"))
	}
}

func TestLogin(t *testing.T) {
	b := &testBox{}
	_, base, client := serveFar(t, Options{Snapshot: b.read, Press: b.press})
	if _, page := far(t, client, "GET", base+"/login?lang=fr", ""); !strings.Contains(page, `<html lang="fr">`) || !strings.Contains(page, "Se connecter") {
		t.Errorf("in French: %s", page)
	}
	if _, page := far(t, client, "GET", base+"/login", "", "Accept-Language", "de-DE,fr;q=0.8"); !strings.Contains(page, `<html lang="fr">`) {
		t.Errorf("by Accept-Language: %s", page)
	}
	if r, page := logIn(t, client, base, "", "lusab"); r.StatusCode != 403 || !strings.Contains(page, "not the passphrase") || len(r.Cookies()) != 0 {
		t.Errorf("wrong: %s %s", r.Status, page)
	}
	if r, _ := far(t, client, "POST", base+"/login", "passphrase="+passphrase, "Content-Type", formType, "Origin", "https://evil.example"); r.StatusCode != 403 || len(r.Cookies()) != 0 {
		t.Errorf("by a foreign page: %s", r.Status)
	}
	for next, to := range map[string]string{"next=%2Fkiosk&lang=fr": "/kiosk?lang=fr", "next=https%3A%2F%2Fevil.example": "/", "next=%2F%2Fevil": "/"} {
		if r, _ := logIn(t, client, base, next, passphrase); r.StatusCode != 303 || r.Header.Get("Location") != to {
			t.Errorf("%s: %s to %s", next, r.Status, r.Header.Get("Location"))
		}
	}
	r, _ := logIn(t, client, base, "", " Lusab babad gutihtugad ") // as people write it
	if r.StatusCode != 303 || len(r.Cookies()) != 1 {
		t.Fatalf("right: %s", r.Status)
	}
	c := r.Cookies()[0]
	if !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || len(c.Value) < 26 || c.Domain != "" {
		t.Errorf("%+v", c)
	}
	with := []string{"Cookie", c.Name + "=" + c.Value}
	if r, _ := far(t, client, "GET", base+"/api/v1/status", "", with...); r.StatusCode != 200 {
		t.Errorf("with the cookie: %s", r.Status)
	}
	press := append([]string{"Content-Type", "application/json", "Origin", base, "Sec-Fetch-Site", "same-origin"}, with...)
	if r, text := far(t, client, "POST", base+"/api/v1/press", `{"button":"go_live","gesture":"press"}`, press...); r.StatusCode != 204 {
		t.Errorf("a press: %s %s", r.Status, text)
	}
	press[3] = strings.Replace(base, "https", "http", 1)
	if r, _ := far(t, client, "POST", base+"/api/v1/press", `{"button":"go_live","gesture":"press"}`, press...); r.StatusCode != 403 {
		t.Errorf("a press by a page of plain http: %s", r.Status)
	}
	if r, _ := far(t, client, "GET", base+"/login", "", with...); r.StatusCode != 303 {
		t.Errorf("the login of one who is in: %s", r.Status)
	}
	far(t, client, "POST", base+"/logout", "", append([]string{"Origin", base}, with...)...)
	if r, _ := far(t, client, "GET", base+"/api/v1/status", "", with...); r.StatusCode != 401 {
		t.Errorf("after the logout: %s", r.Status)
	}
}

func TestProgramsGiveThePassphrase(t *testing.T) {
	b := &testBox{}
	_, base, client := serveFar(t, Options{Snapshot: b.read, Press: b.press})
	basic := func(user, password string) string {
		r := &http.Request{Header: http.Header{}}
		r.SetBasicAuth(user, password)
		return r.Header.Get("Authorization")
	}
	for authorization, code := range map[string]int{
		"Bearer " + passphrase: 200, basic("prometheus", passphrase): 200, basic("", passphrase): 200,
		"Bearer x": 401, basic(passphrase, ""): 401, "Bearer ": 401,
	} {
		r, _ := far(t, client, "GET", base+"/metrics", "", "Authorization", authorization)
		if r.StatusCode != code || code == 401 && r.Header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s: %s", authorization, r.Status)
		}
	}
}

// Guessing soon costs a wait, also with many connections at once, and in a wait the right one is not looked at either.
func TestGuessingCostsWaits(t *testing.T) {
	b := &testBox{}
	s, base, client := serveFar(t, Options{Snapshot: b.read, Press: b.press})
	for i := range freeTries {
		if r, _ := logIn(t, client, base, "", "guess"); r.StatusCode != 403 {
			t.Errorf("try %d: %s", i, r.Status)
		}
	}
	r, page := logIn(t, client, base, "", passphrase)
	if wait, err := strconv.Atoi(r.Header.Get("Retry-After")); r.StatusCode != 429 || err != nil || wait != 1 || !strings.Contains(page, "Too many") {
		t.Errorf("%s %s", r.Status, r.Header)
	}
	if r, _ = far(t, client, "GET", base+"/metrics", "", "Authorization", "Bearer "+passphrase); r.StatusCode != 429 {
		t.Errorf("a program: %s", r.Status)
	}
	var clients sync.WaitGroup
	for range 20 {
		clients.Go(func() { s.door.try(netip.MustParseAddr("192.0.2.9"), "guess") })
	}
	clients.Wait()
	if n := s.door.tries.of[network(netip.MustParseAddr("192.0.2.9"), ownNetwork)].wrong; n != freeTries {
		t.Errorf("%d of 20 guesses at once were looked at", n)
	}
}

func TestPlainHTTPIsSentToTLS(t *testing.T) {
	b := &testBox{}
	_, base, client := serveFar(t, Options{Snapshot: b.read, Press: b.press})
	plain := strings.Replace(base, "https", "http", 1)
	if r, _ := far(t, client, "GET", plain+"/kiosk?lang=fr", ""); r.StatusCode != 307 || r.Header.Get("Location") != base+"/kiosk?lang=fr" {
		t.Errorf("%s to %s", r.Status, r.Header.Get("Location"))
	}
	if r, text := far(t, client, "POST", plain+"/login", "x=y"); r.StatusCode != 400 || !strings.Contains(text, "https://") {
		t.Errorf("POST: %s %s", r.Status, text)
	}
	for _, noise := range []string{"\x00", "SSH-2.0-x\r\n", "GET", "\x16\x03\x01"} { // ended by the client, and by the deadline of the handshake
		c, err := net.Dial("tcp", strings.TrimPrefix(base, "https://"))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(c, noise)
		_ = c.(*net.TCPConn).CloseWrite()
		if answer, _ := io.ReadAll(c); strings.Contains(string(answer), "HTTP") {
			t.Errorf("%q: %q", noise, answer)
		}
		c.Close()
	}
	if r, _ := far(t, client, "GET", base+"/healthz", "", "Host", "stage.example:8080"); r.StatusCode != 200 {
		t.Errorf("the name in the certificate: %s", r.Status)
	}
	if r, _ := far(t, client, "GET", base+"/healthz", "", "Host", "evil.example:8080"); r.StatusCode != 403 {
		t.Errorf("another name: %s", r.Status)
	}
}

// A name that the venue's DNS has for the box will do where TLS and the passphrase guard it; a browser that comes by
// another one is told in words where to go.
func TestNamesOfTheVenue(t *testing.T) {
	b := &testBox{}
	_, base, client := serveFar(t, Options{Snapshot: b.read, Press: b.press})
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	short, _, _ := strings.Cut(strings.ToLower(host), ".")
	for name, code := range map[string]int{
		short + ".lan": 200, strings.ToUpper(short) + ".Hall.Example.:8080": 200, short + "x.lan": 403, "x" + short + ".lan": 403, "x." + short + ".lan": 403,
	} {
		if r, _ := far(t, client, "GET", base+"/healthz", "", "Host", name); r.StatusCode != code {
			t.Errorf("%s: %s, want %d", name, r.Status, code)
		}
	}
	r, text := far(t, client, "GET", base+"/", "", "Host", "evil.example", "Accept", "text/html,application/xml;q=0.9")
	if r.StatusCode != 403 || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/plain") || !strings.Contains(text, base+"/\n") ||
		!strings.Contains(text, "https://"+short+".local:") || strings.Contains(text, "evil") {
		t.Errorf("%s %s: %s", r.Status, r.Header, text)
	}
}

func TestBeyondThisComputerNeedsBoth(t *testing.T) {
	b := &testBox{}
	for name, opts := range map[string]Options{
		"neither":        {},
		"no passphrase":  {Passphrase: says(" - "), Certificate: func() (*tls.Certificate, error) { return nil, nil }},
		"no certificate": {Passphrase: says(passphrase)},
	} {
		opts.Listen, opts.Snapshot, opts.Press = ":0", b.read, b.press
		if _, err := New(opts); err == nil {
			t.Errorf("%s: it listens", name)
		}
	}
}

// The next server of a program knows who was let in by the one before.
func TestSessionOutlivesServer(t *testing.T) {
	b := &testBox{}
	visitors := new(Visitors)
	_, base, client := serveFar(t, Options{Snapshot: b.read, Press: b.press, Visitors: visitors})
	r, _ := logIn(t, client, base, "", "LUSAB\u00a0babad\u2013gutih-tugad ") // as a mail program has it
	if len(r.Cookies()) != 1 {
		t.Fatalf("%s %s", r.Status, r.Header)
	}
	key := r.Cookies()[0]
	for name, c := range map[string]struct {
		visitors *Visitors
		code     int
	}{"the next one": {visitors, 200}, "another program's": {nil, 401}} {
		_, base, client := serveFar(t, Options{Snapshot: b.read, Press: b.press, Visitors: c.visitors})
		if r, _ := far(t, client, "GET", base+"/api/v1/status", "", "Cookie", key.Name+"="+key.Value); r.StatusCode != c.code {
			t.Errorf("%s: %s", name, r.Status)
		}
	}
	_, base, client = serveFar(t, Options{Snapshot: b.read, Press: b.press})
	if r, _ := far(t, client, "GET", base+"/metrics", "", "Authorization", "bearer "+passphrase); r.StatusCode != 200 {
		t.Errorf("the scheme in small letters: %s", r.Status)
	}
}
