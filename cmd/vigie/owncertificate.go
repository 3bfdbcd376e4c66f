package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// certificateFile is the status page's own certificate and its key, in the state directory.
const certificateFile = "status-certificate.pem"

// How long the own certificate serves. Apple's devices refuse one that is made for more than 825 days
// (https://support.apple.com/HT210176).
const (
	ownLife   = 820 * 24 * time.Hour
	renewWith = 30 * 24 * time.Hour // this long before its end it is made anew
)

// ownCertificate is the box's own for its status page: the one in the state directory, made where there is none or it no
// longer serves, also while the box runs.
type ownCertificate struct {
	dir string
	log *slog.Logger

	mu      sync.Mutex
	current *tls.Certificate
}

// get returns the certificate. One that cannot be kept serves all the same.
func (o *ownCertificate) get() (*tls.Certificate, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := time.Now()
	if o.current != nil && inTime(o.current.Leaf, now) {
		return o.current, nil
	}
	path, host := filepath.Join(o.dir, certificateFile), hostName()
	if pair, err := tls.LoadX509KeyPair(path, path); err == nil && inTime(pair.Leaf, now) && slices.Contains(pair.Leaf.DNSNames, host) {
		o.current = &pair
		return o.current, nil
	}
	text, err := newCertificate(host, now)
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(text, text)
	if err != nil {
		return nil, err
	}
	o.current = &pair
	print := printOf(pair.Certificate[0])
	if err := replaceFile(path, text); err != nil {
		o.log.Warn("the status page's certificate cannot be kept: browsers warn again after the next start", "err", err, "sha256", print)
	} else {
		o.log.Info("the status page has a certificate made anew", "sha256", print)
	}
	return o.current, nil
}

// inTime tells whether a certificate serves for some time yet. A clock that was never set says nothing of its begin.
func inTime(leaf *x509.Certificate, now time.Time) bool {
	known := knownTime(now)
	return known.Before(leaf.NotAfter.Add(-renewWith)) && leaf.NotAfter.Sub(leaf.NotBefore) <= ownLife &&
		(now.Before(known) || !now.Before(leaf.NotBefore))
}

func hostName() string {
	host, err := os.Hostname()
	if err != nil || host == "" {
		host = "localhost"
	}
	return strings.ToLower(host)
}

// built is before any box: a clock that says less was never set.
var built = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// knownTime is now, or when this program was made where the clock says less.
func knownTime(now time.Time) time.Time {
	for _, at := range []time.Time{built, builtAt()} {
		if now.Before(at) {
			now = at
		}
	}
	return now
}

// newCertificate is PEM with a certificate and its key. It began a day ago, as the clocks of phones differ.
func newCertificate(host string, now time.Time) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	begin := knownTime(now).AddDate(0, 0, -1)
	short, _, _ := strings.Cut(host, ".")
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: host},
		NotBefore: begin, NotAfter: begin.Add(ownLife),
		DNSNames: slices.Compact([]string{host, short + ".local", "localhost"}), IPAddresses: ownAddresses(),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return slices.Concat(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})), nil
}

// ownAddresses are those by which others reach this machine now.
func ownAddresses() (own []net.IP) {
	all, _ := net.InterfaceAddrs() // without addresses it is for names alone
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok && n.IP.IsGlobalUnicast() {
			own = append(own, n.IP)
		}
	}
	return own
}
