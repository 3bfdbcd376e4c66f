//go:build bench

package bench

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"vigie/capture"
	"vigie/uplink"
	"vigie/uplink/whip"
)

// The bounds of every scene's sender, bits a second.
const floorRate, ceilingRate = 150_000, 4_000_000

// publisher is our uplink with an encoder of made-up sizes.
type publisher struct {
	*uplink.Uplink
	began time.Duration
	end   func() // of the show; it waits

	mu     sync.Mutex
	events []happened
}

type happened struct {
	at    time.Duration
	event uplink.Event
}

// publish goes live at a bitrate, until the test ends.
func (s *scene) publish(web string, bitrate int) *publisher {
	e, p := newMadeUp(bitrate), &publisher{}
	p.Uplink = uplink.New(uplink.Options{
		Client: &whip.Client{Endpoint: endpoint(web), Token: aToken, Box: "scene"}, Video: true,
		MinBitrate: floorRate, StartBitrate: bitrate, MaxBitrate: ceilingRate,
		RequestIDR: e.RequestIDR, SetBitrate: e.SetBitrate, Event: p.note,
		Log: slog.New(slog.NewTextHandler(s.t.Output(), nil)),
	})
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	p.began = capture.Now()
	running.Go(func() { _ = p.Run(ctx) })
	running.Go(func() {
		var pool capture.UnitPool
		e.run(ctx, func(picture []byte, idr bool) {
			u := pool.Get()
			u.PTS, u.Coded, u.IDR = capture.Now(), capture.Now(), idr
			u.Data = append(u.Data, picture...)
			p.WriteVideo(u)
			u.Release()
		})
	})
	p.end = sync.OnceFunc(func() { cancel(); running.Wait() })
	s.t.Cleanup(p.end)
	return p
}

func (p *publisher) note(e uplink.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.events = append(p.events, happened{capture.Now(), e})
}

// spans are the times from an event to the next one that ends what it said.
func (p *publisher) spans(begins, ends func(uplink.Event) bool, end time.Duration) (all []lit) {
	p.mu.Lock()
	defer p.mu.Unlock()
	open := false
	for _, h := range p.events {
		switch {
		case !open && begins(h.event):
			all, open = append(all, lit{h.at, end}), true
		case open && ends(h.event):
			all[len(all)-1].to, open = h.at, false
		}
	}
	return all
}

func is[E uplink.Event](e uplink.Event) bool { _, ok := e.(E); return ok }

// heldLaw1 ends the show and compares what the uplink said with what was on the wire: confirmed means that packets leave
// and reports come; packets leave only in a session.
func (s *scene) heldLaw1(p *publisher, media uint16) {
	s.t.Helper()
	p.end()
	end := capture.Now()
	var sent, reports []time.Duration
	for _, q := range s.before.Packets() {
		switch {
		case q.Kind == RTP && q.Dst.Port() == media:
			sent = append(sent, q.At)
		case q.Kind == RTCP && q.Src.Port() == media:
			reports = append(reports, q.At)
		}
	}
	if len(sent) == 0 {
		s.t.Error("no packet left: the law was not tried")
	}
	redIsTrue(s.t, p.spans(is[uplink.Confirmed], is[uplink.Unconfirmed], end), sent, reports)
	leavingIsLit(s.t, p.spans(is[uplink.Connected], is[uplink.Lost], end), sent)
}

// confirmed blocks until the relay has the media, and returns how long that took from the beginning.
func (p *publisher) confirmed(t *testing.T) time.Duration {
	t.Helper()
	var at time.Duration
	WaitFor(t, patience, "media to be confirmed", func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		i := slices.IndexFunc(p.events, func(h happened) bool { return is[uplink.Confirmed](h.event) })
		if i >= 0 {
			at = p.events[i].at
		}
		return i >= 0
	})
	return at - p.began
}
