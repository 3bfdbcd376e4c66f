package status

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// knows says whether Host is one of our names, or the address that the client connected to. The port is not looked
// at: a tunnel may have changed it, and it is no help to rebinding.
func (g *guard) knows(r *http.Request) bool {
	host := strings.ToLower(strings.TrimSuffix((&url.URL{Host: r.Host}).Hostname(), "."))
	if g.names[host] || r.TLS != nil && (g.ofVenue(host) || g.certified(host)) {
		return true
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	return ok && ip.WithZone("").Unmap() == local.AddrPort().Addr().WithZone("").Unmap()
}

// ofVenue tells whether the name is the box's hostname, or what some DNS makes of it, such as "box.lan", which a venue's
// router made up. It may also be a foreign page's name that is rebound to the box. By TLS that is of no use to the page: the browser stops at a
// certificate for another name, and where somebody goes on there is no session, as a cookie is of the name that set it.
func (g *guard) ofVenue(host string) bool {
	return g.short != "" && (host == g.short || strings.HasPrefix(host, g.short+"."))
}

// misnamed says by which names and addresses the box is to be asked: to people in plain text.
func (g *guard) misnamed(w http.ResponseWriter, r *http.Request) {
	if !strings.Contains(r.Header.Get("Accept"), "text/html") {
		fail(w, http.StatusForbidden, "this box does not answer to the name in the Host header; "+
			"use its address; with https:// its hostname, or hostname.local, will do too")
		return
	}
	scheme, hosts := "http", []string(nil)
	if r.TLS != nil {
		scheme = "https"
	}
	if local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr); ok {
		if local.Zone == "" { // browsers take none
			hosts = append(hosts, local.String())
		}
		if g.short != "" && r.TLS != nil {
			hosts = append(hosts, net.JoinHostPort(g.short+".local", strconv.Itoa(local.Port)))
		}
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusForbidden)
	fmt.Fprintln(w, "This box does not answer to that name. Open it by one of its own:")
	fmt.Fprintln(w, "Ce boîtier ne répond pas à ce nom. Ouvrez-le par l’un des siens :")
	for _, host := range hosts {
		fmt.Fprintf(w, "\n    %s://%s/\n", scheme, host)
	}
}

// certified tells whether the certificate is for this name: the organiser's may have one that the box does not know
// itself by. Rebinding is of no use there, as the browser has looked at the certificate before.
func (g *guard) certified(host string) bool {
	c, err := g.certificate()
	return err == nil && c.Leaf != nil && c.Leaf.VerifyHostname(host) == nil
}
