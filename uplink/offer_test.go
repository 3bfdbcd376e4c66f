package uplink_test

import (
	"strings"
	"testing"
	"time"

	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"vigie/uplink"
)

// What RFC 9725 asks of the offer, section by section of it.
func TestOffer(t *testing.T) {
	t.Parallel()
	s := newStage(t, quick)
	next[uplink.Connected](s, 5*time.Second)
	var d sdp.SessionDescription
	if err := d.UnmarshalString(s.relay.Offer()); err != nil {
		t.Fatal(err)
	}
	if group, _ := d.Attribute("group"); group != "BUNDLE 0 1" { // 4.4.1
		t.Errorf("group %q", group)
	}
	if len(d.MediaDescriptions) != 2 {
		t.Fatalf("%d sections", len(d.MediaDescriptions))
	}
	for _, m := range d.MediaDescriptions {
		kind := m.MediaName.Media
		for _, name := range []string{"sendonly", "rtcp-mux", "rtcp-mux-only"} { // 4.2, 4.4.1
			if _, ok := m.Attribute(name); !ok {
				t.Errorf("%s: no a=%s", kind, name)
			}
		}
		if setup, _ := m.Attribute("setup"); setup != "actpass" { // 4.4.4
			t.Errorf("%s: setup %q", kind, setup)
		}
		if msid, _ := m.Attribute("msid"); !strings.HasPrefix(msid, "vigie ") { // 4.4.2
			t.Errorf("%s: msid %q", kind, msid)
		}
		if want := map[string]int{"video": 2, "audio": 1}[kind]; len(m.MediaName.Formats) != want { // with the picture's RTX
			t.Errorf("%s: payload types %v, want those that are sent", kind, m.MediaName.Formats)
		}
	}
	for _, want := range []string{
		"profile-level-id=42e01f", "packetization-mode=1", "opus/48000/2", "sprop-stereo=1", "a=ice-options:trickle ice2",
		"a=rtpmap:103 rtx/90000", "a=fmtp:103 apt=102", "a=ssrc-group:FID ", sdp.TransportCCURI, "nack pli", "ccm fir", "127.0.0.1",
	} {
		if !strings.Contains(s.relay.Offer(), want) {
			t.Errorf("no %q in the offer", want)
		}
	}
	if strings.Contains(s.relay.Offer(), ".local") {
		t.Error("a candidate hides behind mDNS")
	}
}

// STUN and TURN servers that do not answer, or have no name here, hold neither the offer nor the end.
func TestUnreachableServers(t *testing.T) {
	t.Parallel()
	silent := newSTUN(t, "203.0.113.1") // until the test's end
	s := newStage(t, quick, func(o *uplink.Options) {
		o.ICEServers = []webrtc.ICEServer{
			{URLs: []string{silent.url, "stun:stun.vigie.invalid:3478"}},
			{URLs: []string{strings.Replace(silent.url, "stun:", "turn:", 1)}, Username: "u", Credential: "c"},
		}
	})
	s.play()
	next[uplink.Confirmed](s, 8*time.Second)
	t.Logf("confirmed after %v", time.Since(s.began))
	ended := time.Now()
	if err := s.end(); err != nil {
		t.Error(err)
	}
	if d := time.Since(ended); d > 4*time.Second {
		t.Errorf("the end took %v", d)
	}
}
