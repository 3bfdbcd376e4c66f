package whip

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// ErrNoRestart is a relay that took the request for an ICE restart and did not restart.
var ErrNoRestart = errors.New("the relay did not restart ICE")

// Trickle sends the candidates that came after the offer, all in one fragment (RFC 9725, 4.3.2; RFC 8840, 9), under
// the condition that the ICE session is still the one of the last entity tag. It blocks for ten seconds at most. A
// session goes on where the relay does not take it: the error is a *StatusError then.
func (s *Session) Trickle(ctx context.Context, fragment string) error {
	_, err := s.patch(ctx, fragment, s.entityTag())
	return err
}

// Restart sends new ICE credentials and candidates and returns the relay's fragment with its own (RFC 9725, 4.3.3). The
// entity tag that comes with it is the one of the next Trickle. It blocks for ten seconds at most.
func (s *Session) Restart(ctx context.Context, fragment string) (answer string, err error) {
	answer, err = s.patch(ctx, fragment, "*") // without quotes (RFC 9110, 13.1.1)
	if err == nil && answer == "" {
		err = ErrNoRestart
	}
	return answer, err
}

// Restartable tells whether the relay offers ICE restart: it sent an entity tag, or says that it takes fragments.
func (s *Session) Restartable() bool { return s.patches || s.entityTag() != "" }

// patch returns the fragment that the relay answers with, "" where it does not.
func (s *Session) patch(ctx context.Context, fragment, match string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, exchange)
	defer cancel()
	resp, err := s.client.do(ctx, s.URL, message{method: http.MethodPatch, body: fragment, kind: typeFragment, match: match})
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		err := s.client.statusError(resp)
		err.patch = true
		return "", err
	}
	if tag := resp.Header.Get("ETag"); tag != "" {
		s.setTag(tag)
	}
	if resp.StatusCode == http.StatusNoContent {
		return "", nil
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("the relay at %s %w", s.URL.Host, s.client.explain(ctx, err))
	case len(b) > maxBody:
		return "", fmt.Errorf("the relay's fragment is longer than %d kB", maxBody>>10)
	}
	return string(b), nil
}

func (s *Session) entityTag() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tag
}

// setTag keeps what is an entity tag (RFC 9110, 8.8.3). There are relays that send a bare *, which would mean an ICE
// restart in a condition of ours. A weak one is kept: it never matches by the letter (13.1.1), and relays that compare
// text take it.
func (s *Session) setTag(h string) {
	opaque := strings.TrimPrefix(h, "W/")
	if len(opaque) < 2 || opaque[0] != '"' || strings.IndexByte(opaque[1:], '"') != len(opaque)-2 {
		h = ""
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tag = h
}

// takesFragments reads an Accept-Patch (RFC 5789, 3.1).
func takesFragments(h http.Header) bool {
	for _, list := range h.Values("Accept-Patch") {
		for kind := range strings.SplitSeq(list, ",") {
			kind, _, _ = strings.Cut(kind, ";")
			if strings.EqualFold(strings.TrimSpace(kind), typeFragment) {
				return true
			}
		}
	}
	return false
}
