package whip

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// direct makes a connection for each request. One that is kept goes nowhere once the network has changed, and nobody
// tells: every request would go into it and time out, one after the other, while a new one would get through.
var direct = &http.Client{Transport: unshared()}

func unshared() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.DisableKeepAlives = true
	return t
}

// do sends one request and follows its redirects by policy: 307 and 308 alone, which keep the method and the body
// (RFC 9725, 4.5; 301 to 303 are answers like any other), five at most, never from https to http.
func (c *Client) do(ctx context.Context, method string, to *url.URL, body string) (*http.Response, error) {
	for range maxRedirects + 1 {
		resp, err := c.send(ctx, method, to, body)
		if err != nil {
			return nil, err
		}
		if code := resp.StatusCode; code != http.StatusTemporaryRedirect && code != http.StatusPermanentRedirect {
			return resp, nil
		}
		resp.Body.Close()
		if to, err = resolve(to, resp.Header.Get("Location")); err != nil {
			return nil, fmt.Errorf("the relay at %s redirects: %w", c.Endpoint.Host, err)
		}
	}
	return nil, fmt.Errorf("the relay at %s redirects more than %d times", c.Endpoint.Host, maxRedirects)
}

func (c *Client) send(ctx context.Context, method string, to *url.URL, body string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, to.String(), strings.NewReader(body))
	if err != nil {
		return nil, c.explain(ctx, err)
	}
	// Built by URL, a request would carry the URL's user and password as an Authorization of its own.
	req.URL.User = nil
	if body != "" {
		req.Header.Set("Content-Type", "application/sdp")
		req.Header.Set("Accept", "application/sdp")
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
	if err != nil {
		return nil, fmt.Errorf("the relay at %s does not answer: %w", to.Host, c.explain(ctx, err))
	}
	return resp, nil
}

// explain makes a transport's error one for people, and for logs: without the URL, whose user, path and query may be
// secret, and without the token, should a relay ever echo it into one.
func (c *Client) explain(ctx context.Context, err error) error {
	var outer *url.Error
	if errors.As(err, &outer) {
		err = outer.Err
	}
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() != nil {
		return fmt.Errorf("nothing within %v: %w", exchange, context.DeadlineExceeded)
	}
	if c.Token != "" && strings.Contains(err.Error(), c.Token) {
		return errors.New(strings.ReplaceAll(err.Error(), c.Token, "(token)"))
	}
	return err
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
