package relay

import (
	"context"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

// viewer is a WHEP session. One goroutine forwards the feed to it; one for each track reads its RTCP.
type viewer struct {
	*session
	relay  *Relay
	tracks [kinds]*track // nil where the viewer did not ask for it
	began  time.Duration // on the relay's clock
	waits  atomic.Int64  // since when, on the relay's clock, it waits for an IDR; 0 when it has the picture
}

func newViewer(r *Relay, s *session, want [kinds]bool) (*viewer, error) {
	v := &viewer{session: s, relay: r}
	for kind, wanted := range want {
		if !wanted {
			continue
		}
		t := newTrack(kind, uint16(rand.Uint32()))
		sender, err := s.pc.AddTrack(t)
		if err != nil {
			return nil, err
		}
		v.tracks[kind] = t
		s.spawn(func() { v.readRTCP(t, sender) })
	}
	return v, nil
}

// forward sends the feed from now on until the session is to end. The last GOP is not replayed: its pictures are late,
// and a burst of them is what the viewer's network is least ready for.
func (v *viewer) forward() {
	if !v.awaitBound() {
		return
	}
	stop := context.AfterFunc(v.ctx, v.relay.feed.wake)
	defer stop()
	over := func() bool { return v.ctx.Err() != nil }
	var (
		p     packet
		last  clockPair
		place = v.relay.feed.newest()
	)
	v.wantIDR()
	for {
		behind, ok := v.relay.feed.read(place, &p, &last, over)
		switch {
		case !ok:
			return
		case behind > maxBehind:
			v.skip(behind)
			place += behind
		default:
			v.send(&p, &last)
			place++
		}
	}
}

// awaitBound waits until one kind can be sent. Pion may find no codec for the other: that one is then left out.
func (v *viewer) awaitBound() bool {
	var bound [kinds]<-chan struct{}
	for kind, t := range v.tracks {
		if t != nil {
			bound[kind] = t.bound
		}
	}
	select {
	case <-bound[video]:
	case <-bound[audio]:
	case <-v.ctx.Done():
		return false
	}
	return true
}

func (v *viewer) send(p *packet, last *clockPair) {
	t := v.tracks[p.kind]
	if t == nil || !t.isBound() {
		return
	}
	sent, err := t.send(p)
	switch {
	case !sent:
		// The publisher is another, whose first IDR did not come yet and may be lost.
		if p.kind == video && v.waits.Load() == 0 {
			v.waits.Store(int64(v.relay.clock()))
		}
		return
	case err != nil:
		v.relay.stats.dropped.Add(1)
		return
	}
	v.relay.stats.packetsOut.Add(1)
	if p.kind == video && v.waits.Load() != 0 {
		v.waits.Store(0)
	}
	if r := t.reportOf(last); r != nil {
		if err := v.pc.WriteRTCP(r); err != nil {
			v.log.Debug("sending a report", "err", err)
		}
	}
}

// skip moves a viewer that cannot keep up to the newest packet.
func (v *viewer) skip(behind uint64) {
	v.relay.stats.dropped.Add(behind)
	v.log.Debug("fell behind", "packets", behind)
	for _, t := range v.tracks {
		if t != nil {
			t.interrupt()
		}
	}
	v.wantIDR()
}

func (v *viewer) wantIDR() {
	if t := v.tracks[video]; t != nil && t.isBound() {
		v.waits.Store(int64(v.relay.clock()))
		v.relay.askIDR()
	}
}

// readRTCP answers NACKs and passes PLIs on, until the session is closed. An IDR costs all viewers bits: one viewer on a
// bad network must not have them at the price of everybody's picture, so its PLIs are heeded once in pliHeed.
func (v *viewer) readRTCP(t *track, sender *webrtc.RTPSender) {
	var (
		p      packet
		heeded time.Duration // when a PLI last was
	)
	for {
		packets, _, err := sender.ReadRTCP()
		if err != nil {
			return
		}
		for _, packet := range packets {
			switch m := packet.(type) {
			case *rtcp.PictureLossIndication:
				v.relay.stats.plisIn.Add(1)
				if now := v.relay.clock(); heeded == 0 || now-heeded >= pliHeed {
					heeded = now
					v.relay.askIDR()
				}
			case *rtcp.TransportLayerNack:
				v.answer(t, m, &p)
			}
		}
	}
}

func (v *viewer) answer(t *track, nack *rtcp.TransportLayerNack, p *packet) {
	if nack.MediaSSRC != t.ssrc {
		return
	}
	for i := range nack.Nacks {
		nack.Nacks[i].Range(func(seq uint16) bool {
			v.relay.stats.nacksIn.Add(1)
			if t.resend(v.relay.feed, seq, p) {
				v.relay.stats.resent.Add(1)
			}
			return true
		})
	}
}
