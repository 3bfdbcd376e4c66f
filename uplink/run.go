package uplink

import (
	"context"
	"errors"
	"sync"
	"time"

	"vigie/uplink/whip"
)

// Run carries one show: it connects, sends, and connects again, until ctx is done. Then it ends the session, for which
// it takes two seconds at most, waits for its goroutines and returns nil. It is not called twice at once.
func (u *Uplink) Run(ctx context.Context) error {
	// Deliberately not ctx: what ends a session outlives the show, a little.
	grace, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(farewell, cancel) })()
	var ending sync.WaitGroup
	defer ending.Wait()

	var wait backoff
	for {
		s, confirmed, err := u.attempt(ctx, grace)
		if s != nil {
			ending.Go(func() { s.close(grace) })
		}
		if ctx.Err() != nil {
			return nil
		}
		if confirmed {
			wait.Reset()
		}
		if !u.pause(ctx, u.lost(err, &wait)) {
			return nil
		}
	}
}

// attempt opens a session and returns when it is over, why, and whether it was ever confirmed. The caller closes it.
func (u *Uplink) attempt(ctx, grace context.Context) (s *session, confirmed bool, err error) {
	u.note(func(c *status) { c.attempts++ })
	if s, err = u.newSession(); err != nil {
		return nil, false, err
	}
	if err = s.connect(ctx, grace); err != nil {
		return s, false, err
	}
	confirmed, err = s.run(ctx)
	return s, confirmed, err
}

// lost tells that a session is gone and returns the wait before the next.
func (u *Uplink) lost(err error, wait *backoff) time.Duration {
	lost := Lost{Err: err}
	var refusing interface{ Refused() bool }
	if errors.As(err, &refusing) {
		lost.Refused = refusing.Refused()
	}
	var asked time.Duration
	var status *whip.StatusError
	if errors.As(err, &status) {
		asked = status.Retry
	}
	if lost.Retry = wait.Wait(lost.Refused, asked); errors.Is(err, errTryNow) {
		lost.Retry = 0
	}
	u.log.Warn("no session", "err", err, "next_attempt_in", lost.Retry.Round(10*time.Millisecond))
	select {
	case <-u.retry: // from before there was anything to try again
	default:
	}
	u.emit(lost)
	return lost.Retry
}

// pause waits, until Retry at most. It is false when the show is over.
func (u *Uplink) pause(ctx context.Context, wait time.Duration) bool {
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-u.retry:
		u.log.Info("trying now, as asked")
		return true
	case <-ctx.Done():
		return false
	}
}

// emit takes an event into the status and hands it on.
func (u *Uplink) emit(e Event) {
	u.note(func(c *status) {
		switch e := e.(type) {
		case Connected:
			c.connected, c.err = true, ""
		case Confirmed:
			c.confirmed = true
		case Unconfirmed:
			c.confirmed = false
		case Lost:
			c.connected, c.confirmed, c.err = false, false, e.Err.Error()
		}
	})
	if u.o.Event != nil {
		u.o.Event(e)
	}
}
