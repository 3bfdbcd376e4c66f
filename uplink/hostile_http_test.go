package uplink_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"vigie/uplink"
	"vigie/uplink/uplinktest"
)

const relayName = "relay.vigie.example"

// venue is a stage whose relay is found by name and speaks TLS, and what can be wrong between the two.
type venue struct {
	*stage
	names *uplinktest.NameServer
	cert  atomic.Pointer[tls.Certificate] // that is presented in the relay's place
	right *tls.Certificate
	hotel atomic.Int32 // requests that the log-in page got, at the relay's port of 127.0.0.2
}

// certificate makes one for a name that is its own CA.
func certificate(t *testing.T, name string, until time.Time) *tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 2)},
		NotBefore: time.Now().AddDate(-1, 0, 0), NotAfter: until, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, _ := x509.ParseCertificate(der)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// serveTLS serves h at an address with the certificate of the moment.
func serveTLS(t *testing.T, address string, h http.Handler, cert func() *tls.Certificate) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	s.Listener.Close()
	s.Listener = l
	s.Config.ErrorLog = quietLog
	s.TLS = &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return cert(), nil }}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// newVenue begins a show in which something is wrong.
func newVenue(t *testing.T, b uplinktest.Behaviour, wrong func(*venue)) *venue {
	t.Helper()
	year := time.Now().AddDate(1, 0, 0)
	v := &venue{right: certificate(t, relayName, year)}
	v.cert.Store(v.right)
	var err error
	if v.names, err = uplinktest.NewNameServer("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.names.Close() })
	v.names.Answer(netip.MustParseAddr("127.0.0.1"))
	v.stage = newStage(t, b, func(o *uplink.Options) {
		serve := func(h http.Handler) *httptest.Server {
			return serveTLS(t, "127.0.0.1:0", h, func() *tls.Certificate { return v.cert.Load() })
		}
		front(t, serve, o, func(next http.Handler) http.Handler { return next })
		port := o.Client.Endpoint.Port()
		hotel := certificate(t, "hotel.example", year)
		page := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { v.hotel.Add(1) })
		serveTLS(t, "127.0.0.2:"+port, page, func() *tls.Certificate { return hotel })
		o.Client.Endpoint = &url.URL{Scheme: "https", Host: relayName + ".:" + port, Path: o.Client.Endpoint.Path}
		roots := x509.NewCertPool()
		roots.AddCert(v.right.Leaf)
		o.Client.HTTP = &http.Client{Transport: &http.Transport{
			DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: roots},
			DialContext: (&net.Dialer{Resolver: v.names.Resolver()}).DialContext,
		}}
		if wrong != nil {
			wrong(v)
		}
	})
	return v
}

// TestBackWhenItIsOver holds of what may be wrong with a relay's HTTP, and with the way to it, that it is said in words
// which tell what to do, that no token goes anywhere else, and that the show begins by itself when it is over.
func TestBackWhenItIsOver(t *testing.T) {
	t.Parallel()
	const within, slowly = 5 * time.Second, 20 * time.Second // a refusal is tried again each 15 s
	portal := netip.MustParseAddr("127.0.0.2")
	for name, c := range map[string]struct {
		b     uplinktest.Behaviour
		wrong func(*venue)
		text  string
		back  time.Duration
	}{
		"5 MB of SDP":              {uplinktest.Behaviour{Huge: true}, nil, "longer than 256 kB", within},
		"a body that never comes":  {uplinktest.Behaviour{Endless: true}, nil, "its end did not come in time", within},
		"a body that never ends":   {uplinktest.Behaviour{Drip: true}, nil, "its end did not come in time", within},
		"no answer":                {uplinktest.Behaviour{Hang: true}, nil, "does not answer in time", within},
		"a circle of redirects":    {uplinktest.Behaviour{Redirect: "/whip/main-stage"}, nil, "redirects more than 5 times: check relay.url", within},
		"a redirect to the log-in": {uplinktest.Behaviour{Redirect: "https://127.0.0.2/", RedirectCode: 302}, nil, "a log-in first (a captive portal)", within},
		"a page":                   {uplinktest.Behaviour{Page: true}, nil, "a log-in first (a captive portal)", within},
		"another codec":            {uplinktest.Behaviour{Codec: "VP8"}, nil, "does not take our picture (H.264", slowly},
		"an expired certificate": {wrong: func(v *venue) { v.cert.Store(certificate(t, relayName, time.Now().AddDate(0, 0, -1))) },
			text: "its certificate has expired on", back: within},
		"a foreign certificate": {wrong: func(v *venue) { v.cert.Store(certificate(t, relayName, time.Now().AddDate(0, 0, 1))) },
			text: "a CA of your own is named by relay.ca_file", back: within},
		"the log-in's address from DNS": {wrong: func(v *venue) { v.names.Answer(portal) }, text: "its page may have answered instead", back: within},
		"no such name":                  {wrong: func(v *venue) { v.names.Fail(uplinktest.NoSuchName) }, text: "its name is not known in this network (DNS)", back: within},
		"a name server that fails":      {wrong: func(v *venue) { v.names.Fail(uplinktest.ServerFailure) }, text: "the name server of this network does not help (DNS)", back: within},
		"a name server that hangs":      {wrong: func(v *venue) { v.names.Hang() }, text: "the name server of this network does not answer (DNS)", back: within},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := newVenue(t, c.b, c.wrong)
			v.play()
			lost := v.isLost(c.text, 15*time.Second)
			if lost.Refused != (c.back == slowly) || strings.Contains(lost.Err.Error(), token) {
				t.Errorf("%+v", lost)
			}
			v.names.Answer(netip.MustParseAddr("127.0.0.1"))
			v.cert.Store(v.right)
			v.relay.Set(quick)
			next[uplink.Confirmed](v.stage, c.back)
			if n := v.hotel.Load(); n != 0 {
				t.Errorf("%d requests went to the log-in page", n)
			}
		})
	}
}

// The answer's payload types are the ones to send (RFC 3264, 5.1), a profile that includes ours is no reason to stop, and
// without the sound there is still a show.
func TestAnswersThatChangeCodecs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change       []string // pairs, of what becomes of the answer
		video, audio uint8    // payload types that arrive
		refused      bool
	}{
		"payload types change places": {change: []string{"102", "111", "111", "102"}, video: 111, audio: 102},
		"another profile":             {change: []string{"42e01f", "640032"}, video: 102, audio: 111},
		"sound in another codec":      {change: []string{"opus/48000", "PCMU/8000"}, video: 102},
		"sound at another rate":       {change: []string{"opus/48000", "opus/16000"}, video: 102},
		"no fragments":                {change: []string{"packetization-mode=1", "packetization-mode=0"}, refused: true},
		"the picture is rejected":     {change: []string{"m=video 9", "m=video 0"}, refused: true},
		"sections change places":      {change: []string{"m=video", "m=audio", "m=audio", "m=video"}, refused: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := quick
			b.Rewrite = strings.NewReplacer(c.change...).Replace
			s := newStage(t, b)
			s.play()
			if c.refused {
				if lost := s.isLost("does not take our picture (H.264", 5*time.Second); !lost.Refused {
					t.Errorf("%+v", lost)
				}
				s.request("DELETE", 1)
				return
			}
			next[uplink.Confirmed](s, 5*time.Second)
			got := map[bool]uint8{}
			for range 30 {
				p := s.packet(func(uplinktest.Packet) bool { return true })
				got[p.Video] = p.PayloadType
			}
			if got[true] != c.video || got[false] != c.audio {
				t.Errorf("payload types %v", got)
			}
			s.neverLost()
		})
	}
}

// However often an attempt fails, nothing stays of it.
func TestFailuresLeaveNothing(t *testing.T) {
	for name, b := range map[string]uplinktest.Behaviour{
		"5 MB of SDP": {Huge: true}, "a page": {Page: true}, "hangs up": {HangUp: true}, "another codec": {Codec: "VP8"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, uplinktest.Behaviour{Status: 401}, unkept)
			refused := func() {
				for !strings.Contains(next[uplink.Lost](s, 10*time.Second).Err.Error(), "(401)") {
				}
			}
			refused()
			check := holds(t)
			s.relay.Set(b)
			for range 20 {
				s.uplink.Retry()
				next[uplink.Lost](s, 10*time.Second)
			}
			s.relay.Set(uplinktest.Behaviour{Status: 401})
			s.uplink.Retry()
			refused()
			s.relay.HangUp() // on a session whose DELETE it refused, too
			check()
		})
	}
}
