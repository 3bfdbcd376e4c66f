package uplink_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"

	"vigie/uplink"
	"vigie/uplink/uplinktest"
)

// What the relay takes is in each packet, stamped when it leaves; what it does not take is in none.
func TestHeaderExtensions(t *testing.T) {
	t.Parallel()
	const delay = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"
	picture := func(p uplinktest.Packet) bool { return p.Video }
	s := newStage(t, uplinktest.Behaviour{Extensions: []string{sdp.ABSSendTimeURI, delay}})
	id := func(uri string) (id uint8) {
		for _, m := range values(s.request("POST", 1).Body, "a=extmap:") {
			if n, rest, _ := strings.Cut(m, " "); rest == uri {
				_, _ = fmt.Sscan(n, &id)
			}
		}
		return id
	}
	sentID, delayID := id(sdp.ABSSendTimeURI), id(delay)
	s.play()
	next[uplink.Connected](s, 5*time.Second)
	for range 50 {
		p := s.packet(picture)
		var sent rtp.AbsSendTimeExtension
		var playout rtp.PlayoutDelayExtension
		if len(p.Extensions) != 2 || sent.Unmarshal(p.Extensions[sentID]) != nil || playout.Unmarshal(p.Extensions[delayID]) != nil {
			t.Fatalf("extensions %x", p.Extensions)
		}
		if late := p.At.Sub(sent.Estimate(p.At)); late < 0 || late > 5*time.Second {
			t.Errorf("it left %v before it came", late)
		}
		if playout.MinDelay != 0 || playout.MaxDelay != 50 {
			t.Errorf("%+v", playout)
		}
	}
	s = newStage(t, quick)
	s.play()
	if p := s.packet(picture); len(p.Extensions) != 0 {
		t.Errorf("extensions %x, and the relay took none", p.Extensions)
	}
}
