package relay

import (
	"time"
)

// State is what the relay can say truly about the broadcast.
type State string

// The states of the watch page.
const (
	Waiting State = "waiting" // no media comes: not yet, or not now
	Live    State = "live"    // media comes from the publisher
	Ended   State = "ended"   // the publisher ended it, or did not come back
)

// stage is what is remembered about the broadcast beyond its present session.
type stage struct {
	ended bool          // the last session that had media was ended by its publisher
	lost  time.Duration // when such a session was lost instead; 0 when none was
}

// state is Live only while media is being received.
func (s stage) state(now time.Duration, p *publisher) State {
	switch {
	case p != nil && p.seen.Load() && now-time.Duration(p.media.Load()) < freshMedia:
		return Live
	case p != nil && p.seen.Load():
		return Waiting
	case s.ended, s.lost != 0 && now-s.lost >= lostTime:
		return Ended
	}
	return Waiting
}

// event is what pages are told.
type event struct {
	State   State `json:"state"`
	Viewers int   `json:"viewers"`
}

// present is the event of now. The relay's mutex is held.
func (r *Relay) present() event {
	e := event{State: r.stage.state(r.clock(), r.publisher)}
	for v := range r.viewers {
		if v.isUp.Load() {
			e.Viewers++
		}
	}
	return e
}

// tend looks after the broadcast until the relay stops: it tells the pages what changed, ends a publisher that fell
// silent, and asks again for IDRs that did not come.
func (r *Relay) tend() {
	tick := time.NewTicker(tendTime)
	defer tick.Stop()
	var told event
	for {
		r.mu.Lock()
		now := r.clock()
		if p := r.publisher; p != nil && p.isUp.Load() && now-time.Duration(p.media.Load()) >= silentTime {
			p.end(errSilent)
		}
		r.askAgain(now)
		if e := r.present(); e != told {
			told = e
			for w := range r.watchers {
				tell(w, e)
			}
		}
		r.mu.Unlock()
		select {
		case <-tick.C:
		case <-r.poke:
		case <-r.ctx.Done():
			return
		}
	}
}

// tendNow makes tend look at once. It does not block.
func (r *Relay) tendNow() {
	select {
	case r.poke <- struct{}{}:
	default:
	}
}

func (r *Relay) askAgain(now time.Duration) {
	if r.publisher == nil {
		return
	}
	for v := range r.viewers {
		if since := v.waits.Load(); since != 0 && now-time.Duration(since) >= pliAgain {
			v.waits.CompareAndSwap(since, int64(now))
			r.publisher.askIDR()
		}
	}
}

// askIDR asks whoever publishes.
func (r *Relay) askIDR() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.publisher != nil {
		r.publisher.askIDR()
	}
}

// tell puts the newest event in a page's channel of one, in place of one that it has not taken.
func tell(w chan event, e event) {
	select {
	case <-w:
	default:
	}
	w <- e // tell is called with the mutex held: nobody else fills it
}
