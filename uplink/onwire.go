package uplink

import "github.com/pion/interceptor"

// onWire is what wire remembers of a track.
type onWire struct {
	epoch  uint64 // of the media being sent
	filler bool   // is the media being sent
	number int64  // the highest sequence number sent, unwrapped
	sent   bool   // number is valid
	cut    int64  // nothing up to this number is sent again
	stamps stamps // of whoever has wire.socket

	// Settled when the track is bound.
	below interceptor.RTPWriter
	kept  *kept // nil where the relay does not ask for packets again
	rtx   *rtx  // nil where it takes no stream of them
}

// unwrap tells which packet of the stream a sequence number means.
func (o *onWire) unwrap(seq uint16) int64 {
	if !o.sent {
		return 1<<16 + int64(seq)
	}
	return o.number + int64(int16(seq-uint16(o.number)))
}

// repeatable tells whether a packet was sent, and may be sent again.
func (o *onWire) repeatable(number int64) bool { return o.sent && o.cut < number && number <= o.number }

// spoil makes sure that no packet up to this one is sent again.
func (o *onWire) spoil(number int64) { o.cut = max(o.cut, number) }
