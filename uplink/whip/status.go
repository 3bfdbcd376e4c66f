package whip

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// longest is what a Retry-After counts for at most; more is a relay's mistake or malice.
const longest = time.Hour

// StatusError is a relay's answer that is not a success.
type StatusError struct {
	Code  int           // the HTTP status
	Retry time.Duration // what Retry-After asks us to wait, an hour at most; 0 where it is absent

	patch bool // it answers a PATCH, not a POST
	bare  bool // no token is configured
}

// Refused tells whether trying again soon is useless: somebody has to mend something first.
func (e *StatusError) Refused() bool {
	switch e.Code {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound,
		http.StatusNotAcceptable, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// Error says what happened and, where somebody can mend it, what to do.
func (e *StatusError) Error() string {
	text := fmt.Sprintf("the relay %s (%d)", e.reason(), e.Code)
	switch {
	case e.patch:
		return fmt.Sprintf("the relay answers %d to a PATCH of the session", e.Code)
	case e.Code/100 == 3:
		return text + ": check relay.url; a network that wants a log-in first (a captive portal) answers so, too"
	case e.Code == http.StatusUnauthorized && e.bare:
		return text + ": set relay.token_file"
	case e.Code == http.StatusUnauthorized, e.Code == http.StatusForbidden:
		return text + ": check relay.token_file"
	case e.Code == http.StatusNotFound:
		return text + ": check relay.url"
	case e.Retry > 0:
		return fmt.Sprintf("%s and asks us to wait %v", text, e.Retry)
	}
	return text
}

// Advice says what to do, as a sentence.
func (e *StatusError) Advice() string { return e.kind().advice() }

func (e *StatusError) kind() kind {
	switch e.Code {
	case http.StatusUnauthorized, http.StatusForbidden:
		if e.bare {
			return ofNoToken
		}
		return ofToken
	case http.StatusNotFound:
		return ofAddress
	case http.StatusConflict:
		return ofChannel
	case http.StatusNetworkAuthenticationRequired:
		return ofPortal
	}
	if e.Code/100 == 3 {
		return ofPortal
	}
	return ofRelay
}

// reason never reads one specific cause into a code that has several; an unknown code is its class.
func (e *StatusError) reason() string {
	switch e.Code {
	case http.StatusUnauthorized:
		if e.bare {
			return "wants a token, and none is set"
		}
		return "refuses the token"
	case http.StatusForbidden:
		return "forbids us to publish"
	case http.StatusNotFound:
		return "has no such channel"
	case http.StatusConflict:
		return "is not free: somebody else may be publishing there"
	case http.StatusTooManyRequests:
		return "is asked too often"
	case http.StatusServiceUnavailable:
		return "is not available"
	case http.StatusNetworkAuthenticationRequired:
		return "is behind a log-in that this network wants first"
	}
	switch e.Code / 100 {
	case 3:
		return "is elsewhere, in a way that WHIP does not allow"
	case 4:
		return "refuses our offer"
	case 5:
		return "is in trouble"
	}
	return "gives an answer that is not WHIP"
}

func (c *Client) statusError(resp *http.Response) *StatusError {
	return &StatusError{Code: resp.StatusCode, Retry: retryAfter(resp.Header.Get("Retry-After"), time.Now()), bare: c.Token == ""}
}

// retryAfter reads a Retry-After: seconds or a date (RFC 9110, 10.2.3). What is neither, or past, is 0.
func retryAfter(h string, now time.Time) time.Duration {
	h = strings.TrimSpace(h)
	if n, err := strconv.ParseUint(h, 10, 31); err == nil {
		return min(time.Duration(n)*time.Second, longest)
	}
	at, err := http.ParseTime(h)
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), longest)
}
