package uplink

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"vigie/capture"
	"vigie/capture/h264"
)

// probe is an uplink's sink that times it: from when a unit's bytes were ready to when its first packet was handed to
// the socket, by the record that the witness keeps of packets.
type probe struct {
	*Uplink
	written chan struct{} // one for each unit

	mu      sync.Mutex
	on      bool
	next    int64 // the number that the next unit's first packet will have; 0 while it is not known
	waiting []pending
	took    []time.Duration
	measure *h264.Packetizer
}

// pending is a unit whose first packet had not left when the last one was written.
type pending struct {
	first int64
	coded time.Duration
}

func newProbe(u *Uplink) *probe {
	return &probe{Uplink: u, written: make(chan struct{}, 1), took: make([]time.Duration, 0, 10_000),
		waiting: make([]pending, 0, 10_000), measure: h264.NewPacketizer(maxPayload)}
}

func (p *probe) WriteVideo(u *capture.AccessUnit) {
	p.mark(u)
	p.Uplink.WriteVideo(u)
	poke(p.written)
}

// mark looks up the units that have left since, and puts this one down. Its packets' numbers are known beforehand: nothing
// is lost, and nothing else has numbers of the picture's.
func (p *probe) mark(u *capture.AccessUnit) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Uplink.mu.Lock()
	s, queued := p.session, p.video.n
	p.Uplink.mu.Unlock()
	if s == nil {
		return
	}
	s.books.mu.Lock()
	defer s.books.mu.Unlock()
	t := s.books.witness.streams[s.video.ssrc]
	if t == nil {
		return
	}
	if p.next == 0 && queued == 0 && s.books.paced.Load() == 0 {
		p.next = t.last + 1
	}
	for ; len(p.waiting) > 0 && p.waiting[0].first <= t.last; p.waiting = p.waiting[1:] {
		if w := p.waiting[0]; p.on {
			p.took = append(p.took, t.ring[w.first%trailLen].sent-w.coded)
		}
	}
	if p.next == 0 {
		return
	}
	p.waiting = append(p.waiting, pending{p.next, u.Coded})
	for p.measure.Reset(u.Data); p.measure.More(); p.next++ {
		p.measure.Skip()
	}
}

// time begins to time, or ends, and returns what was timed until now, in order of length.
func (p *probe) time(on bool) []time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.on = on
	return slices.Sorted(slices.Values(p.took))
}

// ours is the program's own way from a camera to a relay.
func ours(b *testing.B) (*probe, func()) {
	b.Helper()
	var video *capture.Video
	connected := make(chan struct{}, 1)
	u := New(Options{
		Client: startRelay(b), Video: true, MinBitrate: 300_000, StartBitrate: filmRate, MaxBitrate: filmRate,
		RequestIDR: func() { video.RequestIDR() }, SetBitrate: func(bps int) { video.SetBitrate(bps) },
		Event: func(e Event) {
			if _, ok := e.(Confirmed); ok {
				poke(connected)
			}
		},
	})
	camera := testCamera()
	video = capture.NewVideo(capture.VideoOptions{
		Open: func(kept capture.Chain, _ capture.Demand) (capture.Chain, error) {
			kept.Camera, kept.Encoder, kept.Format = camera, newFilm(), camera.Format()
			return kept, nil
		},
		Slate: func(f capture.VideoFormat, _ bool) *capture.RawFrame { return &capture.RawFrame{VideoFormat: f} },
		Found: func(bool) {}, Lost: func(err error) { b.Error(err) },
	})
	p := newProbe(u)
	video.SetSink(p)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = u.Run(ctx) })
	running.Go(func() { video.Run(ctx) })
	select {
	case <-connected:
	case <-time.After(10 * time.Second):
		b.Errorf("not live: %+v", u.Stats())
	}
	return p, func() { cancel(); running.Wait() }
}
