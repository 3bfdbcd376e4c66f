package uplink_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"vigie/uplink"
	"vigie/uplink/uplinktest"
)

// Media and its reports go on: the checks that nobody answers are all that tells.
func consentExpires(t *testing.T) {
	s := newStage(t, quick)
	s.play()
	next[uplink.Confirmed](s, 5*time.Second)
	s.relay.Set(uplinktest.Behaviour{NoConsent: true, ReportEvery: 100 * time.Millisecond})
	s.isLost("answers no checks any more", 20*time.Second)
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
	s.recovers(1)
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
		if nth == 0 {
			next[uplink.Confirmed](s, 5*time.Second)
		}
		s.recovers(uint64(nth))
		if nth == 2 {
			break
		}
		server.hold()
		s.relay.Strand()
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
