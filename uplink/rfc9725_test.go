package uplink_test

import (
	"strings"
	"testing"
	"time"

	"github.com/pion/sdp/v3"

	"vigie/uplink"
	"vigie/uplink/uplinktest"
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
