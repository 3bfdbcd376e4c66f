package uplink_test

import (
	"net"
	"testing"
	"time"

	"vigie/uplink"
	"vigie/uplink/uplinktest"
)

// Whoever knows the addresses, and no keys, does no harm: a show goes on through ten thousand datagrams a second.
func TestFloodOfGarbage(t *testing.T) {
	s := newStage(t, quick, unkept)
	s.play()
	next[uplink.Confirmed](s, 5*time.Second)
	stranger, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	check := holds(t)
	stop := flood(t, func() {
		for range 3 {
			all := append(uplinktest.Garbage(), uplinktest.ForgedSTUN()...)
			s.relay.Inject(all...)
			for _, to := range s.relay.Publishers() {
				for _, b := range all {
					_, _ = stranger.WriteToUDPAddrPort(b, to)
				}
			}
		}
	})
	s.sends(450) // longer than a report counts
	stop()
	check()
	s.unmoved()
}

// A relay that no longer answers checks has taken its consent back, whatever is sent in its name: answers that it gave
// before, and ones that it never gave (RFC 7675, 5.1).
func TestForgedConsentIsNone(t *testing.T) {
	t.Parallel()
	s := newStage(t, quick)
	s.play()
	next[uplink.Confirmed](s, 5*time.Second)
	s.sends(150) // some checks are answered, and can be replayed
	s.relay.Set(uplinktest.Behaviour{NoConsent: true, ReportEvery: 100 * time.Millisecond})
	stop := flood(t, func() {
		s.relay.Inject(uplinktest.ForgedSTUN()...)
		s.relay.Replay()
	})
	s.isLost("answers no checks any more", 20*time.Second)
	stop()
	s.relay.Set(quick)
	next[uplink.Confirmed](s, 10*time.Second)
}
