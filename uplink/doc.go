// Package uplink carries one show to the relay: it opens a WHIP session, sends picture and sound through it, and opens
// the next one when it is lost, until the show is over.
//
//	WriteVideo --> queue (30 units) --+
//	                                  +--> sender --> packets --> NACK buffer --> wire --> SRTP, UDP --> relay
//	WriteAudio --> queue (50 packets)-+                                             |
//	                                                                                v
//	Confirmed, Unconfirmed <------------------- loop <--- RTCP readers ------> witness
//
// Neither write blocks. A queue that is full means a network that stands still: what is in it is thrown away, and the
// picture goes on with the next IDR, which is asked for. While there is no session, everything is thrown away. All of
// it is counted.
//
// The events say what the red light may show. Confirmed is true while camera or microphone leave the box and the relay
// reports that it has them (see witness); it is taken back by a timer, not by the next packet.
//
// It comes back by itself. What sets it off: the kernel's news of links, addresses and routes; no RTCP for two seconds
// while media leaves; ICE or DTLS that end. Then it looks for another way to the relay by ICE restart, where the relay
// offers that; else, and where there is none, the session is ended and the next one is opened, at once and then after
// waits that grow (backoff). A link that comes up, a relay that is back and a press end such a wait. After three
// attempts that fail, the next relay of the list is asked (endpoint).
//
// Nobody is trusted. What relays and name servers answer is bounded in size and time; reports prove nothing but what was
// sent (witness); RTCP that makes up streams ends the session (strangers); and who has no keys can end none (guarded).
//
// Goroutines: Run's own, which is the loop and calls Event; the one that listens to the kernel and the one that probes the
// first relay while a backup has the show; in a wait one that probes the relay; in a session the sender, the teller of time
// (sender reports), the look-out for the way that media takes, a reader of RTCP for each track and one for
// retransmissions, and now and then one that sends late candidates or restarts ICE; and for each session that is over one
// that ends it. Run waits for all.
package uplink
