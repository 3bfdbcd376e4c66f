// Package uplinktest is a relay that misbehaves on command and measures what arrives. It is real as far as it goes: an
// HTTP endpoint that speaks WHIP, and pion behind it, on one UDP socket of the loopback interface.
//
//	relay, err := uplinktest.New(uplinktest.Options{Packet: func(p uplinktest.Packet) { ... }})
//	server := httptest.NewServer(relay)
//	relay.Set(uplinktest.Behaviour{Status: 503, RetryAfter: "2"})
//	relay.Vanish()
//
// A Behaviour counts from the next request on, and its reports at once.
package uplinktest
