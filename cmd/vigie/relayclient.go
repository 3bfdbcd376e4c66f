package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"os"
)

// toOwnRelay is an HTTP client for the embedded relay: never by a proxy, and with TLS it trusts the certificate in that
// file alone, whatever name it is for.
func toOwnRelay(file string) (*http.Client, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil
	if file == "" {
		return &http.Client{Transport: transport}, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, usageError{fmt.Errorf("relay.tls.cert: %w", err)}
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, usageError{fmt.Errorf("relay.tls.cert: %s is not a PEM file", file)}
	}
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, usageError{fmt.Errorf("relay.tls.cert: %s: %w", file, err)}
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
	return &http.Client{Transport: transport}, nil
}
