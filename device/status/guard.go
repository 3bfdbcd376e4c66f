package status

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"net/url"
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
	names       map[string]bool // that the box answers to, lower case
	certificate func() (*tls.Certificate, error)
	counts      counts
}

// newGuard takes the names from the listen address and from the kernel.
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
		host = strings.ToLower(host)
		short, _, _ := strings.Cut(host, ".")
		g.names[host], g.names[short], g.names[short+".local"] = true, true, true // .local: RFC 6762, 3
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
			fail(w, http.StatusForbidden, "this box does not answer to the name in the Host header; "+
				"use its address, its hostname, or hostname.local")
		case foreign(r):
			g.counts.refused.WithLabelValues("origin").Inc()
			fail(w, http.StatusForbidden, "the request comes from another site")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// knows says whether Host is one of our names, or the address that the client connected to. The port is not looked
// at: a tunnel may have changed it, and it is no help to rebinding.
func (g *guard) knows(r *http.Request) bool {
	host := strings.ToLower(strings.TrimSuffix((&url.URL{Host: r.Host}).Hostname(), "."))
	if g.names[host] || r.TLS != nil && g.certified(host) {
		return true
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	return ok && ip.WithZone("").Unmap() == local.AddrPort().Addr().WithZone("").Unmap()
}

// certified tells whether the certificate is for this name: the organiser's may have one that the box does not know
// itself by. Rebinding is of no use there, as the browser has looked at the certificate before.
func (g *guard) certified(host string) bool {
	c, err := g.certificate()
	return err == nil && c.Leaf != nil && c.Leaf.VerifyHostname(host) == nil
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
