package uplink

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pion/webrtc/v4"
)

const (
	connecting = 10 * time.Second // from the relay's answer to media
	udpFirst   = time.Second      // before TCP is tried, too
)

// What an attempt fails with after the relay's answer, for people.
var (
	errNoMediaPath = errors.New("the relay answers, but media does not get through to it: a firewall may block it here")
	errNoAddress   = errors.New("the relay's answer names no address for media, and none became known")
	errNoDTLS      = errors.New("the relay is reached, but does not agree on encryption (DTLS)")
)

// connect opens the session at the relay and returns when media can leave. The POST is given until grace is done, so
// that a session which the relay opens while the show is being ended is known, and can be ended too.
func (s *session) connect(ctx, grace context.Context) error {
	offer, err := s.makeOffer(ctx)
	if err != nil {
		return err
	}
	s.whip, err = s.to.client.Publish(grace, offer.sdp)
	if s.u.answered("opened a session", err); err != nil {
		return err
	}
	if err := s.taken(); err != nil {
		return err
	}
	relay := readICE(s.whip.Answer)
	first, tcp := relay.cutTCP()
	answer := webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: withICE(s.whip.Answer, first)}
	if err := s.pc.SetRemoteDescription(answer); err != nil {
		return fmt.Errorf("the relay's answer is not usable: %w", err)
	}
	patience := connecting
	if s.learn(s.whip.Servers) {
		patience = direct
	}
	s.media.Go(func() { s.trickle(s.life, offer.sdp, offer.side, offer.all) })
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errNoMediaPath)
	defer cancel()
	if err := s.established(ctx, tcp); err != errNoMediaPath {
		return err
	}
	return s.noMedia(len(relay.candidates) == 0)
}

// noMedia tells why media does not get through.
func (s *session) noMedia(noAddress bool) error {
	switch {
	case s.selected() != nil:
		return errNoDTLS
	case noAddress:
		return errNoAddress
	}
	return errNoMediaPath
}

// taken drops the tracks that the answer rejects. Without the sound a show can go on, without the picture it cannot.
func (s *session) taken() error {
	takes, err := takenKinds(s.whip.Answer)
	switch {
	case err != nil:
		return err
	case s.video != nil && !takes["video"]:
		return refusal("the relay does not take our picture (H.264, constrained baseline, packetization-mode 1)")
	case s.video == nil && !takes["audio"]:
		return refusal("the relay does not take our sound (Opus)")
	case s.audio != nil && !takes["audio"]:
		s.audio.unwanted = true
		s.audio = nil
		s.u.log.Warn("the relay does not take our sound (Opus): a silent show")
	}
	return nil
}

// established waits until DTLS is through and pion has bound each track.
func (s *session) established(ctx context.Context, tcp []string) error {
	if err := s.reach(ctx, s.changed, tcp); err != nil {
		return err
	}
	for _, t := range s.tracks() {
		select {
		case <-t.bound:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// reach waits until media can get through, and tries TCP where UDP has not done it in a moment: on a path that takes
// both, TCP would hold up everything behind one lost packet.
func (s *session) reach(ctx context.Context, changed <-chan struct{}, tcp []string) error {
	wait := time.NewTimer(udpFirst)
	defer wait.Stop()
	for s.pc.ConnectionState() != webrtc.PeerConnectionStateConnected || s.selected() == nil {
		select {
		case <-changed:
			if err := s.broken(); err != nil {
				return err
			}
		case <-wait.C:
			for _, c := range tcp {
				_ = s.pc.AddICECandidate(webrtc.ICECandidateInit{Candidate: c}) // a bad one is not tried
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}
