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

	"github.com/pion/sdp/v3"

	"vigie/uplink"
	"vigie/uplink/uplinktest"
	"vigie/uplink/whip"
)

// TestRFC9725 is what a WHIP client owes, row by row of the RFC's sections, against a relay that plays each behaviour of
// a server. What is not WHIP's but the transport's (names, certificates, log-in pages) is in whip's own tests.
func TestRFC9725(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		holds func(t *testing.T)
	}{
		{"4.1 an answer counts as its class where its code is unknown", everyStatus},
		{"4.1 what a retry cannot mend is said and retried slowly", retriedSlowly},
		{"4.2 the offer is posted as application/sdp", func(t *testing.T) {
			r := newStage(t, quick).request("POST", 1)
			if r.Path != "/whip/main-stage" || r.Header.Get("Content-Type") != "application/sdp" || !strings.HasPrefix(r.Body, "v=0") {
				t.Errorf("%+v", r)
			}
		}},
		{"4.2 directions are sendonly", func(t *testing.T) {
			newStage(t, quick).eachSection(func(m *sdp.MediaDescription) bool {
				return has("sendonly")(m) && !has("inactive")(m) && !has("recvonly")(m) && !has("sendrecv")(m)
			}, "not sendonly")
		}},
		{"4.2 consent is fresh or the session ends", consentExpires},
		{"4.2 a DTLS teardown ends the session", func(t *testing.T) {
			s := newStage(t, quick)
			s.play()
			next[uplink.Confirmed](s, 5*time.Second)
			s.relay.HangUp()
			s.isLost("the relay closed the session", 2*time.Second) // silence would be 6 s
		}},
		{"4.2 DELETE of the session URL ends it", deleteEnds},
		{"4.2 DELETE takes a bounded time", deleteIsBounded},
		{"4.2 an answer that is no answer is said", badAnswers},
		{"4.3.1 a PATCH is a trickle-ice-sdpfrag", func(t *testing.T) {
			s := newStage(t, quick, withLate(t, newSTUN(t, "203.0.113.1")))
			if r := s.request("PATCH", 1); r.Header.Get("Content-Type") != "application/trickle-ice-sdpfrag" ||
				!strings.HasPrefix(r.Path, "/session/") {
				t.Errorf("%+v", r)
			}
		}},
		{"4.3.1 no If-Match where it is not needed", func(t *testing.T) {
			s := newStage(t, quick)
			next[uplink.Connected](s, 5*time.Second)
			s.end()
			for _, r := range s.relay.Requests() {
				if _, ok := r.Header["If-Match"]; ok {
					t.Errorf("%+v", r)
				}
			}
		}},
		{"4.3.1 a PATCH that is refused ends nothing", refusedPatch},
		{"4.3.2 the offer waits for no server, late candidates go in one PATCH", onePatch},
		{"4.3.2 the entity tag is the condition", entityTags},
		{"4.3.2 a fragment has the offerer-tagged section alone", oneSection},
		{"4.3.3 a restart has new credentials, candidates, and If-Match *", restart},
		{"4.3.3 a restart replaces the relay's side, and its entity tag", restartTwice},
		{"4.3.3 a restart that fails becomes DELETE and POST", restartRefused},
		{"4.4.1 max-bundle, rtcp-mux and rtcp-mux-only", func(t *testing.T) {
			s := newStage(t, quick)
			d := s.sections()
			if group, _ := d.Attribute("group"); group != "BUNDLE 0 1" {
				t.Errorf("group %q", group)
			}
			s.eachSection(has("rtcp-mux"), "no a=rtcp-mux")
			s.eachSection(has("rtcp-mux-only"), "no a=rtcp-mux-only")
		}},
		{"4.4.2 one msid, one track of a kind", func(t *testing.T) {
			s := newStage(t, quick)
			kinds := map[string]int{}
			s.eachSection(func(m *sdp.MediaDescription) bool {
				kinds[m.MediaName.Media]++
				msid, _ := m.Attribute("msid")
				return strings.HasPrefix(msid, "vigie ")
			}, "another msid")
			if kinds["video"] != 1 || kinds["audio"] != 1 {
				t.Error(kinds)
			}
		}},
		{"4.4.4 setup is actpass", func(t *testing.T) {
			newStage(t, quick).eachSection(func(m *sdp.MediaDescription) bool {
				setup, _ := m.Attribute("setup")
				return setup == "actpass"
			}, "not actpass")
		}},
		{"4.4.5 ICE is full", func(t *testing.T) {
			d := newStage(t, quick).sections()
			if _, lite := d.Attribute("ice-lite"); lite {
				t.Error("ice-lite")
			}
		}},
		{"4.4.5 media by IPv6", func(t *testing.T) {
			s := newStageAt(t, "::1", quick)
			s.play()
			next[uplink.Confirmed](s, 5*time.Second)
			s.goesBy("host udp ::1")
		}},
		{"4.4.5 media by TCP where UDP is blocked", func(t *testing.T) {
			s := newStage(t, uplinktest.Behaviour{NoUDP: true, ReportEvery: 100 * time.Millisecond})
			s.play()
			next[uplink.Confirmed](s, 5*time.Second)
			s.goesBy("host tcp 127.0.0.1")
		}},
		{"4.4.5 media by TURN, over UDP and over TCP", byTURN},
		{"4.4.5 media by one interface alone", oneInterface},
		{"4.5 307 and 308 are followed, 301 and 302 are not", redirects},
		{"4.5 a circle of redirects ends after five", func(t *testing.T) {
			s := newStage(t, uplinktest.Behaviour{Redirect: "/whip/main-stage"})
			s.isLost("redirects more than 5 times", 5*time.Second)
			if n := s.relay.Counts().Posts; n != 6 {
				t.Errorf("%d requests", n)
			}
		}},
		{"4.5 never from https to http", func(t *testing.T) {
			s := newStage(t, uplinktest.Behaviour{Redirect: "http://127.0.0.1:1/whip"}, withTLS(t, true))
			s.isLost("leads from https to http", 5*time.Second)
		}},
		{"4.5 a Location is seen from the URL that answered", locations},
		{"4.5 Retry-After is heeded, in seconds or as a date, up to a minute", retryAfter},
		{"4.6 ICE servers of the Link are asked by the next session", namedServers},
		{"4.6 configured ICE servers override those of the Link", configuredServers},
		{"4.6 a TURN server that is named is tried soon", namedTURN},
		{"4.7.1 the token is on every request, and without one there is no Authorization", authorization},
		{"4.9 a Link of an unknown relation is ignored", func(t *testing.T) {
			other := newSTUN(t, "203.0.113.1")
			s := newStage(t, uplinktest.Behaviour{
				Links: []string{"<" + other.url + `>; rel="urn:ietf:params:whip:ext:example"`}, HangUp: true,
			})
			s.isLost("closed the session", 5*time.Second)
			s.request("POST", 2)
			if len(other.asked) > 0 {
				t.Error("it was taken for an ICE server")
			}
		}},
		{"5 the certificate is verified", func(t *testing.T) {
			newStage(t, quick, withTLS(t, false)).isLost("signed by nobody this box knows", 5*time.Second)
		}},
		{"5 a private CA can be given", func(t *testing.T) {
			s := newStage(t, quick, withTLS(t, true))
			s.play()
			next[uplink.Confirmed](s, 5*time.Second)
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			row.holds(t)
		})
	}
}

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

// Media and its reports go on: the checks that nobody answers are all that tells.
func consentExpires(t *testing.T) {
	s := newStage(t, quick)
	s.play()
	next[uplink.Confirmed](s, 5*time.Second)
	s.relay.Set(uplinktest.Behaviour{NoConsent: true, ReportEvery: 100 * time.Millisecond})
	s.isLost("answers no checks any more", 20*time.Second)
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

func refusedPatch(t *testing.T) {
	for _, code := range []int{405, 412, 422, 428, 501} {
		s := newStage(t, uplinktest.Behaviour{PatchStatus: code, ReportEvery: 100 * time.Millisecond},
			withLate(t, newSTUN(t, "203.0.113.1")))
		s.request("PATCH", 1)
		s.play()
		next[uplink.Confirmed](s, 5*time.Second)
		s.neverLost()
	}
}

// One server answers once the relay has the offer, the other once the session stands: an offer that waited for them
// would never go out, a PATCH that did not wait would lack one.
func onePatch(t *testing.T) {
	later := newSTUN(t, "203.0.113.2")
	s := newStage(t, quick, withLate(t, newSTUN(t, "203.0.113.1")), func(o *uplink.Options) {
		o.ICEServers = append(o.ICEServers, later.servers()...)
	})
	next[uplink.Connected](s, 5*time.Second)
	later.answer()
	r := s.request("PATCH", 1)
	if !containsAll(values(r.Body, "a=candidate:"), "203.0.113.1", "203.0.113.2") || !strings.Contains(r.Body, "a=end-of-candidates") {
		t.Errorf("%s", r.Body)
	}
	post := s.request("POST", 1)
	if strings.Contains(post.Body, "203.0.113") || !strings.Contains(post.Body, "a=candidate:") || strings.Contains(post.Body, "end-of-cand") {
		t.Errorf("%s", post.Body)
	}
	s.play()
	next[uplink.Confirmed](s, 5*time.Second)
	s.neverLost()
	if n := s.relay.Counts().Patches; n != 1 {
		t.Errorf("%d PATCHes", n)
	}
}

func entityTags(t *testing.T) {
	for tag, match := range map[string]string{
		`"strong"`: `"strong"`, `W/"weak"`: `W/"weak"`, "*": "", uplinktest.None: "",
	} {
		s := newStage(t, uplinktest.Behaviour{ETag: tag}, withLate(t, newSTUN(t, "203.0.113.1")))
		if got := s.request("PATCH", 1).Header.Get("If-Match"); got != match {
			t.Errorf("ETag %s: If-Match %s", tag, got)
		}
		next[uplink.Connected](s, 5*time.Second)
		s.end()
	}
}

func oneSection(t *testing.T) {
	s := newStage(t, quick, withLate(t, newSTUN(t, "203.0.113.1")))
	body, post := s.request("PATCH", 1).Body, s.request("POST", 1).Body
	if m := values(body, "m="); len(m) != 1 || m[0] != values(post, "m=")[0] {
		t.Errorf("sections %q", m)
	}
	for prefix, want := range map[string]string{
		"a=mid:": "0", "a=group:": "BUNDLE 0 1", "a=ice-ufrag:": values(post, "a=ice-ufrag:")[0], "a=ice-pwd:": values(post, "a=ice-pwd:")[0],
	} {
		if got := values(body, prefix); len(got) != 1 || got[0] != want {
			t.Errorf("%s%q, want %q", prefix, got, want)
		}
	}
}

func restart(t *testing.T) {
	s := newStage(t, quick)
	s.play()
	next[uplink.Confirmed](s, 5*time.Second)
	s.relay.Strand()
	r, post := s.request("PATCH", 1), s.request("POST", 1)
	if got := r.Header.Get("If-Match"); got != "*" {
		t.Errorf("If-Match %s", got)
	}
	for _, prefix := range []string{"a=ice-ufrag:", "a=ice-pwd:", "a=candidate:"} {
		if now, before := values(r.Body, prefix), values(post.Body, prefix); len(now) == 0 || now[0] == before[0] {
			t.Errorf("%s%q, and %q before", prefix, now, before)
		}
	}
	next[uplink.Confirmed](s, 5*time.Second)
	s.neverLost()
}

// Media gets through only to the side that the last answer named, and the candidate that comes after it goes under the
// entity tag that came with it.
func restartTwice(t *testing.T) {
	server := newSTUN(t, "203.0.113.1")
	s := newStage(t, quick, withLate(t, server))
	s.play()
	for nth, tag := range []string{`"1"`, `"restart 1"`, `"restart 2"`} {
		if got := s.request("PATCH", 2*nth+1).Header.Get("If-Match"); got != tag {
			t.Errorf("If-Match %s, want %s", got, tag)
		}
		next[uplink.Confirmed](s, 5*time.Second)
		if nth == 2 {
			break
		}
		server.hold()
		s.relay.Strand()
		next[uplink.Unconfirmed](s, 5*time.Second)
		if r := s.request("PATCH", 2*nth+2); r.Header.Get("If-Match") != "*" || strings.Contains(r.Body, server.mapped) {
			t.Errorf("%+v", r)
		}
		server.answer()
	}
	s.neverLost()
}

func restartRefused(t *testing.T) {
	for _, code := range []int{404, 405, 422, 501} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			t.Parallel()
			s := newStage(t, quick)
			s.play()
			next[uplink.Confirmed](s, 5*time.Second)
			s.relay.Set(uplinktest.Behaviour{PatchStatus: code, ReportEvery: 100 * time.Millisecond})
			s.relay.Strand()
			if lost := s.isLost(fmt.Sprintf("ICE restart failed: the relay answers %d to a PATCH", code), 5*time.Second); lost.Refused {
				t.Errorf("%+v: a new session is to be tried at once", lost)
			}
			next[uplink.Confirmed](s, 5*time.Second)
			if c := s.relay.Counts(); c.Posts != 2 || c.Deletes != 1 {
				t.Errorf("%+v", c)
			}
		})
	}
}

func oneInterface(t *testing.T) {
	s := newStage(t, quick, func(o *uplink.Options) { o.Interface = "lo" })
	for _, c := range values(s.request("POST", 1).Body, "a=candidate:") {
		if f := strings.Fields(c); f[4] != "127.0.0.1" && f[4] != "::1" {
			t.Errorf("%s is not of lo", c)
		}
	}
	next[uplink.Connected](s, 5*time.Second)
	s = newStage(t, quick, func(o *uplink.Options) { o.Interface = "stage9" })
	if lost := s.isLost("relay.interface: this box has no stage9; it has lo", 5*time.Second); lost.Refused {
		t.Errorf("%+v: it may be plugged in soon", lost)
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
	date := time.Now().Add(30 * time.Second).UTC().Format(http.TimeFormat)
	for after, want := range map[string]time.Duration{"20": 20 * time.Second, date: 28 * time.Second, "86400": time.Minute} {
		s := newStage(t, uplinktest.Behaviour{Status: 503, RetryAfter: after})
		if lost := s.isLost("asks us to wait", 5*time.Second); lost.Retry < want || lost.Retry > time.Minute {
			t.Errorf("Retry-After %s: the next attempt in %v", after, lost.Retry)
		}
		s.end()
	}
}

func namedServers(t *testing.T) {
	named := newSTUN(t, "203.0.113.1")
	s := newStage(t, uplinktest.Behaviour{
		Links: []string{"<" + named.url + `>; rel="ice-server"`, `<stun:>; rel="ice-server"`}, HangUp: true,
	})
	s.isLost("closed the session", 5*time.Second)
	if len(named.asked) > 0 {
		t.Error("the first session asked it, before it was named")
	}
	s.relay.Set(quick)
	s.request("POST", 2)
	named.answer()
	if r := s.request("PATCH", 1); !strings.Contains(r.Body, "203.0.113.1") {
		t.Errorf("%s", r.Body)
	}
	for _, r := range s.relay.Requests() {
		if r.Method == "OPTIONS" {
			t.Error("OPTIONS: not for this")
		}
	}
}

func configuredServers(t *testing.T) {
	named, own := newSTUN(t, "203.0.113.1"), newSTUN(t, "203.0.113.2")
	links := []string{"<" + named.url + `>; rel="ice-server"`}
	s := newStage(t, uplinktest.Behaviour{Links: links, HangUp: true}, withLate(t, own))
	s.isLost("closed the session", 5*time.Second)
	s.relay.Set(uplinktest.Behaviour{Links: links})
	next[uplink.Connected](s, 5*time.Second)
	s.request("PATCH", 1)
	s.relay.Strand()
	for n := 2; s.request("PATCH", n).Header.Get("If-Match") != "*"; n++ {
	}
	if len(named.asked) > 0 || len(own.asked) == 0 {
		t.Errorf("the named server was asked %d times, the configured one %d times", len(named.asked), len(own.asked))
	}
}

func namedTURN(t *testing.T) {
	server := newSTUN(t, "203.0.113.1")
	turn := strings.Replace(server.url, "stun:", "turn:", 1)
	s := newStage(t, uplinktest.Behaviour{
		Links: []string{"<" + turn + `>; rel="ice-server"; username="u"; credential="c"; credential-type="password"`}, NoMedia: true,
	})
	s.isLost("media does not get through", 6*time.Second)
	const allocate = 3 // RFC 8656, 17
	for late := time.After(3 * time.Second); ; {
		select {
		case kind := <-server.asked:
			if kind == allocate {
				return
			}
		case <-late:
			t.Fatal("it was not asked")
		}
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
