package config

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// ReadToken reads the bearer token that is in the file (RFC 6750, 2.1), without the line's end. Where systemd has made
// a copy of it for this program, that is read. An error names the file and never has anything of what is in it.
func ReadToken(path string) (string, error) {
	data, err := readSmall(credential(path), 16<<10)
	if errors.Is(err, fs.ErrPermission) {
		return "", fmt.Errorf("%w; the service is given copies of the files (not of links) in /etc/vigie/tokens when it starts; else use sudo", err)
	}
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(string(data))
	switch {
	case token == "":
		return "", fmt.Errorf("%s: the file is empty; put the relay's token in it", path)
	case !tokenText.MatchString(token):
		return "", fmt.Errorf("%s: the file has more in it than one token: %s in one line", path, tokenLetters)
	}
	return token, nil
}

// CheckToken tells what is wrong with a token for the relay at an URL; nil for nothing. Its error has nothing of the token.
func CheckToken(token, relay string) error {
	switch {
	case !tokenText.MatchString(token):
		return errors.New("has something in it that no token has; there are " + tokenLetters + " in one")
	case inTheClear(relay):
		return errors.New("would cross the network in the clear: the relay's address must begin with https:// to get one")
	}
	return nil
}

// credential is systemd's copy of the file, or path where there is none. With LoadCredential=tokens:/etc/vigie/tokens in
// the unit, /etc/vigie/tokens/relay, which only root can read, is tokens_relay in the credentials directory
// (systemd.exec(5)). Every program on the box so reads the same configuration.
func credential(path string) string {
	dir := os.Getenv("CREDENTIALS_DIRECTORY")
	if dir == "" {
		return path
	}
	copied := filepath.Join(dir, filepath.Base(filepath.Dir(path))+"_"+filepath.Base(path))
	if _, err := os.Stat(copied); err != nil {
		return path
	}
	return copied
}

const tokenLetters = "letters, digits and -._~+/"

var tokenText = regexp.MustCompile(`^[A-Za-z0-9._~+/-]+=*$`)

// tokenFile is secret because some will write the token itself in its place. A path is shown.
var tokenFile = secret(words("the whole path of a file such as /etc/vigie/tokens/relay", func(s string) (any, error) {
	if s == "" {
		return s, nil
	}
	if !filepath.IsAbs(s) {
		return nil, errors.New("is not the whole path of a file such as /etc/vigie/tokens/relay (the path, not the token itself)")
	}
	if _, err := ReadToken(s); err != nil {
		return nil, err
	}
	return s, nil
}))

// ReadCA reads the certificates in the PEM file and returns them with those that this system trusts.
func ReadCA(path string) (*x509.CertPool, error) {
	data, err := readSmall(path, 1<<20)
	if err != nil {
		return nil, err
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	n := 0
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("%s: has a %s in it; only certificates of CAs belong there", path, shown(block.Type))
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%s: certificate %d in it is broken: %w", path, n+1, err)
		}
		pool.AddCert(cert)
		n++
	}
	if n == 0 {
		return nil, fmt.Errorf("%s: has no certificate in it (PEM, with -----BEGIN CERTIFICATE-----)", path)
	}
	return pool, nil
}

var caFile = words("the whole path of a file such as /etc/vigie/ca.pem", func(s string) (any, error) {
	if s == "" {
		return s, nil
	}
	if !filepath.IsAbs(s) {
		return nil, fmt.Errorf("%s is not the whole path of a file such as /etc/vigie/ca.pem", shown(s))
	}
	if _, err := ReadCA(s); err != nil {
		return nil, err
	}
	return s, nil
})

// pemFile only looks at the path; rules.go reads certificate and key together.
var pemFile = words("the whole path of a file such as /etc/vigie/cert.pem", func(s string) (any, error) {
	if s != "" && !filepath.IsAbs(s) {
		return nil, fmt.Errorf("%s is not the whole path of a file such as /etc/vigie/cert.pem", shown(s))
	}
	return s, nil
})

// readSmall reads a regular file of at most so many bytes. Others, such as a pipe, might never end.
func readSmall(path string, most int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a file but %s", path, fileType(info))
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > most {
		return nil, fmt.Errorf("%s: larger than %d KiB; is it the right file?", path, most>>10)
	}
	return data, nil
}

func fileType(info os.FileInfo) string {
	if info.IsDir() {
		return "a folder"
	}
	return "a device or a pipe"
}
