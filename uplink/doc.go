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
// A session that goes silent looks for another way to the relay by ICE restart, where the relay offers that; else, and
// where there is none, it is ended and the next one is opened.
//
// Goroutines: Run's own, which is the loop and calls Event; in a session the sender, the teller of time (sender
// reports), the look-out for the way that media takes, a reader of RTCP for each track, and now and then one that sends
// late candidates or restarts ICE; and for each session that is over one that ends it. Run waits for all.
package uplink
