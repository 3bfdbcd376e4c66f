package whip

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

const fragmentSDP = "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n"

// patched opens a session with the tag and returns it; each PATCH is handed to h.
func patched(t *testing.T, tag string, h http.HandlerFunc) *Session {
	t.Helper()
	c := relay(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != "POST" {
			h(w, r)
			return
		}
		w.Header().Set("Location", "/session/1")
		if tag != "" {
			w.Header().Set("ETag", tag)
		}
		w.WriteHeader(http.StatusCreated)
		io.WriteString(w, answerSDP)
	})
	s, err := c.Publish(t.Context(), "v=0")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTrickle(t *testing.T) {
	for tag, match := range map[string]string{
		`"xyzzy"`: `"xyzzy"`, `W/"weak"`: `W/"weak"`, "*": "", "": "", `"`: "", "bare": "", `"a"b"`: "", `""`: `""`,
	} {
		s := patched(t, tag, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if r.Method != "PATCH" || r.URL.Path != "/session/1" || string(body) != fragmentSDP ||
				r.Header.Get("Content-Type") != typeFragment || r.Header.Get("Authorization") != "Bearer "+token {
				t.Errorf("%s %s %q %v", r.Method, r.URL, body, r.Header)
			}
			if got := r.Header.Get("If-Match"); got != match {
				t.Errorf("ETag %s: If-Match %s, want %s", tag, got, match)
			}
			w.WriteHeader(http.StatusNoContent)
		})
		if err := s.Trickle(t.Context(), fragmentSDP); err != nil {
			t.Error(err)
		}
		if s.Restartable() != (match != "") {
			t.Errorf("ETag %s: restartable %v", tag, s.Restartable())
		}
	}
}

func TestRestart(t *testing.T) {
	var matches []string
	s := patched(t, `"1"`, func(w http.ResponseWriter, r *http.Request) {
		matches = append(matches, r.Header.Get("If-Match"))
		if r.Header.Get("If-Match") != "*" {
			w.WriteHeader(http.StatusNoContent) // without an entity tag: the last one stays
			return
		}
		w.Header().Set("ETag", `"2"`)
		io.WriteString(w, fragmentSDP)
	})
	if answer, err := s.Restart(t.Context(), fragmentSDP); err != nil || answer != fragmentSDP {
		t.Errorf("%q, %v", answer, err)
	}
	for range 2 {
		if err := s.Trickle(t.Context(), fragmentSDP); err != nil {
			t.Error(err)
		}
	}
	if got := strings.Join(matches, " "); got != `* "2" "2"` {
		t.Errorf("If-Match %s", got)
	}
}

func TestPatchRefused(t *testing.T) {
	for _, code := range []int{301, 400, 401, 404, 405, 412, 422, 428, 500, 501} {
		s := patched(t, `"1"`, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) })
		var status *StatusError
		if err := s.Trickle(t.Context(), fragmentSDP); !errors.As(err, &status) || status.Code != code {
			t.Errorf("%d: %v", code, err)
		} else if strings.Contains(err.Error(), "check relay") {
			t.Errorf("%d: %v: nobody can mend that", code, err)
		}
	}
	s := patched(t, `"1"`, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	if _, err := s.Restart(t.Context(), fragmentSDP); !errors.Is(err, ErrNoRestart) {
		t.Errorf("204 to a restart: %v", err)
	}
	s = patched(t, `"1"`, func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, strings.Repeat("a=x\r\n", maxBody))
	})
	if _, err := s.Restart(t.Context(), fragmentSDP); err == nil || !strings.Contains(err.Error(), "longer than 256 kB") {
		t.Error(err)
	}
}

func TestAcceptPatch(t *testing.T) {
	for list, want := range map[string]bool{
		"application/trickle-ice-sdpfrag": true, "text/plain, application/Trickle-ICE-sdpfrag; x=y": true,
		"": false, "application/sdp": false, "application/trickle-ice-sdpfragment": false,
	} {
		if got := takesFragments(http.Header{"Accept-Patch": {list}}); got != want {
			t.Errorf("%q: %v", list, got)
		}
	}
}
