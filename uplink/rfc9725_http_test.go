package uplink_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"vigie/uplink"
	"vigie/uplink/uplinktest"
	"vigie/uplink/whip"
)

func everyStatus(t *testing.T) {
	for code, text := range map[int]string{
		301: "does not allow (301)", 302: "does not allow (302)", 400: "refuses our offer (400)", 401: "the token (401)",
		403: "(403)", 404: "(404)", 406: "refuses our offer (406)", 409: "(409)", 418: "refuses our offer (418)",
		422: "refuses our offer (422)", 429: "too often (429)", 500: "is in trouble (500)", 503: "(503)", 599: "is in trouble (599)",
	} {
		s := newStage(t, uplinktest.Behaviour{Status: code})
		var status *whip.StatusError
		if lost := s.isLost(text, 5*time.Second); !errors.As(lost.Err, &status) || status.Code != code {
			t.Errorf("%d: %v", code, lost.Err)
		}
		s.end()
	}
}

func retriedSlowly(t *testing.T) {
	for code, slowly := range map[int]bool{
		400: true, 401: true, 403: true, 404: true, 406: true, 415: true, 422: true, 429: false, 500: false, 503: false,
	} {
		s := newStage(t, uplinktest.Behaviour{Status: code})
		lost := next[uplink.Lost](s, 5*time.Second)
		if lost.Refused != slowly || slowly != (lost.Retry >= 12*time.Second) || !slowly && lost.Retry > time.Second {
			t.Errorf("%d: %+v", code, lost)
		}
		s.end()
	}
}

func deleteEnds(t *testing.T) {
	for _, absolute := range []bool{false, true} {
		s := newStage(t, uplinktest.Behaviour{Absolute: absolute})
		next[uplink.Connected](s, 5*time.Second)
		s.end()
		if r := s.request("DELETE", 1); !strings.HasPrefix(r.Path, "/session/") || s.relay.Counts().Deletes != 1 {
			t.Errorf("%+v", r)
		}
	}
}

func deleteIsBounded(t *testing.T) {
	s := newStage(t, quick)
	next[uplink.Connected](s, 5*time.Second)
	s.relay.Set(uplinktest.Behaviour{Hang: true})
	began := time.Now()
	s.end()
	if d := time.Since(began); d > 5*time.Second {
		t.Errorf("the end took %v", d)
	}
}

func badAnswers(t *testing.T) {
	for _, c := range []struct {
		b    uplinktest.Behaviour
		text string
	}{
		{uplinktest.Behaviour{Truncate: true}, "cut short"},
		{uplinktest.Behaviour{Endless: true}, "its end did not come in time"},
		{uplinktest.Behaviour{Huge: true}, "longer than 256 kB"},
		{uplinktest.Behaviour{Garbage: true}, "not SDP"},
		{uplinktest.Behaviour{NoLocation: true}, "no Location"},
		{uplinktest.Behaviour{Codec: "VP8"}, "does not take our picture (H.264"},
		{uplinktest.Behaviour{NoCandidates: true, NoUDP: true}, "names no address for media"},
		{uplinktest.Behaviour{NoDTLS: true}, "does not agree on encryption (DTLS)"},
	} {
		t.Run(c.text, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, c.b)
			s.isLost(c.text, 15*time.Second)
			if c.b.NoLocation {
				return // nobody knows where that session is ended
			}
			s.request("DELETE", 1)
		})
	}
}

func redirects(t *testing.T) {
	for _, code := range []int{301, 302, 307, 308} {
		s := newStage(t, quick, func(o *uplink.Options) {
			front(t, httptest.NewServer, o, func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if strings.HasPrefix(r.URL.Path, "/whip") {
						w.Header().Set("Location", "/elsewhere")
						w.WriteHeader(code)
						return
					}
					next.ServeHTTP(w, r)
				})
			})
		})
		if code < 307 {
			s.isLost(fmt.Sprintf("in a way that WHIP does not allow (%d)", code), 5*time.Second)
			continue
		}
		if r := s.request("POST", 1); r.Path != "/elsewhere" || !strings.HasPrefix(r.Body, "v=0") {
			t.Errorf("%d: %+v", code, r)
		}
		next[uplink.Connected](s, 5*time.Second)
	}
}

// A redirect led to another server: its relative Location is of that server, and the token stays at home.
func locations(t *testing.T) {
	s := newStage(t, quick, func(o *uplink.Options) {
		relay := *o.Client.Endpoint
		front(t, httptest.NewServer, o, func(http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method != "POST" {
					t.Errorf("%s %s", r.Method, r.URL)
				}
				w.Header().Set("Location", relay.String())
				w.WriteHeader(http.StatusTemporaryRedirect)
			})
		})
	})
	next[uplink.Connected](s, 5*time.Second)
	s.end()
	for _, r := range s.relay.Requests() {
		if r.Header.Get("Authorization") != "" {
			t.Errorf("%s: the token has left its origin", r.Method)
		}
	}
	if n := s.relay.Counts().Deletes; n != 1 {
		t.Errorf("%d DELETEs", n)
	}
}

func retryAfter(t *testing.T) {
	date := time.Now().Add(45 * time.Second).UTC().Format(http.TimeFormat)
	for after, want := range map[string]time.Duration{"20": 20 * time.Second, date: 28 * time.Second, "86400": time.Minute} {
		s := newStage(t, uplinktest.Behaviour{Status: 503, RetryAfter: after})
		if lost := s.isLost("asks us to wait", 5*time.Second); lost.Retry < want || lost.Retry > time.Minute {
			t.Errorf("Retry-After %s: the next attempt in %v", after, lost.Retry)
		}
		s.end()
	}
}

func authorization(t *testing.T) {
	for _, with := range []string{token, ""} {
		s := newStage(t, quick, withLate(t, newSTUN(t, "203.0.113.1")), func(o *uplink.Options) { o.Client.Token = with })
		next[uplink.Connected](s, 5*time.Second)
		s.request("PATCH", 1)
		s.end()
		for _, r := range s.relay.Requests() {
			got, ok := r.Header["Authorization"]
			if with == "" && ok || with != "" && (len(got) != 1 || got[0] != "Bearer "+with) {
				t.Errorf("%s: Authorization %q", r.Method, got)
			}
		}
	}
}

// withTLS puts TLS before the relay, with a certificate that nobody knows but who is given its CA.
func withTLS(t *testing.T, trusted bool) func(*uplink.Options) {
	return func(o *uplink.Options) {
		serve := func(h http.Handler) *httptest.Server {
			s := httptest.NewUnstartedServer(h)
			s.Config.ErrorLog = quietLog
			s.StartTLS()
			roots := x509.NewCertPool()
			if trusted {
				roots.AddCert(s.Certificate())
			}
			o.Client.HTTP.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: roots}
			return s
		}
		front(t, serve, o, func(next http.Handler) http.Handler { return next })
	}
}
