package whip

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const (
	answerSDP = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
	token     = "s3cret-token"
)

// relay serves h and returns a client of its endpoint /whip/stage.
func relay(t *testing.T, h http.HandlerFunc) *Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	u, _ := url.Parse(s.URL + "/whip/stage")
	return &Client{Endpoint: u, Token: token, Box: "box-1"}
}

func created(location string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", location)
		w.Header().Set("ETag", `W/"1"`)
		w.WriteHeader(http.StatusCreated)
		io.WriteString(w, answerSDP)
	}
}

func TestPublish(t *testing.T) {
	var got *http.Request
	var body []byte
	c := relay(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		created("/session/1")(w, r)
	})
	s, err := c.Publish(t.Context(), "v=0 offer")
	if err != nil {
		t.Fatal(err)
	}
	if got.Method != "POST" || got.URL.Path != "/whip/stage" || string(body) != "v=0 offer" {
		t.Errorf("%s %s %q", got.Method, got.URL, body)
	}
	for key, want := range map[string]string{
		"Content-Type": "application/sdp", "Authorization": "Bearer " + token, "Vigie-Box": "box-1",
	} {
		if got.Header.Get(key) != want {
			t.Errorf("%s: %q, want %q", key, got.Header.Get(key), want)
		}
	}
	if s.Answer != answerSDP || s.entityTag() != `W/"1"` || s.URL.String() != "http://"+c.Endpoint.Host+"/session/1" {
		t.Errorf("%+v", s)
	}
}

func TestNoTokenNoAuthorization(t *testing.T) {
	c := relay(t, func(w http.ResponseWriter, r *http.Request) {
		if _, ok := r.Header["Authorization"]; ok {
			t.Error("there is an Authorization")
		}
		created("/session/1")(w, r)
	})
	c.Token, c.Endpoint.User = "", url.UserPassword("me", "pw")
	if _, err := c.Publish(t.Context(), "v=0"); err != nil {
		t.Error(err)
	}
}

func TestStatus(t *testing.T) {
	for _, c := range []struct {
		code    int
		text    string
		refused bool
	}{
		{301, "is elsewhere, in a way that WHIP does not allow (301): check relay.url", false},
		{400, "refuses our offer (400)", true},
		{401, "the relay refuses the token (401): check relay.token_file", true},
		{403, "the relay forbids us to publish (403): check relay.token_file", true},
		{404, "the relay has no such channel (404): check relay.url", true},
		{406, "(406)", true},
		{409, "somebody else may be publishing there (409) and asks us to wait 7s", false},
		{415, "(415)", true},
		{422, "(422)", true},
		{429, "is asked too often (429) and asks us to wait 7s", false},
		{499, "refuses our offer (499)", false},
		{500, "is in trouble (500)", false},
		{503, "is not available (503) and asks us to wait 7s", false},
		{599, "is in trouble (599)", false},
	} {
		k := relay(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(c.code)
			io.WriteString(w, r.Header.Get("Authorization")) // a relay that echoes the token
		})
		_, err := k.Publish(t.Context(), "v=0")
		var status *StatusError
		if !errors.As(err, &status) || status.Refused() != c.refused || status.Retry != 7*time.Second {
			t.Errorf("%d: %#v", c.code, err)
			continue
		}
		if !strings.Contains(err.Error(), c.text) || strings.Contains(err.Error(), token) {
			t.Errorf("%d: %q, want %q", c.code, err, c.text)
		}
	}
}

func TestProbe(t *testing.T) {
	for code, there := range map[int]bool{200: true, 204: true, 400: true, 401: false, 403: false, 404: false, 405: true, 500: false, 501: true, 503: false} {
		c := relay(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method != "GET" || r.Header.Get("Authorization") != "Bearer "+token {
				t.Errorf("%s with %q", r.Method, r.Header.Get("Authorization"))
			}
			w.WriteHeader(code)
		})
		if err := c.Probe(t.Context()); (err == nil) != there {
			t.Errorf("%d: %v", code, err)
		}
	}
	c := &Client{Endpoint: &url.URL{Scheme: "http", Host: "127.0.0.1:1", Path: "/" + token, User: url.User(token)}, Token: token}
	if err := c.Probe(t.Context()); err == nil || strings.Contains(err.Error(), token) {
		t.Errorf("nobody listens: %v", err)
	}
}

func TestDelete(t *testing.T) {
	for code, fine := range map[int]bool{200: true, 204: true, 404: true, 410: true, 405: false, 500: false} {
		c := relay(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == "POST" {
				created("/session/1")(w, r)
				return
			}
			if r.Method != "DELETE" || r.URL.Path != "/session/1" || r.Header.Get("If-Match") != "" ||
				r.Header.Get("Authorization") != "Bearer "+token {
				t.Errorf("%s %s %v", r.Method, r.URL, r.Header)
			}
			w.WriteHeader(code)
		})
		s, err := c.Publish(t.Context(), "v=0")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Delete(t.Context()); (err == nil) != fine {
			t.Errorf("%d: %v", code, err)
		}
	}
}

// A session whose answer is not usable is ended again, and the error says why.
func TestBadAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(http.ResponseWriter)
		text   string
	}{
		"cut short": {func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "1000")
			w.WriteHeader(201)
			io.WriteString(w, answerSDP)
		}, "cut short"},
		"too long": {func(w http.ResponseWriter) {
			w.WriteHeader(201)
			io.WriteString(w, answerSDP+strings.Repeat("a=x\r\n", maxBody/5))
		}, "longer than 256 kB"},
		"empty":   {func(w http.ResponseWriter) { w.WriteHeader(204) }, "not SDP"},
		"a page":  {func(w http.ResponseWriter) { w.WriteHeader(200); io.WriteString(w, "<html>") }, "not SDP"},
		"no body": {func(w http.ResponseWriter) { w.WriteHeader(201) }, "not SDP"},
	} {
		t.Run(name, func(t *testing.T) {
			deleted := false
			k := relay(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == "DELETE" {
					deleted = true
					return
				}
				w.Header().Set("Location", "/session/1")
				c.answer(w)
			})
			if _, err := k.Publish(t.Context(), "v=0"); err == nil || !strings.Contains(err.Error(), c.text) {
				t.Errorf("%v, want %q", err, c.text)
			}
			if !deleted {
				t.Error("the session was left at the relay")
			}
		})
	}
}

// handlerTransport answers in the same process: with it, time can be faked.
type handlerTransport func(*http.Request) (*http.Response, error)

func (h handlerTransport) RoundTrip(r *http.Request) (*http.Response, error) { return h(r) }

// endless is a body of which nothing more ever comes, until the request is given up.
type endless struct{ ctx context.Context }

func (e endless) Read([]byte) (int, error) { <-e.ctx.Done(); return 0, e.ctx.Err() }
func (e endless) Close() error             { return nil }

func TestTenSecondsInAll(t *testing.T) {
	for name, h := range map[string]handlerTransport{
		"no answer": func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		},
		"a proxy's, once we have gone": func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return &http.Response{StatusCode: 502, Body: http.NoBody, Request: r}, nil
		},
		"a body without end": func(r *http.Request) (*http.Response, error) {
			if r.Method == "DELETE" {
				return &http.Response{StatusCode: 200, Body: http.NoBody, Request: r}, nil
			}
			return &http.Response{StatusCode: 201, Header: http.Header{"Location": {"/s"}}, Body: endless{r.Context()}, Request: r}, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := &Client{Endpoint: &url.URL{Scheme: "https", Host: "relay"}, HTTP: &http.Client{Transport: h}}
				began := time.Now()
				_, err := c.Publish(t.Context(), "v=0")
				if d := time.Since(began); d != exchange {
					t.Errorf("it took %v", d)
				}
				if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "in time") {
					t.Error(err)
				}
			})
		})
	}
}

// Where the caller has no time left, ending the session takes none; where it has, two seconds at most.
func TestCleanupTakesWhatIsLeft(t *testing.T) {
	for name, c := range map[string]struct{ left, takes time.Duration }{
		"no time left": {time.Second, time.Second},
		"a little":     {exchange + time.Second, exchange + time.Second},
		"enough":       {time.Minute, exchange + cleanup},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := handlerTransport(func(r *http.Request) (*http.Response, error) {
					if r.Method == "DELETE" {
						<-r.Context().Done()
						return nil, r.Context().Err()
					}
					return &http.Response{StatusCode: 201, Header: http.Header{"Location": {"/s"}},
						Body: endless{r.Context()}, Request: r}, nil
				})
				k := &Client{Endpoint: &url.URL{Scheme: "https", Host: "relay"}, HTTP: &http.Client{Transport: h}}
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(c.left, cancel)
				began := time.Now()
				if _, err := k.Publish(ctx, "v=0"); err == nil {
					t.Error("no error")
				}
				if d := time.Since(began); d != c.takes {
					t.Errorf("it took %v, want %v", d, c.takes)
				}
				cancel()
			})
		})
	}
}
