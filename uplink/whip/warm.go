package whip

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

const (
	warmFor  = 75 * time.Second // longer than probes are apart
	warmWait = 2 * time.Second  // for an answer on the connection of a probe
	maxIdle  = 8 << 10          // bytes of a probe's answer that are read so that its connection can be kept
)

// errCold is a kept connection on which no answer came.
var errCold = errors.New("the connection of the last probe goes nowhere")

// transport makes a connection for each request. One that is kept goes nowhere once the network has changed, and nobody
// tells: every request would go into it and time out, one after the other, while a new one would get through.
//
// The exception is the probe, which is newly made each time, too, and left open for the POST of an offer: that is spared
// the round trips of TCP and TLS, and falls back to a connection of its own where no answer comes.
type transport struct {
	fresh, kept *http.Transport
	patience    time.Duration // with the kept connection
}

var _ http.RoundTripper = (*transport)(nil)

func newTransport(trust *tls.Config) *transport {
	t := &transport{fresh: unshared(), kept: unshared(), patience: warmWait}
	t.fresh.TLSClientConfig, t.kept.TLSClientConfig = trust, trust.Clone()
	t.kept.DisableKeepAlives = false
	t.kept.IdleConnTimeout = warmFor
	t.kept.MaxIdleConnsPerHost = 1
	// By HTTP/1.1 a connection has one request, and one that is in use is never shared.
	t.kept.Protocols = new(http.Protocols)
	t.kept.Protocols.SetHTTP1(true)
	return t
}

// RoundTrip is http.RoundTripper's.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	switch req.Method {
	case http.MethodGet:
		t.kept.CloseIdleConnections()
		return t.kept.RoundTrip(req)
	case http.MethodPost:
		resp, err := t.warm(req)
		if err != errCold {
			return resp, err
		}
		again, err := req.GetBody()
		if err != nil {
			return nil, err
		}
		req = req.Clone(req.Context())
		req.Body = again
	}
	return t.fresh.RoundTrip(req)
}

// warm sends a request on the connection of the last probe, or on a new one where there is none, and closes it behind
// the answer. It fails with errCold where the kept one does not answer soon. The relay may have heard it nevertheless:
// one of ours takes the second offer for a box that comes back.
func (t *transport) warm(req *http.Request) (*http.Response, error) {
	asked := req.Context()
	ctx, cancel := context.WithCancel(asked)
	var reused atomic.Bool
	timer := time.AfterFunc(t.patience, func() {
		if reused.Load() {
			cancel()
		}
	})
	defer timer.Stop()
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(c httptrace.GotConnInfo) { reused.Store(c.Reused) },
	})
	req = req.Clone(traced)
	req.Close = true
	resp, err := t.kept.RoundTrip(req)
	if err == nil {
		resp.Body = &answer{resp.Body, cancel}
		return resp, nil
	}
	cancel()
	if reused.Load() && asked.Err() == nil {
		return nil, errCold
	}
	return nil, err
}

// answer is a body whose request ends with it.
type answer struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (a *answer) Close() error {
	defer a.cancel()
	return a.ReadCloser.Close()
}
