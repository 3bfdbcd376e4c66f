// Package relay is the embedded relay: one publisher in by WHIP, many viewers out by WHEP, and the page they watch on.
//
//	publisher --WHIP--> feed (the last packets) --> viewer's own goroutine --WHEP--> browser
//	    ^                                               |
//	    +------------- PLI, at most one in 500 ms ------+  (a viewer joined, lost its picture, or fell behind)
//
// The feed is a ring of the publisher's newest packets. The publisher writes into it and waits for nobody; each viewer
// reads from its own place. A viewer that falls half the ring behind is moved to the newest packet, loses its picture
// until the next IDR, and is counted. So one slow viewer costs one viewer. The same ring answers viewers' NACKs, and no
// packet is stored once per viewer.
//
// Each viewer's packets are renumbered (rewriter): its picture begins with an SPS, its sequence numbers have no gap but
// those that the publisher's network made, and numbers and timestamps go on when the publisher comes back in a new
// session. Sender reports carry the publisher's own pairs of NTP and RTP time, moved by the same offset, so that sound
// and picture stay together as they were captured, whatever the network did on the way.
//
// A viewer may connect before there is a publisher (the WHEP draft allows both): it then waits with its session up, and
// has the picture with the first IDR. Two hundred handshakes are thereby spread over the time before the show.
//
// ICE is lite for viewers (RFC 8445, 2.5): the relay has addresses that are reachable, and a lite agent sends nothing to
// an address that did not speak to it first. Watching needs no token, so a full agent could be told by anyone to probe
// the venue's network. A publisher, who has one, meets a full agent, because that connects sooner (settings). Candidates
// in offers are not used in either case, and neither mDNS names nor IPv6 can stall a session.
// Media has one UDP and one TCP port, on the address of Options.Listen.
//
// Publishing needs the token; watching does not. The page may not be framed by other sites: nobody decided that it may.
// Players on other sites use WHEP, which is open to every origin.
//
// RFC 9725 (WHIP), draft-ietf-wish-whep (WHEP), RFC 8840 (trickle ICE fragments), RFC 6184 (H.264 in RTP).
package relay
