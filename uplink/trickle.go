package uplink

import (
	"context"
	"slices"
	"time"

	"github.com/pion/webrtc/v4"
)

const (
	gather = time.Second // for a box that finds no address at first
	// settle is how long after the last candidate the offer goes out. The box's own addresses come within a few
	// milliseconds of each other; what STUN and TURN servers say comes later, or never, and delays nothing.
	settle = 20 * time.Millisecond
	// trickling is how long candidates are waited for after the offer: a TURN server by TLS takes some round trips.
	trickling  = 3 * time.Second
	stunAnswer = 2 * time.Second // how long a STUN server's answer is waited for
)

// gathered returns our side once the box's own candidates are there: when all came, or when none has come for a moment.
func (s *session) gathered(ctx context.Context, all <-chan struct{}) (iceSide, error) {
	late := time.NewTimer(gather)
	defer late.Stop()
	var quiet <-chan time.Time
	for done := false; !done; {
		select {
		case <-s.found:
			quiet = time.After(settle)
			continue
		case <-quiet:
			quiet = nil // which is too soon where the last gathering found something
		case <-all:
			done = true
		case <-late.C:
			done = true
		case <-ctx.Done():
			return iceSide{}, ctx.Err()
		}
		if side := readICE(s.pc.LocalDescription().SDP); len(side.candidates) > 0 {
			return side, nil
		}
	}
	return iceSide{}, errNoNetwork
}

// trickle sends the candidates that come after those which the relay has, in one PATCH (RFC 9725, 4.3.2). A relay that
// does not take them learns the addresses from our checks, unless it is behind a firewall itself. It is one of the
// session's goroutines.
func (s *session) trickle(ctx context.Context, offer string, has iceSide, all <-chan struct{}) {
	if has.complete {
		return
	}
	wait := time.NewTimer(trickling)
	defer wait.Stop()
	select {
	case <-all:
	case <-wait.C:
	case <-ctx.Done():
		return
	}
	side := readICE(s.pc.LocalDescription().SDP)
	side.candidates = slices.DeleteFunc(side.candidates, func(c string) bool {
		return slices.Contains(has.candidates, c) || isTCP(c) // those are of connections that we open
	})
	if side.ufrag != has.ufrag || len(side.candidates) == 0 { // ICE was restarted since, or there is nothing to say
		return
	}
	if err := s.whip.Trickle(ctx, fragmentOf(offer, side)); err != nil {
		s.u.log.Info("the relay does not take late candidates", "err", err)
	}
}

// gatherAll begins to gather for an offer and returns a channel that is closed when all candidates are there.
func (s *session) gatherAll(offer webrtc.SessionDescription) (<-chan struct{}, error) {
	all := webrtc.GatheringCompletePromise(s.pc)
	return all, s.pc.SetLocalDescription(offer)
}
