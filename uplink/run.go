package uplink

import (
	"context"
	"errors"
	"sync"
	"time"
)

// errNewNetwork is an attempt that was under way when the network changed: its packets may be lost, and are not waited
// for.
var errNewNetwork = errors.New("this box's network has changed meanwhile")

// Run carries one show: it connects, sends, and connects again, until ctx is done. Then it ends the session, for which
// it takes two seconds at most, waits for its goroutines and returns nil. It is not called twice at once.
func (u *Uplink) Run(ctx context.Context) error {
	// Deliberately not ctx: what ends a session outlives the show, a little.
	grace, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(farewell, cancel) })()
	var owned sync.WaitGroup
	defer owned.Wait()
	owned.Go(func() { u.watchNetwork(ctx) })
	owned.Go(func() { u.watchFirst(ctx) })

	for {
		s, confirmed, err := u.attempt(ctx, grace)
		if s != nil {
			owned.Go(func() { s.close(grace) })
		}
		if ctx.Err() != nil {
			return nil
		}
		if end, wait := u.lost(err, confirmed); !u.pause(ctx, end, wait) {
			return nil
		}
	}
}

// attempt opens a session and returns when it is over, why, and whether it was ever confirmed. The caller closes it.
func (u *Uplink) attempt(ctx, grace context.Context) (s *session, confirmed bool, err error) {
	to := u.carrier()
	u.note(func(c *status) {
		c.attempts, c.relay, c.backup = c.attempts+1, to.client.Endpoint.Scheme+"://"+to.host(), u.at != 0
	})
	if s, err = u.newSession(to); err != nil {
		return nil, false, err
	}
	if err = u.connect(ctx, grace, s); err != nil {
		return s, false, err
	}
	if confirmed, err = s.run(ctx); confirmed {
		s.trouble()
	}
	return s, confirmed, err
}

// connect connects the session, unless the network changes or staff ask for another attempt: one that takes a moment
// longer then is given up.
func (u *Uplink) connect(ctx, grace context.Context, s *session) error {
	ctx, cancel := context.WithCancelCause(ctx)
	grace, giveUp := context.WithCancel(grace)
	drain(u.reachable) // what it has come, it has come before
	var watch sync.WaitGroup
	watch.Go(func() {
		why := errNewNetwork
		select {
		case <-u.reachable:
		case <-u.retry:
			why = errTryNow
		case <-ctx.Done():
			return
		}
		select {
		case <-time.After(trial):
			cancel(why)
			giveUp()
		case <-ctx.Done():
		}
	})
	err := s.connect(ctx, grace)
	if cause := context.Cause(ctx); err != nil && (cause == errNewNetwork || cause == errTryNow) {
		err = cause
	}
	cancel(nil)
	giveUp()
	watch.Wait()
	return err
}

// lost tells that a session is gone, or that an attempt failed, and returns how it ended and the wait before the next.
func (u *Uplink) lost(err error, confirmed bool) (ending, time.Duration) {
	end, wait, at := endingOf(err, confirmed), time.Duration(0), u.at
	refused := end.refused
	end.refused = refused && !u.carrier().took // one that took us before is likely to be starting, and knows no channel yet
	if !errors.Is(err, errTryNow) && err != errNewNetwork {
		wait = u.choose(end)
	}
	u.log.Warn("no session", "err", err, "next_attempt_in", wait.Round(10*time.Millisecond), "relay", u.carrier().host())
	drain(u.retry) // from before there was anything to try again
	u.emit(Lost{Err: err, Refused: refused, Retry: wait})
	if u.at != at {
		end = ending{} // it was another relay's
	}
	return end, wait
}

// pause waits, at most until Retry, until a link or an address comes, or until the relay is back where it was gone. A
// relay that asked us to wait is heeded. It is false when the show is over.
func (u *Uplink) pause(ctx context.Context, end ending, wait time.Duration) bool {
	t := time.NewTimer(wait)
	defer t.Stop()
	reachable, back := u.reachable, make(chan struct{}, 1)
	if end.asked > 0 {
		reachable = nil
	} else if !end.refused && wait > knockEvery {
		waiting, stop := context.WithCancel(ctx)
		var knocking sync.WaitGroup
		knocking.Go(func() {
			if u.carrier().returns(waiting) {
				poke(back)
			}
		})
		defer knocking.Wait()
		defer stop()
	}
	select {
	case <-t.C:
	case <-u.retry:
		u.log.Info("trying now, as asked")
	case <-reachable:
		u.log.Info("trying now: there may be a new way to the relay")
	case <-back:
		u.carrier().wait.Reset() // should it not be ready yet
		u.log.Info("trying now: the relay is back")
	case <-ctx.Done():
		return false
	}
	return true
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
