package relay

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/webrtc/v4"
)

// Why a session ended.
var (
	errDeleted  = errors.New("the client ended it")
	errReplaced = errors.New("replaced by a new session")
	errLost     = errors.New("connection lost")
	errNoICE    = errors.New("no connection was made")
	errGaveWay  = errors.New("no connection was made, and another viewer needed the place")
	errSilent   = errors.New("no media came")
	errStopped  = errors.New("the relay stops")
)

// session is a WHIP or WHEP session: one PeerConnection. Its owner is live, which the relay waits for.
type session struct {
	id     string // in its URL: 128 random bits
	etag   string // of its ICE session (RFC 9725, 4.3.1)
	ufrag  string // the client's ICE user name
	as     role
	forget func() // takes it out of the relay; the relay's mutex is held
	pc     *webrtc.PeerConnection
	log    *slog.Logger

	ctx context.Context // done when the session is to end; its cause says why
	end context.CancelCauseFunc

	once      sync.Once
	connected chan struct{} // closed when ICE and DTLS are up
	isUp      atomic.Bool

	mu     sync.Mutex // guards closed, and with it that nothing is added to wg after live waits
	closed bool
	wg     sync.WaitGroup // goroutines that use pc
}

func newSession(ctx context.Context, as role, pc *webrtc.PeerConnection, log *slog.Logger) *session {
	s := &session{id: rand.Text(), etag: `"` + rand.Text() + `"`, as: as, pc: pc, connected: make(chan struct{})}
	s.log = log.With("session", s.id[:6]) // the whole of it is a key to end it
	s.ctx, s.end = context.WithCancelCause(ctx)
	pc.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		switch state {
		case webrtc.PeerConnectionStateConnected:
			s.once.Do(func() { s.isUp.Store(true); close(s.connected) })
		case webrtc.PeerConnectionStateFailed, webrtc.PeerConnectionStateClosed:
			s.end(errLost)
		}
	})
	return s
}

// spawn runs f in a goroutine of the session, unless the session is over.
func (s *session) spawn(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.wg.Go(f)
	}
}

// live runs f once the session is connected, then waits until the session is to end and until everything in it has.
// f returns when the session's context is done.
func (s *session) live(f func()) {
	patience := time.NewTimer(connectTime)
	defer patience.Stop()
	select {
	case <-s.connected:
		s.log.Info("connected")
		f()
		<-s.ctx.Done()
	case <-patience.C:
		s.end(errNoICE)
	case <-s.ctx.Done():
	}
	s.close()
	s.log.Info("session ended", "why", context.Cause(s.ctx))
}

// close ends what uses the connection, and waits. It is also for sessions that never went live.
func (s *session) close() {
	s.end(errStopped)
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	if err := s.pc.GracefulClose(); err != nil {
		s.log.Debug("closing", "err", err)
	}
	s.wg.Wait()
}

// answer settles the session for an offer and returns the SDP to send. It waits for our own candidates, which takes no
// network: there are only addresses of this machine.
func (s *session) answer(ctx context.Context, offer string) (string, error) {
	if err := s.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}); err != nil {
		return "", fmt.Errorf("the offer is refused: %w", err)
	}
	answer, err := s.pc.CreateAnswer(nil)
	if err != nil {
		return "", fmt.Errorf("the offer cannot be answered: %w", err)
	}
	gathered := webrtc.GatheringCompletePromise(s.pc)
	if err := s.pc.SetLocalDescription(answer); err != nil {
		return "", fmt.Errorf("the offer cannot be answered: %w", err)
	}
	select {
	case <-gathered:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	return s.pc.LocalDescription().SDP, nil
}
