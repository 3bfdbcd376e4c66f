package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// ReadToken reads the bearer token that is in the file (RFC 6750, 2.1), without the line's end. An error names the
// file and never has anything of what is in it.
func ReadToken(path string) (string, error) {
	data, err := readSmall(path, 16<<10)
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(string(data))
	switch {
	case token == "":
		return "", fmt.Errorf("%s: the file is empty; put the relay's token in it", path)
	case !tokenText.MatchString(token):
		return "", fmt.Errorf("%s: the file has more in it than one token: letters, digits and -._~+/ in one line", path)
	}
	return token, nil
}

var tokenText = regexp.MustCompile(`^[A-Za-z0-9._~+/-]+=*$`)

// tokenFile is secret because some will write the token itself in its place. A path is shown.
var tokenFile = secret(words("the whole path of a file such as /etc/vigie/token", func(s string) (any, error) {
	if s == "" {
		return s, nil
	}
	if !filepath.IsAbs(s) {
		return nil, errors.New("is not the whole path of a file such as /etc/vigie/token (the path, not the token itself)")
	}
	if _, err := ReadToken(s); err != nil {
		return nil, err
	}
	return s, nil
}))

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
