package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"vigie/device/config"
)

// resolve says what addresses a relay has.
func resolve(ctx context.Context, host string) (string, error) {
	if _, err := netip.ParseAddr(host); err == nil {
		return host + " is an address", nil
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	all, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return "", err
	}
	var texts []string
	for _, a := range all {
		texts = append(texts, a.Unmap().String())
	}
	return host + " is " + strings.Join(texts, ", "), nil
}

// renewal is how long before its end a certificate is worth a word: who renews by itself has done so by then.
const renewal = 14 * 24 * time.Hour

// handshake connects as far as TLS, and looks at the certificate.
func handshake(ctx context.Context, r config.Relay, to *url.URL) (finding, error) {
	began := time.Now()
	conn, err := dialRelay(ctx, r, to)
	if err != nil {
		return finding{}, err
	}
	defer conn.Close()
	took := time.Since(began).Round(time.Millisecond)
	t, ok := conn.(*tls.Conn)
	if !ok {
		return finding{Light: "green", Text: fmt.Sprintf("TCP in %v, without TLS", took), Advice: "who is on the way can read along"}, nil
	}
	leaf := t.ConnectionState().PeerCertificates[0]
	f := finding{Light: "green", Text: fmt.Sprintf("%s in %v; its certificate is good until %s", tls.VersionName(t.ConnectionState().Version),
		took, leaf.NotAfter.Format("2 January 2006"))}
	if r.CAFile != "" {
		f.Text += ", by relay.ca_file"
	}
	if time.Until(leaf.NotAfter) < renewal {
		f.Light, f.Advice = "amber", "it ends soon: the relay's operator is to renew it"
	}
	return f, nil
}

// dialRelay opens a connection on which HTTP can be spoken: never by a proxy, by TLS where the URL says so.
func dialRelay(ctx context.Context, r config.Relay, to *url.URL) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	port := to.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[to.Scheme]
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(to.Hostname(), port))
	if err != nil || to.Scheme != "https" {
		return conn, err
	}
	var roots *x509.CertPool // nil: the system's
	if r.CAFile != "" {
		if roots, err = config.ReadCA(r.CAFile); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	t := tls.Client(conn, &tls.Config{ServerName: to.Hostname(), RootCAs: roots})
	if err := t.HandshakeContext(ctx); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return t, nil
}
