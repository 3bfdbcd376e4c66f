package whip

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestRedirects(t *testing.T) {
	for _, code := range []int{307, 308} {
		hops := 0
		c := relay(t, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if r.Method != "POST" || string(body) != "v=0 offer" || r.Header.Get("Authorization") != "Bearer "+token {
				t.Errorf("hop %d: %s %q %v", hops, r.Method, body, r.Header)
			}
			if hops++; hops <= maxRedirects {
				w.Header().Set("Location", "/hop/"+strconv.Itoa(hops)+"/")
				w.WriteHeader(code)
				return
			}
			created("session")(w, r)
		})
		s, err := c.Publish(t.Context(), "v=0 offer")
		if err != nil {
			t.Fatal(err)
		}
		if s.URL.Path != "/hop/5/session" {
			t.Errorf("the Location was resolved to %s, not against the URL that answered", s.URL.Path)
		}
	}
}

func TestRedirectCircleEnds(t *testing.T) {
	hops := 0
	c := relay(t, func(w http.ResponseWriter, r *http.Request) {
		hops++
		w.Header().Set("Location", r.URL.Path)
		w.WriteHeader(307)
	})
	if _, err := c.Publish(t.Context(), "v=0"); err == nil || !strings.Contains(err.Error(), "more than 5 times") {
		t.Error(err)
	}
	if hops != maxRedirects+1 {
		t.Errorf("%d requests", hops)
	}
}

// The token stays at the endpoint's origin, whatever redirects and Locations say.
func TestTokenStaysHome(t *testing.T) {
	foreign := relay(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" || r.Header.Get("Vigie-Box") != "" {
			t.Errorf("%s: the token has left: %v", r.Method, r.Header)
		}
		created("/session/1")(w, r)
	})
	t.Run("redirect", func(t *testing.T) {
		home := relay(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", foreign.Endpoint.String())
			w.WriteHeader(307)
		})
		s, err := home.Publish(t.Context(), "v=0")
		if err != nil || s.URL.Host != foreign.Endpoint.Host {
			t.Fatal(s, err)
		}
		if err := s.Delete(t.Context()); err != nil {
			t.Error(err)
		}
	})
	t.Run("Location", func(t *testing.T) {
		home := relay(t, created(foreign.Endpoint.String()))
		s, err := home.Publish(t.Context(), "v=0")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Delete(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestResolve(t *testing.T) {
	for _, c := range []struct{ from, location, want string }{
		{"https://r/whip/a", "/s/1", "https://r/s/1"},
		{"https://r/whip/a", "s/1", "https://r/whip/s/1"},
		{"https://r/whip/a", "https://other:8443/s", "https://other:8443/s"},
		{"http://r/whip/a", "https://r/s", "https://r/s"},
		{"https://r/whip/a", "//other/s", "https://other/s"},
		{"https://r/whip/a", "http://r/s", ""},
		{"https://r/whip/a", "", ""},
		{"https://r/whip/a", "ftp://r/s", ""},
		{"https://r/whip/a", "https:///s", ""},
		{"https://r/whip/a", "javascript:alert(1)", ""},
		{"https://r/whip/a", "http://[::1", ""},
	} {
		from, _ := url.Parse(c.from)
		got, err := resolve(from, c.location)
		if (err == nil) != (c.want != "") || err == nil && got.String() != c.want {
			t.Errorf("%q from %s: %v, %v", c.location, c.from, got, err)
		}
	}
}

func TestSameOrigin(t *testing.T) {
	home, _ := url.Parse("https://Relay.example/whip")
	for other, want := range map[string]bool{
		"https://relay.example/x": true, "https://relay.example:443/": true, "https://relay.example:8443/": false,
		"http://relay.example/": false, "https://relay.example.evil/": false, "https://x@relay.example/": true,
		"http://relay.example:443/": false,
	} {
		if u, _ := url.Parse(other); sameOrigin(u, home) != want {
			t.Errorf("%s: %v", other, !want)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for h, want := range map[string]time.Duration{
		"": 0, "5": 5 * time.Second, " 5 ": 5 * time.Second, "-5": 0, "5.5": 0, "soon": 0,
		"99999999999999999999": 0, "86400": time.Hour, "2147483647": time.Hour,
		"Sun, 22 Nov 2026 12:00:30 GMT": 30 * time.Second, "Sun, 22 Nov 2026 11:00:00 GMT": 0,
		"Fri, 31 Dec 9999 23:59:59 GMT": time.Hour,
	} {
		if got := retryAfter(h, now); got != want {
			t.Errorf("%q: %v, want %v", h, got, want)
		}
	}
}

// Headers and body are the relay's to choose.
func FuzzResponse(f *testing.F) {
	f.Add("/session/1", "5", answerSDP)
	f.Add("https://other/s", "Sun, 22 Nov 2026 12:00:30 GMT", "<html>")
	from, _ := url.Parse("https://relay.example/whip/stage")
	f.Fuzz(func(t *testing.T, where, after, body string) {
		if to, err := resolve(from, where); err == nil && to.Scheme != "https" {
			t.Errorf("%q leads to %v", where, to)
		}
		if d := retryAfter(after, time.Now()); d < 0 || d > longest {
			t.Errorf("%q: %v", after, d)
		}
		if s, err := readAnswer(strings.NewReader(body)); err == nil && s != body {
			t.Errorf("%q became %q", body, s)
		}
	})
}
