package main

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"

	"vigie/device/config"
	"vigie/relay"
	"vigie/uplink/whip"
)

// connect makes the WHIP clients and, where the configuration wants it, the embedded relay that the first publishes to.
func (b *box) connect(stateDir string) error {
	id, err := keptSecret(stateDir, "box-id")
	if err != nil {
		b.log.Warn("the box's name for the relay cannot be kept: after a power cut a stale session may lock it out for some seconds", "err", err)
		id = rand.Text()
	}
	if r := b.config.Relay; r.URL != config.Embedded {
		for _, to := range append([]config.Backup{{URL: r.URL}}, r.Backup...) {
			client, err := publisherTo(r, to.URL, to.TokenFile, id)
			if err != nil {
				return err
			}
			b.clients = append(b.clients, client)
		}
		return nil
	}
	return b.connectOwn(id)
}

// connectOwn makes the embedded relay and its client.
func (b *box) connectOwn(id string) (err error) {
	token := rand.Text() // nobody else publishes here: it lives as long as this process
	if f := b.config.Relay.TokenFile; f != "" {
		if token, err = config.ReadToken(f); err != nil {
			return usageError{err}
		}
	}
	if b.relay, err = newRelay(b.config, token, b.log); err != nil {
		return err
	}
	client := &whip.Client{Token: token, Box: id}
	client.Endpoint, err = url.Parse(relayURL(b.config, localAddress(b.relay.Addr())) + "/whip/" + b.config.Venue.Channel)
	if err != nil {
		return err
	}
	var own *x509.Certificate
	if client.HTTP, own, err = toOwnRelay(b.config.Relay.TLS.Cert); own != nil {
		b.certificates["relay.tls"] = func() *x509.Certificate { return own }
	}
	b.clients = []*whip.Client{client}
	return err
}

// newRelay makes the embedded relay.
func newRelay(c config.Config, token string, log *slog.Logger) (*relay.Relay, error) {
	var public []netip.Addr
	for _, a := range c.Relay.PublicAddresses {
		addr, err := netip.ParseAddr(a)
		if err != nil {
			return nil, usageError{fmt.Errorf("relay.public_addresses: %w", err)}
		}
		public = append(public, addr)
	}
	return relay.New(relay.Options{
		Listen: c.Relay.Listen, Sockets: sockets, Media: c.Relay.Media, Token: token, Cert: c.Relay.TLS.Cert, Key: c.Relay.TLS.Key,
		PublicAddresses: public, Channel: c.Venue.Channel, Log: log,
		Show: shownBy(c),
	})
}

// shownBy is what the watch page says.
func shownBy(c config.Config) relay.Show {
	return relay.Show{
		Venue: c.Venue.Name, Title: c.Broadcast.Title, Hashtags: c.Broadcast.Hashtags, Place: c.Venue.Location.Label,
	}
}

// closeRelay gives the ports back where the box does not start after all.
func (b *box) closeRelay() error {
	if b.relay == nil {
		return nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return b.relay.Run(ctx)
}

// localAddress is where this machine reaches a relay that listens on addr.
func localAddress(addr net.Addr) string {
	ap, err := netip.ParseAddrPort(addr.String())
	if err != nil || !ap.Addr().IsUnspecified() {
		return addr.String()
	}
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), ap.Port()).String()
}

func relayURL(c config.Config, host string) string {
	if c.Relay.TLS.Cert != "" {
		return "https://" + host
	}
	return "http://" + host
}

// watchURL is what viewers open; empty where another relay serves them.
func (b *box) watchURL() string {
	if b.relay == nil {
		return ""
	}
	return relayURL(b.config, reachable(b.relay.Addr().String())) + "/" + b.config.Venue.Channel
}

// reachable is the address of a listener as others reach it.
func reachable(host string) string {
	if ap, err := netip.ParseAddrPort(host); err == nil && ap.Addr().IsUnspecified() {
		if own, ok := ownAddress(); ok {
			return netip.AddrPortFrom(own, ap.Port()).String()
		}
	}
	return host
}

// ownAddress is the first address by which others reach this machine.
func ownAddress() (netip.Addr, bool) {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return netip.Addr{}, false
	}
	for _, a := range all {
		if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().IsGlobalUnicast() {
			return p.Addr(), true
		}
	}
	return netip.Addr{}, false
}
