package uplink

import (
	"context"
	"time"

	"github.com/pion/webrtc/v4"

	"vigie/capture"
)

// judge says so when the show becomes confirmed, or is no longer.
func (s *session) judge(was bool) (live bool) {
	now := capture.Now()
	live, _ = s.books.live(now)
	s.mended()
	switch {
	case live && was && now-s.liveSince >= health:
		s.to.wait.Reset()
	case live && !was:
		s.liveSince = now
		s.u.log.Info("the relay confirms that it has our media")
		s.u.emit(Confirmed{})
	case was && !live:
		s.u.emit(Unconfirmed{})
	}
	return live
}

// alarm is how long the loop may sleep: until confirmed media would be too old, or an IDR may be asked for again.
func (s *session) alarm() time.Duration {
	now := capture.Now()
	wait := time.Second
	if live, until := s.books.live(now); live {
		wait = until
	}
	if quiet, ok := s.quiet.wait(now); ok {
		wait = min(wait, quiet)
	}
	s.u.mu.Lock()
	defer s.u.mu.Unlock()
	if idr, ok := s.u.idr.Wait(now); ok {
		wait = min(wait, idr)
	}
	return wait
}

// notHeard ends a way on which the relay is no longer heard: by a restart, or by an error. A restart that is under way
// since before the network came back is not waited for.
func (s *session) notHeard(ctx context.Context) error {
	if !s.quiet.over(capture.Now(), s.isRestarting || s.leaving()) {
		return nil
	}
	if s.isRestarting || !s.beginRestart(ctx, errSilent) {
		return errSilent
	}
	return nil
}

func (s *session) leaving() bool {
	s.books.mu.Lock()
	defer s.books.mu.Unlock()
	return s.books.witness.Leaving(capture.Now())
}

// turned notes the way that media takes, and that the loop turns.
func (s *session) turned() {
	pair := s.pair()
	s.u.note(func(c *status) { c.pair, c.turns = pair, c.turns+1 })
}

// pair names the addresses that media takes, "" where none was selected.
func (s *session) pair() string {
	p := s.selected()
	if p == nil {
		return ""
	}
	return describe(p.Local) + " -> " + describe(p.Remote)
}

func describe(c *webrtc.ICECandidate) string {
	return c.Typ.String() + " " + c.Protocol.String() + " " + c.Address
}
