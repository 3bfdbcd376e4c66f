package main

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"vigie/device/config"
	"vigie/uplink/whip"
)

// toRelay is an HTTP client for a relay elsewhere, whose certificate may be by a CA in that file; nil, which is whip's
// own, where none is named.
func toRelay(caFile string) (*http.Client, error) {
	if caFile == "" {
		return nil, nil
	}
	roots, err := config.ReadCA(caFile)
	if err != nil {
		return nil, usageError{fmt.Errorf("relay.ca_file: %w", err)}
	}
	return whip.HTTPClient(&tls.Config{RootCAs: roots}), nil
}

// publisherTo is a client that publishes to a relay elsewhere, under the box's name. Without a token file of its own the
// relay gets the first one's token.
func publisherTo(c config.Relay, endpoint, tokenFile, box string) (*whip.Client, error) {
	client := &whip.Client{Box: box}
	var err error
	if file := cmp.Or(tokenFile, c.TokenFile); file != "" {
		if client.Token, err = config.ReadToken(file); err != nil {
			return nil, usageError{err}
		}
	}
	if client.HTTP, err = toRelay(c.CAFile); err != nil {
		return nil, err
	}
	client.Endpoint, err = url.Parse(endpoint)
	return client, err
}

// toOwnRelay is an HTTP client for the embedded relay: never by a proxy, on this machine alone, and with TLS it trusts the certificate in that
// file alone, whatever name it is for, and returns that one too.
func toOwnRelay(file string) (*http.Client, *x509.Certificate, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil
	transport.DialContext = (&net.Dialer{Timeout: 5 * time.Second, Control: toOwn}).DialContext
	if file == "" {
		return &http.Client{Transport: transport}, nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, usageError{fmt.Errorf("relay.tls.cert: %w", err)}
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, nil, usageError{fmt.Errorf("relay.tls.cert: %s is not a PEM file", file)}
	}
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, nil, usageError{fmt.Errorf("relay.tls.cert: %s: %w", file, err)}
	}
	transport.TLSClientConfig = &tls.Config{
		InsecureSkipVerify: true, // VerifyConnection is stricter: this one certificate
		VerifyConnection: func(s tls.ConnectionState) error {
			if !s.PeerCertificates[0].Equal(leaf) {
				return errors.New("the relay does not have the certificate in relay.tls.cert")
			}
			return nil
		},
	}
	return &http.Client{Transport: transport}, leaf, nil
}
