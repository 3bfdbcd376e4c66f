package whip

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// What bodies are (RFC 9725, 4.2 and 4.3.1).
const (
	typeSDP      = "application/sdp"
	typeFragment = "application/trickle-ice-sdpfrag"
)

// maxHeader bounds a response's header, which holds ICE servers at the most.
const maxHeader = 64 << 10

// direct is what a Client uses where it is given none.
var direct = HTTPClient(nil)

// HTTPClient is what a Client uses where it is given none, with another way to verify the relay. It makes a connection
// for each request, but for a POST that follows a probe.
func HTTPClient(trust *tls.Config) *http.Client {
	return &http.Client{Transport: newTransport(trust)}
}

func unshared() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.DisableKeepAlives = true
	t.MaxResponseHeaderBytes = maxHeader
	return t
}

// message is what a request says. Only the URL differs from one redirect to the next.
type message struct {
	method string
	body   string
	kind   string // of body
	match  string // If-Match; "" for none
}

// do sends one request and follows its redirects by policy: 307 and 308 alone, which keep the method and the body
// (RFC 9725, 4.5; 301 to 303 are answers like any other), five at most, never from https to http.
func (c *Client) do(ctx context.Context, to *url.URL, m message) (*http.Response, error) {
	for range maxRedirects + 1 {
		resp, err := c.send(ctx, to, m)
		if err != nil {
			return nil, err
		}
		if code := resp.StatusCode; code != http.StatusTemporaryRedirect && code != http.StatusPermanentRedirect {
			return resp, nil
		}
		resp.Body.Close()
		if to, err = resolve(to, resp.Header.Get("Location")); err != nil {
			return nil, &failure{ofAddress, fmt.Sprintf("the relay at %s redirects: %v", c.Endpoint.Host, err), err}
		}
	}
	return nil, &failure{kind: ofAddress,
		text: fmt.Sprintf("the relay at %s redirects more than %d times: check relay.url", c.Endpoint.Host, maxRedirects)}
}

func (c *Client) send(ctx context.Context, to *url.URL, m message) (*http.Response, error) {
	ctx = traced(ctx)
	req, err := http.NewRequestWithContext(ctx, m.method, to.String(), strings.NewReader(m.body))
	if err != nil {
		return nil, c.explain(ctx, err)
	}
	// Built by URL, a request would carry the URL's user and password as an Authorization of its own.
	req.URL.User = nil
	if m.body != "" {
		req.Header.Set("Content-Type", m.kind)
		req.Header.Set("Accept", m.kind)
	}
	if m.match != "" {
		req.Header.Set("If-Match", m.match)
	}
	if sameOrigin(to, c.Endpoint) {
		if c.Token != "" {
			req.Header.Set("Authorization", "Bearer "+c.Token)
		}
		if c.Box != "" {
			req.Header.Set("Vigie-Box", c.Box)
		}
	}
	h := direct
	if c.HTTP != nil {
		h = c.HTTP
	}
	once := *h // its redirects are ours to follow
	once.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := once.Do(req)
	if err == nil && resp.StatusCode/100 != 2 && ctx.Err() != nil {
		// A proxy in front of a relay that hangs sees us go, and says 502 or 504 of that while we still listen.
		resp.Body.Close()
		err = ctx.Err()
	}
	if err != nil {
		f := c.explain(ctx, err)
		f.text = "the relay at " + to.Host + " " + f.text
		return nil, f
	}
	return resp, nil
}

// resolve finds where a Location points, seen from the URL that sent it.
func resolve(from *url.URL, location string) (*url.URL, error) {
	to, err := from.Parse(location)
	switch {
	case location == "":
		return nil, errors.New("it sends no Location")
	case err != nil:
		return nil, errors.New("its Location is not a URL") // without the text, which is not ours
	case to.Scheme != "https" && to.Scheme != "http", to.Hostname() == "":
		return nil, errors.New("its Location is not an http or https URL")
	case from.Scheme == "https" && to.Scheme == "http":
		return nil, errors.New("its Location leads from https to http")
	}
	return to, nil
}

// sameOrigin compares scheme, host and port (RFC 6454, 5).
func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

func port(u *url.URL) string {
	switch p := u.Port(); {
	case p != "":
		return p
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}
