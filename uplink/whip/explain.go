package whip

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// explain makes a transport's error one for people, and for logs: what is wrong with the relay, as the rest of a
// sentence about it. It is without the URL, whose user, path and query may be secret, and without the token, should a
// relay ever echo it into one.
func (c *Client) explain(ctx context.Context, err error) error {
	var outer *url.Error
	if errors.As(err, &outer) {
		err = outer.Err
	}
	var name *net.DNSError
	switch text := distrust(err, time.Now()); {
	case text != "":
		return Trouble{errors.New("cannot be trusted: " + text), "Look at relay.url, relay.ca_file and the clock, or ask the relay's operator."}
	case errors.As(err, &name) && name.IsNotFound:
		return Trouble{errors.New("cannot be found: its name is not known in this network (DNS)"),
			"Look at relay.url for a slip, and at the network."}
	case errors.As(err, &name), resolving(ctx):
		return Trouble{errors.New("cannot be found: the name server of this network does not answer (DNS)"), "Look at the network."}
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() != nil:
		return fmt.Errorf("does not answer in time: %w", context.DeadlineExceeded)
	case errors.Is(err, syscall.ECONNREFUSED):
		return Trouble{fmt.Errorf("does not answer: nobody listens there: %w", err),
			"Look at relay.url, and whether the relay runs: its operator knows; then at the network."}
	case c.Token != "" && strings.Contains(err.Error(), c.Token):
		return errors.New("does not answer: " + strings.ReplaceAll(err.Error(), c.Token, "(token)"))
	}
	return fmt.Errorf("does not answer: %w", err)
}

// Trouble is an error with what people can do about it.
type Trouble struct {
	error
	advice string
}

// Unwrap returns the error alone.
func (t Trouble) Unwrap() error { return t.error }

// Advice is what to do, as whole sentences.
func (t Trouble) Advice() string { return t.advice }

type resolvingKey struct{}

// traced is a context for one request that knows whether a name is being resolved. A request that ends with its context
// does not say what it waited for.
func traced(ctx context.Context) context.Context {
	var at atomic.Bool
	ctx = context.WithValue(ctx, resolvingKey{}, &at)
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		DNSStart: func(httptrace.DNSStartInfo) { at.Store(true) },
		DNSDone:  func(d httptrace.DNSDoneInfo) { at.Store(d.Err != nil) },
	})
}

func resolving(ctx context.Context) bool {
	at, ok := ctx.Value(resolvingKey{}).(*atomic.Bool)
	return ok && at.Load()
}

// distrust tells what is wrong with a certificate, and "" where that is not the matter. A name or a date may be wrong
// on our side too: a network that wants a log-in answers in the relay's place, and a board without a battery may have
// a wrong clock.
func distrust(err error, now time.Time) string {
	const day = "2 January 2006"
	var (
		invalid x509.CertificateInvalidError
		unknown x509.UnknownAuthorityError
		name    x509.HostnameError
	)
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && now.Before(invalid.Cert.NotBefore):
		return fmt.Sprintf("its certificate is not valid before %s, and this box's clock says %s",
			invalid.Cert.NotBefore.Format(day), now.Format(day))
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Sprintf("its certificate has expired on %s, and this box's clock says %s",
			invalid.Cert.NotAfter.Format(day), now.Format(day))
	case errors.As(err, &unknown):
		return "its certificate is signed by nobody this box knows: a CA of your own is named by relay.ca_file; " +
			"where this network wants a log-in first, its page may have answered instead"
	case errors.As(err, &name):
		return "its certificate is for another name: check relay.url; " +
			"where this network wants a log-in first, its page may have answered instead"
	case errors.As(err, &invalid):
		return "its certificate is not valid"
	case errors.Is(err, http.ErrSchemeMismatch):
		return "it does not speak TLS there: check relay.url"
	}
	return ""
}
