package whip

import (
	"crypto/x509"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestAdvice holds that what is said to be done fits what is wrong, and that no text has the system's words for it, too.
func TestAdvice(t *testing.T) {
	answers := func(code int) *Client {
		return relay(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) })
	}
	bare := answers(401)
	bare.Token = ""
	plain := relay(t, nil)
	plain.Endpoint.Scheme = "https"
	downgrade := &Client{Endpoint: &url.URL{Scheme: "https", Host: "relay.example"}, HTTP: &http.Client{Transport: redirects("http://relay.example/")}}
	for name, c := range map[string]struct {
		client *Client
		want   string
	}{
		"500": {answers(500), "Tell the relay's operator"}, "503": {answers(503), "Tell the relay's operator"},
		"404": {answers(404), "Look at relay.url"}, "401": {answers(401), "the token that the relay's operator gives"},
		"no token": {bare, "Name the file"}, "302": {answers(302), "Log this box in"}, "511": {answers(511), "Log this box in"},
		"certificate": {certified(t, false, func(*x509.Certificate) {}), "clock"}, "no TLS": {plain, "Look at relay.url"},
		"from https to http":       {downgrade, "Look at relay.url"},
		"nobody":                   {&Client{Endpoint: &url.URL{Scheme: "http", Host: "127.0.0.1:1"}}, "See that the relay runs"},
		"no name":                  {nameServer(t, func(q []byte) []byte { q[2], q[3] = 0x81, 0x83; return q }), "name server"},
		"a name server in trouble": {nameServer(t, func(q []byte) []byte { q[2], q[3] = 0x81, 0x82; return q }), "name server"},
	} {
		err := c.client.Probe(t.Context())
		var knows interface{ Advice() string }
		if !errors.As(err, &knows) || !strings.Contains(knows.Advice(), c.want) {
			t.Errorf("%s: %v, want the advice %q", name, err, c.want)
		} else if text := err.Error() + knows.Advice(); strings.Contains(text, "dial") || strings.Contains(text, "lookup") ||
			!strings.HasPrefix(text, "the relay ") {
			t.Errorf("%s: it says %s", name, text)
		}
	}
}

// redirects answers everything with one, to itself.
type redirects string

func (r redirects) RoundTrip(req *http.Request) (*http.Response, error) {
	h := http.Header{"Location": {string(r)}}
	return &http.Response{StatusCode: http.StatusTemporaryRedirect, Header: h, Body: http.NoBody, Request: req}, nil
}
