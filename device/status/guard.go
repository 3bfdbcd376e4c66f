package status

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
)

// guard keeps foreign web pages out. A browser on the venue's network can reach the box, and so can any page that
// it shows:
//
//   - by DNS rebinding: the page's own name is made to resolve to the box, and the browser takes the box for the
//     page's origin. Such requests carry the foreign name in Host;
//   - by a request across origins: it carries the foreign page in Origin (RFC 6454, 7.3) or says so in
//     Sec-Fetch-Site (W3C Fetch Metadata).
type guard struct {
	names       map[string]bool // that the box answers to without TLS, lower case
	short       string          // the hostname up to its first dot; empty: there is none
	certificate func() (*tls.Certificate, error)
	counts      counts
}

// newGuard takes the names from the listen address and from the kernel. The hostname is one by TLS alone: on the venue's
// network anybody can answer for it (mDNS, LLMNR), and let a foreign page of that name reach a technician's tunnel.
func newGuard(opts Options, c counts) *guard {
	g := &guard{names: map[string]bool{"localhost": true}, certificate: opts.Certificate, counts: c}
	if host, _, err := net.SplitHostPort(opts.Listen); err == nil && host != "" {
		g.names[strings.ToLower(host)] = true
	}
	// An address without a meaning to others (0.0.0.0) is no name, and knows compares addresses anyway.
	for name := range g.names {
		if _, err := netip.ParseAddr(name); err == nil {
			delete(g.names, name)
		}
	}
	if host, err := os.Hostname(); err == nil && host != "" {
		g.short, _, _ = strings.Cut(strings.ToLower(host), ".")
	}
	return g
}

// wrap refuses foreign requests and sets the headers that browsers obey.
func (g *guard) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "+
			"connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Referrer-Policy", "same-origin") // with no-referrer a form's Origin would be null (Fetch, 3.1)
		h.Set("X-Content-Type-Options", "nosniff")
		switch {
		case !g.knows(r):
			g.counts.refused.WithLabelValues("host").Inc()
			g.misnamed(w, r)
		case foreign(r):
			g.counts.refused.WithLabelValues("origin").Inc()
			fail(w, http.StatusForbidden, "the request comes from another site")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// foreign says whether the request was caused by a page of another origin. Programs that are no browsers send
// neither header and are let through. A link on another page may lead to ours: that is a navigation.
func foreign(r *http.Request) bool {
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	if origin := r.Header.Get("Origin"); origin != "" && !strings.EqualFold(origin, scheme+r.Host) {
		return true
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return false
	default:
		page := r.URL.Path == "/" || r.URL.Path == "/kiosk" || r.URL.Path == "/login"
		return r.Method != http.MethodGet || !page || r.Header.Get("Sec-Fetch-Mode") != "navigate"
	}
}
