package uplink

import (
	"context"
	"time"

	"github.com/pion/webrtc/v4"

	"vigie/capture"
)

// run sends media through an established session until ctx is done or the session is lost, and tells whether it was
// ever confirmed. Nothing in its loop waits for the network: a socket that stands still must not keep a light lit.
func (s *session) run(ctx context.Context) (wasLive bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s.beginEstimate()
	s.start()
	s.u.open(s)
	defer s.u.shut()
	s.u.emit(Connected{Backup: s.u.backup()})
	s.u.log.Info("session opened", "relay", s.to.host(), "backup", s.u.at != 0)
	s.quiet.begin(capture.Now())
	s.u.askIDR()

	s.follow()

	estimate := time.NewTicker(estimating)
	defer estimate.Stop()
	second := time.NewTicker(time.Second)
	defer second.Stop()
	timer := time.NewTimer(0)
	defer timer.Stop()
	var live bool
	defer func() {
		if live {
			s.u.emit(Unconfirmed{})
		}
	}()
	for {
		live = s.judge(live)
		wasLive = wasLive || live
		if err := s.notHeard(ctx); err != nil {
			return wasLive, err
		}
		s.u.requestIDR()
		timer.Reset(s.alarm())
		select {
		case <-ctx.Done():
			return wasLive, ctx.Err()
		case <-s.changed:
			if err := s.broken(); err != nil {
				return wasLive, err
			}
			if s.pc.ConnectionState() == webrtc.PeerConnectionStateDisconnected && !s.beginRestart(ctx, errSilent) {
				return wasLive, errSilent
			}
		case err := <-s.path:
			if err == errNoConsent || !s.beginRestart(ctx, err) {
				return wasLive, err
			}
		case <-s.u.network:
			poke(s.look)
		case <-s.u.reachable:
			s.quiet.doubt(capture.Now())
		case err := <-s.restarted:
			if err := s.endRestart(err); err != nil {
				return wasLive, err
			}
		case <-estimate.C:
			s.follow()
		case <-s.u.retry:
			if !live && s.leaving() {
				return wasLive, errTryNow
			}
		case <-second.C:
			s.measure()
		case <-s.heard:
			if s.quiet.hear(capture.Now()) {
				s.u.askIDR() // nobody has what was lost meanwhile
			}
			s.follow()
		case <-timer.C:
		}
	}
}

// start begins the session's goroutines.
func (s *session) start() {
	s.connected = true
	for _, sender := range s.pc.GetSenders() {
		if t, ok := sender.Track().(*track); ok && (t == s.video || t == s.audio) {
			s.media.Go(func() { s.listen(t, sender) })
		}
	}
	s.media.Go(s.send)
	s.media.Go(s.tellTime)
	s.media.Go(s.watchPath)
}

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
		s.u.log.Warn("nothing leaves, or the relay confirms nothing new")
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

// measure takes a second's figures into the status.
func (s *session) measure() {
	pair := s.pair()
	s.books.mu.Lock()
	bytes := s.books.bytes
	s.books.mu.Unlock()
	s.u.note(func(c *status) {
		c.rate = int(8 * (bytes - s.measured))
		c.pair = pair
		c.turns++
	})
	s.measured = bytes
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
