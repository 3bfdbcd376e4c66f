package uplink_test

import (
	crypto "crypto/rand"
	"encoding/binary"
	"math/rand/v2"
	"net"
	"testing"
	"time"

	"vigie/uplink"
	"vigie/uplink/uplinktest"
)

// The kinds of STUN messages about a way (RFC 8489, 5; Binding).
const (
	bindingRequest, bindingIndication = 0x0001, 0x0011
	bindingSuccess, bindingError      = 0x0101, 0x0111
)

// stun makes a message about a way that nobody of the session made: its integrity is wrong, or missing.
func stun(kind uint16, signed bool) []byte {
	b := binary.BigEndian.AppendUint16(nil, kind)
	b = append(b, 0, 0, 0x21, 0x12, 0xa4, 0x42)
	b = append(b, noise(12)...) // the transaction
	attribute := func(kind uint16, value []byte) {
		b = binary.BigEndian.AppendUint16(b, kind)
		b = binary.BigEndian.AppendUint16(b, uint16(len(value)))
		b = append(b, value...)
	}
	attribute(0x0006, []byte("user:name" + "\x00\x00\x00")[:12])
	attribute(0x0009, []byte{0, 0, 4, 87}) // an ERROR-CODE: 487, role conflict
	attribute(0x0020, append([]byte{0, 1}, noise(6)...))
	if signed {
		attribute(0x0008, noise(20)) // MESSAGE-INTEGRITY
	}
	binary.BigEndian.PutUint16(b[2:], uint16(len(b)-20))
	return b
}

func noise(n int) []byte {
	b := make([]byte, n)
	_, _ = crypto.Read(b)
	return b
}

// forgedSTUN are messages of all kinds.
func forgedSTUN() (all [][]byte) {
	for _, kind := range []uint16{bindingRequest, bindingIndication, bindingSuccess, bindingError} {
		all = append(all, stun(kind, false), stun(kind, true))
	}
	return all
}

// garbage are datagrams of each protocol that shares the port (RFC 7983), and of none.
func garbage() [][]byte {
	all := [][]byte{
		{}, {0}, noise(1), noise(1500),
		{21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 1, 0},                                       // DTLS: close_notify, not encrypted
		append([]byte{22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 60, 1}, noise(59)...),             // a ClientHello
		append([]byte{23, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, byte(rand.Int()), 0, 40}, noise(40)...), // data
		append([]byte{23, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, byte(rand.Int()), 0, 40}, noise(40)...), // not encrypted
		append([]byte{20, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 1}, 1),                            // ChangeCipherSpec
	}
	for _, second := range []byte{102, 200, 201, 203, 205, 206} { // RTP, RTCP
		all = append(all, append([]byte{0x80, second}, noise(rand.IntN(200))...))
	}
	return all
}

// Whoever knows the addresses, and no keys, does no harm: a show goes on through ten thousand datagrams a second.
func TestFloodOfGarbage(t *testing.T) {
	s := newStage(t, quick)
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
			all := append(garbage(), forgedSTUN()...)
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
		s.relay.Inject(forgedSTUN()...)
		s.relay.Replay()
	})
	s.isLost("answers no checks any more", 20*time.Second)
	stop()
	s.relay.Set(quick)
	next[uplink.Confirmed](s, 10*time.Second)
}
