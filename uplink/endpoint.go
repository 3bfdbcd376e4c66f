package uplink

import (
	"context"
	"errors"
	"time"

	"github.com/pion/webrtc/v4"

	"vigie/uplink/whip"
)

const (
	tries      = 3                      // that fail in a row, before the next relay is asked
	knockEvery = 250 * time.Millisecond // a relay takes its time to start: ours must not come on top
	knock      = 3 * time.Second        // one light probe at most
	probeEvery = time.Minute            // of the first relay, while another one carries the show
)

// endpoint is one of the relays that a show can go to, and what this show knows of it. It is Run's alone.
type endpoint struct {
	client *whip.Client
	wait   backoff
	rest   time.Time // there is no attempt before this
	failed int       // attempts in a row
	gone   bool      // a light probe said so last
	took   bool      // our media, in this show

	named          []webrtc.ICEServer // by the relay
	refusesRestart bool               // it failed at an ICE restart
}

func (e *endpoint) host() string { return e.client.Endpoint.Host }

// carrier is the relay that has the show, or is to have it.
func (u *Uplink) carrier() *endpoint { return u.endpoints[u.at] }

// backup is the host of the carrier where it is not the first relay, else "".
func (u *Uplink) backup() string {
	if u.at == 0 {
		return ""
	}
	return u.carrier().host()
}

// choose takes the end of an attempt, or of a session that was confirmed, and returns how long to wait before the next
// one, which may be at another relay. A backup keeps a show that runs well: going back would interrupt it.
func (u *Uplink) choose(end ending) time.Duration {
	e, now := u.carrier(), time.Now()
	if e.failed++; end.confirmed {
		e.failed, e.took = 0, true
	}
	alone := len(u.endpoints) == 1
	e.rest = now.Add(e.wait.Wait(end.confirmed, end.refused && alone, end.asked))
	switch {
	case u.at != 0 && u.firstReady.Swap(false):
		u.move(0, "the first relay is ready again, and the backup failed: the show goes back to it")
	case !alone && e.failed >= tries:
		e.failed = 0
		u.move((u.at+1)%len(u.endpoints), "this relay failed three times in a row: the next one takes over")
	}
	return max(u.carrier().rest.Sub(now), 0)
}

func (u *Uplink) move(to int, why string) {
	from := u.carrier().host()
	u.at = to
	u.onBackup.Store(to != 0)
	u.log.Warn(why, "from", from, "to", u.carrier().host())
}

// ending is how an attempt or a session ended.
type ending struct {
	confirmed bool // it was a session that the relay confirmed media of
	refused   bool
	asked     time.Duration // by the relay, to wait
}

func endingOf(err error, confirmed bool) ending {
	end := ending{confirmed: confirmed}
	var refusing interface{ Refused() bool }
	if errors.As(err, &refusing) {
		end.refused = refusing.Refused()
	}
	var status *whip.StatusError
	if errors.As(err, &status) {
		end.asked = status.Retry
	}
	return end
}

// returns probes a relay that is waited for, knockEvery, and is true once it answers well after it did not: a box whose
// backoff has grown is back as soon as the relay is. A relay that is there already is left to the backoff. It blocks
// until ctx is done at most.
func (e *endpoint) returns(ctx context.Context) bool {
	for {
		err := e.probe(ctx)
		if ctx.Err() != nil {
			return false
		}
		was := e.gone
		if e.gone = err != nil; !e.gone {
			return was
		}
		select {
		case <-time.After(knockEvery):
		case <-ctx.Done():
			return false
		}
	}
}

func (e *endpoint) probe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, knock)
	defer cancel()
	return e.client.Probe(ctx)
}

// watchFirst probes the first relay while another one carries the show. It is one of Run's goroutines.
func (u *Uplink) watchFirst(ctx context.Context) {
	if len(u.endpoints) == 1 {
		return
	}
	tick := time.NewTicker(u.probeEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		if !u.onBackup.Load() {
			continue
		}
		err := u.endpoints[0].probe(ctx)
		if was := u.firstReady.Swap(err == nil); !was && err == nil && ctx.Err() == nil {
			u.log.Info("the first relay is ready again; the show stays where it is until that fails, or until its end")
		}
	}
}
