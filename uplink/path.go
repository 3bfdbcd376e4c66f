package uplink

import (
	"errors"
	"time"

	"github.com/pion/webrtc/v4"

	"vigie/capture"
)

// consentFor is how long an answer to a STUN check is the relay's consent to be sent media (RFC 7675, 5.1, which allows
// up to 30 s). There is a check each second; that ten are lost in a row and reports get through is no network's doing.
const consentFor = 10 * time.Second

var (
	errNoConsent   = errors.New("the relay answers no checks any more: it may not want our media (RFC 7675)")
	errAddressGone = errors.New("this box's network has changed: the address that media left from is gone")
	errRouteMoved  = errors.New("this box's network has changed: packets to the relay go another way now")
)

// watchPath looks after the way that media takes, each second and when the network changes, and says on path when it is
// no more. What it asks pion
// may stand still with the socket: it is one of the session's goroutines, not the loop.
func (s *session) watchPath() {
	second := time.NewTicker(time.Second)
	defer second.Stop()
	c := consent{last: capture.Now()}
	var r route
	for {
		select {
		case <-second.C:
		case <-s.look:
		case <-s.stop:
			return
		}
		err, pair := c.look(s.ice(), capture.Now()), s.selected()
		switch {
		case err != nil:
		case addressGone(pair):
			err = errAddressGone
		case s.u.o.Interface == "" && r.moved(pair): // else the routes are for that interface to have
			err = errRouteMoved
		case s.pc.ConnectionState() == webrtc.PeerConnectionStateDisconnected:
			err = errSilent
		}
		if err != nil {
			select {
			case s.path <- err:
			case <-s.stop:
				return
			}
		}
	}
}

// consent is the relay's agreement to be sent media: an answer to a check, newly come. pion ends a connection on which
// nothing comes at all; a packet that is no answer proves nothing (RFC 7675, 5.1).
type consent struct {
	answers uint64 // on the pair of candidates that was selected
	last    time.Duration
}

func (c *consent) look(ice *webrtc.ICETransport, now time.Duration) error {
	if ice == nil {
		return nil
	}
	stats, ok := ice.GetSelectedCandidatePairStats()
	if !ok { // ICE is restarting
		c.last = now
		return nil
	}
	return c.note(stats.ResponsesReceived, now)
}

func (c *consent) note(answers uint64, now time.Duration) error {
	if answers != c.answers {
		c.answers, c.last = answers, now
	}
	if now-c.last > consentFor {
		return errNoConsent
	}
	return nil
}

// ice returns the session's one ICE transport, nil before there is one.
func (s *session) ice() *webrtc.ICETransport {
	for _, sender := range s.pc.GetSenders() {
		if dtls := sender.Transport(); dtls != nil {
			return dtls.ICETransport()
		}
	}
	return nil
}

// selected returns the candidates that media takes, nil where none are.
func (s *session) selected() *webrtc.ICECandidatePair {
	ice := s.ice()
	if ice == nil {
		return nil
	}
	pair, err := ice.GetSelectedCandidatePair()
	if err != nil {
		return nil
	}
	return pair
}
