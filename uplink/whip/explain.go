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
func (c *Client) explain(ctx context.Context, err error) *failure {
	var outer *url.Error
	if errors.As(err, &outer) {
		err = outer.Err
	}
	var dns *net.DNSError
	switch text := distrust(err, time.Now()); {
	case errors.Is(err, http.ErrSchemeMismatch):
		return &failure{kind: ofAddress, text: "cannot be trusted: it does not speak TLS there: check relay.url"}
	case text != "":
		return &failure{kind: ofCertificate, text: "cannot be trusted: " + text}
	case errors.As(err, &dns) && dns.IsNotFound:
		return &failure{ofName, "cannot be found: its name is not known in this network (DNS)", err}
	case dns != nil && !dns.IsTimeout && ctx.Err() == nil:
		return &failure{ofName, "cannot be found: the name server of this network does not help (DNS): " + dns.Err, err}
	case dns != nil, resolving(ctx):
		return &failure{ofName, "cannot be found: the name server of this network does not answer (DNS)", err}
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() != nil:
		return &failure{ofNetwork, "does not answer in time", context.DeadlineExceeded}
	case errors.Is(err, syscall.ECONNREFUSED):
		return &failure{ofListener, "does not answer: nobody listens there", err}
	case c.Token != "" && strings.Contains(err.Error(), c.Token):
		return &failure{kind: ofNetwork, text: "does not answer: " + strings.ReplaceAll(err.Error(), c.Token, "(token)")}
	}
	return &failure{ofNetwork, "does not answer: " + err.Error(), err}
}

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
	}
	return ""
}
