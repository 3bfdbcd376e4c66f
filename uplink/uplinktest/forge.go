package uplinktest

import (
	crypto "crypto/rand"
	"encoding/binary"
	"math/rand/v2"
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

// ForgedSTUN are messages about a way, of all kinds, by somebody who has no password of the session's.
func ForgedSTUN() (all [][]byte) {
	for _, kind := range []uint16{bindingRequest, bindingIndication, bindingSuccess, bindingError} {
		all = append(all, stun(kind, false), stun(kind, true))
	}
	return all
}

// Garbage are datagrams of each protocol that shares media's port (RFC 7983), and of none, by somebody who has no keys.
func Garbage() [][]byte {
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
