package config

import (
	"crypto/tls"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// clearText holds that a token never travels unencrypted: RFC 9725 wants https for the endpoint (4.2), and whoever
// reads the token can publish. Loopback is not the network; a relay that takes no token has nothing to lose.
func (r *reader) clearText(relay Relay) {
	if !r.good("relay.url", "relay.token_file") || relay.TokenFile == "" {
		return
	}
	if inTheClear(relay.URL) {
		r.blame(r.last("relay.url", "relay.token_file"), "the token would cross the network in the clear: "+
			"relay.url must begin with https:// while relay.token_file is set")
	}
}

// inTheClear tells whether what is sent to the URL can be read on the way.
func inTheClear(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && u.Scheme == "http" && !loopbackHost(u.Hostname())
}

// elsewhere holds that what is about the way to a relay is not set for the one in this box.
func (r *reader) elsewhere(relay Relay) {
	for path, value := range map[string]string{"relay.ca_file": relay.CAFile, "relay.interface": relay.Interface} {
		if r.good("relay.url", path) && value != "" && relay.URL == Embedded {
			r.blame(path, "is about a relay elsewhere, and relay.url is embedded; leave it empty")
		}
	}
}

// backups holds of each what holds of the first relay.
func (r *reader) backups(relay Relay) {
	if !r.good("relay.url", "relay.token_file", "relay.backup") {
		return
	}
	if relay.URL == Embedded && len(relay.Backup) > 0 {
		r.blame("relay.backup", "is for a relay elsewhere, and relay.url is embedded, which does not fail by itself; write []")
		return
	}
	seen := map[string]bool{relay.URL: true}
	for i, b := range relay.Backup {
		element := fmt.Sprintf("relay.backup[%d]", i)
		path := join(element, "url")
		switch {
		case b.URL == "":
			r.blame(element, "has no url")
		case seen[b.URL]:
			r.blame(path, "is the same as another relay's: it would fail with it")
		case inTheClear(b.URL) && b.TokenFile+relay.TokenFile != "":
			r.blame(path, "the token would cross the network in the clear: it must begin with https://")
		}
		seen[b.URL] = true
	}
}

func (r *reader) iceServers(servers []ICEServer) {
	if !r.good("relay.ice_servers") {
		return
	}
	for i, s := range servers {
		element := fmt.Sprintf("relay.ice_servers[%d]", i)
		path := join(element, "url")
		switch turn, named := strings.HasPrefix(s.URL, "turn"), s.Username != "" && s.Credential != ""; {
		case s.URL == "":
			r.blame(element, "has no url")
		case turn && !named:
			r.blame(path, "a TURN server needs a username and a credential with it")
		case !turn && (s.Username != "" || s.Credential != ""):
			r.blame(path, "a STUN server takes neither username nor credential")
		}
	}
}

// ports holds that the listeners do not take a port from each other. Media is on relay.listen's addresses.
func (r *reader) ports(c *Config) {
	if !r.good("relay.listen", "relay.media", "status.listen") {
		return
	}
	relay, status := addrPort(c.Relay.Listen), addrPort(c.Status.Listen)
	same := relay.Addr() == status.Addr() || relay.Addr().IsUnspecified() || status.Addr().IsUnspecified()
	if int(relay.Port()) == c.Relay.Media {
		r.blame(r.last("relay.listen", "relay.media"), "port %d is used by relay.listen and by relay.media", c.Relay.Media)
	}
	if same && relay.Port() == status.Port() {
		r.blame(r.last("relay.listen", "status.listen"), "port %d is used by relay.listen and by status.listen", relay.Port())
	}
	if same && int(status.Port()) == c.Relay.Media {
		r.blame(r.last("relay.media", "status.listen"), "port %d is used by relay.media and by status.listen", c.Relay.Media)
	}
}

// addrPort is a listen value that was read before: an empty host is all addresses.
func addrPort(s string) netip.AddrPort {
	if strings.HasPrefix(s, ":") {
		s = "[::]" + s
	}
	a, _ := netip.ParseAddrPort(s)
	return a
}

func loopbackHost(host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback() || strings.EqualFold(host, "localhost")
}

// certificate holds that certificate and key come together.
func (r *reader) certificate(section string, t TLS) bool {
	cert, key := join(section, "cert"), join(section, "key")
	switch {
	case !r.good(cert, key) || t == (TLS{}):
		return false
	case t.Key == "":
		r.blame(cert, "needs %s with it", key)
	case t.Cert == "":
		r.blame(key, "needs %s with it", cert)
	}
	return t.Key != "" && t.Cert != ""
}

// serves holds that what the relay is to serve with is there: no show goes without.
func (r *reader) serves(section string, t TLS) {
	for key, err := range t.read() {
		r.blame(join(section, key), "%v", err)
	}
}

// read says what is wrong with the files, by the key of the section.
func (t TLS) read() map[string]error {
	wrong := map[string]error{}
	certPEM, err := readSmall(t.Cert, 1<<20)
	if err != nil {
		wrong["cert"] = err
	}
	keyPEM, err := readSmall(t.Key, 1<<20)
	if err != nil {
		wrong["key"] = err
	}
	if len(wrong) == 0 {
		if _, err := tls.X509KeyPair(certPEM, keyPEM); err != nil {
			wrong["key"] = fmt.Errorf("certificate and key do not serve: %w", err)
		}
	}
	return wrong
}
