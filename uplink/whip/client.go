package whip

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

const (
	exchange     = 10 * time.Second // one request with its redirects and its body
	cleanup      = 2 * time.Second  // the DELETE of a session whose answer could not be read
	maxBody      = 256 << 10        // bytes of SDP; a large answer is under 10 kB
	maxRedirects = 5
)

// Client speaks to one WHIP endpoint. It is safe for use by several goroutines; its fields do not change after the
// first call.
type Client struct {
	Endpoint *url.URL
	Token    string // sent as a bearer token (RFC 6750, 2.1); "" for none
	Box      string // sent as Vigie-Box, so that our relay lets a box replace its own stale session; "" for none
	// HTTP carries the requests: a private CA, a proxy. Its CheckRedirect is not used. Nil means
	// HTTPClient(nil), through the proxy that the environment names.
	HTTP *http.Client
}

// Session is what a relay made of an offer. It is safe for use by several goroutines.
type Session struct {
	URL     *url.URL // where the session is ended
	Answer  string   // SDP
	Servers []ICEServer

	client  *Client
	patches bool // the relay says that it takes fragments

	mu  sync.Mutex
	tag string // entity tag of the ICE session, for conditional requests (RFC 9725, 4.3.1); "" where there is none
}

// Publish posts an SDP offer to the endpoint and returns the session that the relay opened (RFC 9725, 4.2). It blocks
// for ten seconds at most. The error is a *StatusError where the relay answered and did not open one.
//
// A session whose answer cannot be read is ended again before Publish returns, which takes two seconds more at most.
// Where parent is done no time is left for that, and the relay has to notice by itself.
func (c *Client) Publish(parent context.Context, offer string) (*Session, error) {
	ctx, cancel := context.WithTimeout(parent, exchange)
	defer cancel()
	resp, err := c.do(ctx, c.Endpoint, message{method: http.MethodPost, body: offer, kind: typeSDP})
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return nil, c.statusError(resp)
	}
	at, err := location(resp)
	if err != nil {
		return nil, fmt.Errorf("the relay at %s: %w", c.Endpoint.Host, err)
	}
	s := &Session{
		URL: at, client: c, Servers: iceServers(resp.Header.Values("Link")), patches: takesFragments(resp.Header),
	}
	s.setTag(resp.Header.Get("ETag"))
	if s.Answer, err = readAnswer(resp.Body); err != nil {
		if ctx.Err() != nil {
			err = fmt.Errorf("its end did not come in time: %w", ctx.Err())
		}
		ctx, cancel := context.WithTimeout(parent, cleanup)
		defer cancel()
		bad := &failure{ofRelay, fmt.Sprintf("the relay's answer is of no use: %v", err), err}
		return nil, errors.Join(bad, s.Delete(ctx))
	}
	return s, nil
}

// Delete ends the session (RFC 9725, 4.2) and blocks until the relay has said so, for ten seconds at most. A session
// that the relay no longer knows has ended.
func (s *Session) Delete(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, exchange)
	defer cancel()
	resp, err := s.client.do(ctx, s.URL, message{method: http.MethodDelete})
	if err != nil {
		return fmt.Errorf("ending the session: %w", err)
	}
	resp.Body.Close()
	switch {
	case resp.StatusCode/100 == 2, resp.StatusCode == http.StatusNotFound, resp.StatusCode == http.StatusGone:
		return nil
	}
	return fmt.Errorf("ending the session: %w", s.client.statusError(resp))
}

// Probe asks whether the relay would take us, without opening a session: a GET of the endpoint with the token. Any
// answer means that the endpoint is there, 405 being the usual one, but for 401, 403, 404 and the failures of a server
// (5xx without 501): a *StatusError. So is a redirect to another host, and a web page by plain http is an error, too:
// both are what a captive portal answers. The connection is kept for a Publish within the next minute.
func (c *Client) Probe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, exchange)
	defer cancel()
	resp, err := c.do(ctx, c.Endpoint, message{method: http.MethodGet})
	if err != nil {
		return err
	}
	if n := resp.ContentLength; n > 0 && n <= maxIdle { // read to its end, or the connection cannot be kept
		_, _ = io.CopyN(io.Discard, resp.Body, n)
	}
	resp.Body.Close()
	switch code := resp.StatusCode; {
	case resp.TLS == nil && code == http.StatusOK && isPage(resp):
		return fmt.Errorf("the relay at %s: %w", c.Endpoint.Host, errPortal)
	case code/100 == 3 && leadsAway(resp), code == http.StatusUnauthorized, code == http.StatusForbidden, code == http.StatusNotFound,
		code >= 500 && code != http.StatusNotImplemented: // a proxy whose relay is dead answers, too
		return c.statusError(resp)
	}
	return nil
}

// readAnswer reads an SDP body. What is cut short, empty, or too long is an error.
func readAnswer(body io.Reader) (string, error) {
	b, err := io.ReadAll(io.LimitReader(body, maxBody+1))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "", errors.New("cut short")
	case err != nil:
		return "", err
	case len(b) > maxBody:
		return "", fmt.Errorf("longer than %d kB", maxBody>>10)
	case !strings.HasPrefix(string(b), "v=0"):
		return "", errors.New("not SDP")
	}
	return string(b), nil
}

// location resolves the Location of a 2xx against the URL that answered, which a redirect may have changed.
func location(resp *http.Response) (*url.URL, error) {
	l := resp.Header.Get("Location")
	switch {
	case l == "" && isPage(resp):
		return nil, errPortal
	case l == "":
		return nil, &failure{kind: ofAddress, text: "opened a session but does not say where (no Location): it is not a WHIP endpoint"}
	}
	return resolve(resp.Request.URL, l)
}
