package main

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"vigie/device/config"
	"vigie/device/golive"
	"vigie/device/health"
)

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
func pageCertificate(c config.Status, dir string, log *slog.Logger) func() (*tls.Certificate, error) {
	if c.TLS.Cert != "" {
		return (&renewed{files: c.TLS, log: log}).get
	}
	return (&ownCertificate{dir: dir, log: log}).get
}

// endings is the warning that certificates, by the keys that they are for, end soon or have.
func endings(of map[string]func() *x509.Certificate, now time.Time) []health.Condition {
	var texts []string
	for _, key := range slices.Sorted(maps.Keys(of)) {
		c := of[key]()
		if c == nil || now.Before(c.NotAfter.Add(-renewal)) {
			continue
		}
		verb := "ends"
		if now.After(c.NotAfter) {
			verb = "has ended"
		}
		texts = append(texts, fmt.Sprintf("The certificate of %s %s on %s.", key, verb, c.NotAfter.Format("2 January 2006")))
	}
	if texts == nil {
		return nil
	}
	return []health.Condition{{Code: health.CertificateEnds, Severity: golive.Warning, Text: strings.Join(texts, " "),
		Advice: "Renew it. The status page takes a new one by itself, the relay when vigie is started again."}}
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
	return printOf(block.Bytes), nil
}

// printOf is the fingerprint of a certificate in DER.
func printOf(der []byte) string {
	return strings.ReplaceAll(fmt.Sprintf("% X", sha256.Sum256(der)), " ", ":")
}
