package uplink

import (
	"context"
	"time"

	"github.com/pion/webrtc/v4"

	"vigie/capture"
)

// clocks wake the session's loop.
type clocks struct {
	estimate, second *time.Ticker
	alarm            *time.Timer
}

// run sends media through an established session until ctx is done or the session is lost, and tells whether it was
// ever confirmed. Nothing in its loop waits for the network: a socket that stands still must not keep a light lit.
func (s *session) run(ctx context.Context) (wasLive bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s.begin()
	defer s.u.shut()

	c := clocks{time.NewTicker(estimating), time.NewTicker(time.Second), time.NewTimer(0)}
	defer c.estimate.Stop()
	defer c.second.Stop()
	defer c.alarm.Stop()
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
		c.alarm.Reset(s.alarm())
		if err := s.await(ctx, c, live); err != nil {
			return wasLive, err
		}
	}
}

// begin lets media in, and says so.
func (s *session) begin() {
	s.beginEstimate()
	s.start()
	s.u.open(s)
	s.u.emit(Connected{Backup: s.u.backup()})
	s.u.log.Info("session opened", "relay", s.to.host(), "backup", s.u.at != 0)
	s.quiet.begin(capture.Now())
	s.u.askIDR()
	s.turned()
	s.follow()
}

// await waits for one piece of news and deals with it. An error is the session's end.
func (s *session) await(ctx context.Context, c clocks, live bool) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-s.changed:
		if err := s.broken(); err != nil {
			return err
		}
		if s.pc.ConnectionState() == webrtc.PeerConnectionStateDisconnected && !s.beginRestart(ctx, errSilent) {
			return errSilent
		}
	case err := <-s.path:
		if err == errNoConsent || !s.beginRestart(ctx, err) {
			return err
		}
	case <-s.u.network:
		poke(s.look)
	case <-s.u.reachable:
		s.quiet.doubt(capture.Now())
	case err := <-s.restarted:
		return s.endRestart(err)
	case <-c.estimate.C:
		s.follow()
	case <-s.u.retry:
		if !live && s.leaving() {
			return errTryNow
		}
	case <-c.second.C:
		s.turned()
	case <-s.heard:
		if s.quiet.hear(capture.Now()) {
			s.u.askIDR() // nobody has what was lost meanwhile
		}
		s.follow()
	case <-c.alarm.C:
	}
	return nil
}

// start begins the session's goroutines.
func (s *session) start() {
	s.connected = true
	for _, sender := range s.pc.GetSenders() {
		if t, ok := sender.Track().(*track); ok && (t == s.video || t == s.audio) {
			s.media.Go(func() { s.listen(t, sender) })
		}
	}
	s.media.Go(s.listenRTX)
	s.media.Go(s.send)
	s.media.Go(s.tellTime)
	s.media.Go(s.watchPath)
}
