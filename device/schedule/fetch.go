package schedule

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// MostBytes is how large a calendar may be.
const MostBytes = 1 << 20

// Client returns an HTTP client for calendars that goes by https alone, also where it is sent on.
func Client(transport http.RoundTripper) *http.Client {
	return &http.Client{Transport: transport, CheckRedirect: func(to *http.Request, before []*http.Request) error {
		switch {
		case to.URL.Scheme != "https":
			return errors.New("it sends on to an address that is not https")
		case len(before) > 5:
			return errors.New("it sends on again and again")
		}
		return nil
	}}
}

// Fetch reads the bytes of a calendar from a file, whose whole path address is, or from an https:// URL. It blocks until
// ctx is done at most; a read of a file that hangs is left behind then. An address can be a secret: errors have the host alone.
func Fetch(ctx context.Context, client *http.Client, address string) ([]byte, error) {
	if strings.HasPrefix(address, "/") {
		return patiently(ctx, address, readFile)
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("the address is no URL")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("%s: the address is no URL", u.Host)
	}
	req.Header.Set("Accept", "text/calendar")
	resp, err := client.Do(req)
	if err != nil {
		if bare := (*url.Error)(nil); errors.As(err, &bare) {
			err = bare.Err // its text has the whole address
		}
		return nil, explain(u.Host, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", u.Host, shortened(resp.Status))
	}
	data, err := limited(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", u.Host, err)
	}
	return data, nil
}

func limited(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, MostBytes+1))
	if err == nil && len(data) > MostBytes {
		return nil, fmt.Errorf("the calendar is larger than %d KiB", MostBytes>>10)
	}
	return data, err
}

// explain is an error of the way to a host. What the resolver and the clock say of it is for programs.
func explain(host string, err error) error {
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return errors.New(host + " is not known in this network (DNS)")
	case dns != nil:
		return errors.New("the name server of this network does not say where " + host + " is (DNS)")
	case errors.Is(err, context.DeadlineExceeded):
		return errors.New(host + " does not answer in time")
	}
	return fmt.Errorf("%s: %s", host, shortened(err.Error())) // it may quote what the server sent
}
