package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"vigie/device/config"
)

// certificateFile is the status page's own certificate and its key, in the state directory.
const certificateFile = "status-certificate.pem"

// renewed is a certificate of files that others renew: it is read again when one of them is another.
type renewed struct {
	files config.TLS
	log   *slog.Logger

	mu      sync.Mutex
	current *tls.Certificate
	stamps  [2]string
}

// get returns the certificate; an old one where the new one does not serve.
func (r *renewed) get() (*tls.Certificate, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	stamps := [2]string{stamp(r.files.Cert), stamp(r.files.Key)}
	if r.current != nil && stamps == r.stamps {
		return r.current, nil
	}
	pair, err := tls.LoadX509KeyPair(r.files.Cert, r.files.Key)
	r.stamps = stamps
	switch {
	case err == nil:
		r.current = &pair
	case r.current == nil:
		return nil, fmt.Errorf("status.tls: %w", err)
	default: // cert and key are not written at one instant
		r.log.Warn("the status page goes on with its old certificate", "err", err)
	}
	return r.current, nil
}

// stamp changes when the file does.
func stamp(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprint(info.ModTime(), info.Size())
}

// pageCertificate is the organiser's certificate for the status page, else the box's own.
func pageCertificate(c config.Status, dir string, log *slog.Logger) (func() (*tls.Certificate, error), error) {
	if c.TLS.Cert != "" {
		r := &renewed{files: c.TLS, log: log}
		_, err := r.get()
		return r.get, err
	}
	own, err := ownCertificate(dir)
	if err != nil {
		return nil, fmt.Errorf("the status page's certificate: %w", err)
	}
	return func() (*tls.Certificate, error) { return own, nil }, nil
}

// ownCertificate is the one in the state directory, made where there is none or it no longer serves.
func ownCertificate(dir string) (*tls.Certificate, error) {
	path, host := filepath.Join(dir, certificateFile), hostName()
	if pair, err := tls.LoadX509KeyPair(path, path); err == nil && pair.Leaf.NotAfter.After(time.Now()) &&
		slices.Contains(pair.Leaf.DNSNames, host) {
		return &pair, nil
	}
	text, err := newCertificate(host, time.Now())
	if err != nil {
		return nil, err
	}
	if err := replaceFile(path, text); err != nil {
		return nil, err
	}
	pair, err := tls.LoadX509KeyPair(path, path)
	return &pair, err
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

// newCertificate is PEM with a certificate for ten years and its key. A board may not know the time when it makes it, so
// it began long ago.
func newCertificate(host string, now time.Time) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	if now.Before(built) {
		now = built
	}
	short, _, _ := strings.Cut(host, ".")
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: host},
		NotBefore: time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC), NotAfter: now.AddDate(10, 0, 0),
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

// statusPage is where the page is and how its certificate is known, for doctor.
func statusPage(c *config.Config) finding {
	const part = "status page"
	if c.Status.Loopback() {
		return finding{part, "green", "on " + c.Status.Listen + ", for this computer alone", ""}
	}
	file := c.Status.TLS.Cert
	if file == "" {
		dir, err := servedState()
		if err != nil {
			return finding{part, "amber", err.Error(), ""}
		}
		file = filepath.Join(dir, certificateFile)
	}
	print, err := fingerprint(file)
	if err != nil {
		return finding{part, "amber", "its certificate cannot be read: " + err.Error(),
			"vigie run makes one when it starts with this configuration; run doctor as root"}
	}
	return finding{part, "green", "on " + c.Status.Listen + ", https; SHA-256 of its certificate:\n" + print,
		"a browser that warns of the certificate shows the same, or somebody is between"}
}

// fingerprint is what browsers show of the first certificate of a PEM file.
func fingerprint(file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE" {
		return "", errors.New(file + " has no certificate in it")
	}
	return strings.ReplaceAll(fmt.Sprintf("% X", sha256.Sum256(block.Bytes)), " ", ":"), nil
}
