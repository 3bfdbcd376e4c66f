package uplink

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"

	"github.com/pion/webrtc/v4"

	"vigie/capture"
	"vigie/uplink/whip"
)

// restarting is how long an ICE restart may take with its checks. It is as long as a session that is disconnected has
// until it is given up: trying costs no time.
const restarting = failed

// errNoNewWay is a relay that agreed to a restart and cannot be reached.
var errNoNewWay = errors.New("media does not get through any other way")

// beginRestart looks for a new way to the relay within the session: why is what happened to the old one. Its outcome
// comes to restarted. It is false where the relay does not offer that.
func (s *session) beginRestart(ctx context.Context, why error) bool {
	switch {
	case s.isRestarting:
		return true
	case !hasAddress(s.u.o.Interface, isLoopback(s.to.client.Endpoint)): // then watchPath says it again
		s.trouble()
		return true
	case s.to.refusesRestart, !s.whip.Restartable():
		return false
	}
	s.trouble()
	s.isRestarting = true
	s.u.note(func(c *status) { c.restarts++ })
	s.u.log.Info("looking for a new way to the relay (ICE restart)", "why", why)
	s.media.Go(func() {
		if err := s.restart(ctx); err != nil {
			s.restarted <- &restartError{why, err}
			return
		}
		s.restarted <- nil
	})
	return true
}

// restartError is a session that is over because no new way was found.
type restartError struct{ why, err error }

func (e *restartError) Error() string {
	return fmt.Sprintf("%v, and ICE restart failed: %v", e.why, e.err)
}

// relays tells whether the failure is the relay's, who would fail again, and neither the network's nor because it no
// longer knows the session.
func (e *restartError) relays() bool {
	var status *whip.StatusError
	var dial *net.OpError
	switch {
	case errors.As(e.err, &status):
		gone := []int{http.StatusUnauthorized, http.StatusNotFound, http.StatusGone}
		return !slices.Contains(gone, status.Code)
	case errors.As(e.err, &dial):
		return dial.Op != "dial"
	}
	return !errors.Is(e.err, context.DeadlineExceeded) && !errors.Is(e.err, errNoNetwork) && !errors.Is(e.err, errNoNewWay)
}

// endRestart takes the outcome of a restart. A relay that failed at it is not asked again in this show: there are some
// that crash.
func (s *session) endRestart(err error) error {
	s.isRestarting = false
	var failure *restartError
	if errors.As(err, &failure) {
		s.to.refusesRestart = failure.relays()
		return err
	}
	s.quiet.begin(capture.Now())
	s.u.log.Info("there is a new way to the relay", "pair", s.pair())
	s.u.askIDR()
	return nil
}

// restart is an ICE restart (RFC 9725, 4.3.3; RFC 8445, 9): new credentials and candidates in one PATCH, the answer to
// which replaces the relay's side. DTLS, and all that was negotiated, stays.
func (s *session) restart(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, restarting, errNoNewWay)
	defer cancel()
	offer, err := s.pc.CreateOffer(&webrtc.OfferOptions{ICERestart: true})
	if err != nil {
		return err
	}
	all, err := s.gatherAll(offer)
	if err != nil {
		return err
	}
	side, err := s.gathered(ctx, all)
	if err != nil {
		return err
	}
	text, err := s.whip.Restart(ctx, fragmentOf(offer.SDP, side))
	if s.u.answered("restarted ICE", err); err != nil {
		return err
	}
	relay := readICE(text)
	if relay.ufrag == "" || relay.pwd == "" {
		return errNoCredentials
	}
	first, tcp := relay.cutTCP()
	answer := webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: withICE(s.whip.Answer, first)}
	if err := s.pc.SetRemoteDescription(answer); err != nil {
		return err
	}
	s.media.Go(func() { s.trickle(s.life, offer.SDP, side, all) })
	return s.reach(ctx, s.moved, tcp)
}
