package config

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// A channel is one segment of the watch page's path, beside the relay's own.
var (
	channelText = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	reserved    = []string{
		"api", "assets", "events", "favicon", "health", "healthz", "metrics", "replay", "static", "status", "whep", "whip",
	}
)

var channel = words("text in quotes", func(s string) (any, error) {
	switch {
	case !channelText.MatchString(s):
		return nil, fmt.Errorf("%s is not 1 to 63 lower-case letters, digits and dashes (it is part of an address)", shown(s))
	case slices.Contains(reserved, s):
		return nil, fmt.Errorf("%s is a page of the relay itself; choose another name", s)
	}
	return s, nil
})

var hashtag = words("text in quotes", func(s string) (any, error) {
	tag := strings.TrimPrefix(s, "#")
	bad := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && r != '_'
	}
	if tag == "" || len(tag) > 100 || strings.ContainsFunc(tag, bad) {
		return nil, fmt.Errorf("%s is not a hashtag: letters, digits and _ without spaces", shown(s))
	}
	return tag, nil
})

// relayURL never shows its text: there are relays whose URL is the secret.
//
// Whether plain http is allowed depends on the token too: see rules.go.
var relayURL = secret(words("embedded or an https:// URL", func(s string) (any, error) {
	if s == Embedded {
		return s, nil
	}
	return endpointURL(s, "is neither embedded nor an https:// URL")
})).shown(func(v any) string { return hostOf(v.(string)) })

// backupURL is a relay elsewhere: the one in this box would be of no use where the first cannot be reached.
var backupURL = secret(words("an https:// URL", func(s string) (any, error) {
	return endpointURL(s, "is not an https:// URL")
}))

func endpointURL(s, not string) (any, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Opaque != "":
		return nil, errors.New(not)
	case u.User != nil:
		return nil, errors.New("must not have a user name or password in it; put the token in a file for relay.token_file")
	case !validHost(u.Hostname()) || !validPort(u.Port(), strings.HasSuffix(u.Host, ":")):
		return nil, errors.New("has no proper host name or port in it")
	case u.Fragment != "" || strings.HasSuffix(s, "#"):
		return nil, errors.New("must not have a # in it")
	}
	return s, nil
}

// iceURL reads the URLs of RFC 7064 (stun:) and RFC 7065 (turn:, turns:). It never shows its text: a credential is
// easily written into it by mistake.
var iceURL = secret(words("a URL such as stun:stun.example.org:3478", func(s string) (any, error) {
	m := iceText.FindStringSubmatch(s)
	switch {
	case m == nil:
		return nil, errors.New("is not a URL such as stun:stun.example.org:3478 or turn:turn.example.org?transport=udp" +
			" (user name and credential have keys of their own)")
	case !validHost(strings.Trim(m[2], "[]")) || !validPort(m[3], false):
		return nil, errors.New("has no proper host name or port in it")
	case m[4] != "" && (m[1] == "stun" || m[1] == "stuns"):
		return nil, errors.New("is a STUN server's URL: it has no ?transport=")
	}
	return s, nil
}))

// Scheme, host, port, transport.
var iceText = regexp.MustCompile(
	`^(stuns?|turns?):(\[[0-9a-fA-F:.]+\]|[^\[\]:/?#@\s]+)(?::([0-9]+))?(\?transport=(?:udp|tcp))?$`)

var hostText = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9.])?$`)

func validHost(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil || hostText.MatchString(s) && !strings.Contains(s, "..")
}

// validPort is true without a port, but not where only its colon is there.
func validPort(s string, colon bool) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return s == "" && !colon || err == nil && n > 0
}

// A network interface's name is at most 15 bytes without slashes, colons and blanks (dev_valid_name in
// net/core/dev.c). Whether the box has it is seen when a show begins: a 4G stick may come later.
var networkInterface = words("the name of a network interface such as eth0", func(s string) (any, error) {
	if s != "" && !interfaceText.MatchString(s) || s == "." || s == ".." {
		return nil, fmt.Errorf("%s is not the name of a network interface such as eth0; `ip link` lists them", shown(s))
	}
	return s, nil
})

var interfaceText = regexp.MustCompile(`^[!-.0-9;-~]{1,15}$`)

// listen is host:port where the host is an IP address, because a name may have other addresses tomorrow.
var listen = words("an address and a port such as 127.0.0.1:8080", func(s string) (any, error) {
	full := s
	if strings.HasPrefix(s, ":") {
		full = "[::]" + s
	}
	a, err := netip.ParseAddrPort(full)
	switch {
	case strings.HasPrefix(s, "localhost:"):
		return nil, fmt.Errorf("%s has a name in it; write 127.0.0.1:%s", shown(s), shown(s[len("localhost:"):]))
	case err != nil:
		return nil, fmt.Errorf("%s is not an IP address and a port such as 127.0.0.1:8080, or :8080 for all addresses",
			shown(s))
	case a.Port() == 0:
		return nil, fmt.Errorf("%s has port 0; expected 1 to 65535", shown(s))
	}
	return s, nil
})

var address = words("an IP address such as 203.0.113.7", func(s string) (any, error) {
	a, err := netip.ParseAddr(s)
	if err != nil || a.IsUnspecified() || a.IsMulticast() || a.Zone() != "" {
		return nil, fmt.Errorf("%s is not an IP address that a viewer can reach, such as 203.0.113.7", shown(s))
	}
	return s, nil
})
