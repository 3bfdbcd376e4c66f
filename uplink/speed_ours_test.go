package uplink

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"vigie/capture"
)

// probe is an uplink's sink that times it: from when a unit's bytes were ready to when its first packet was handed to
// the socket, by the record that the witness keeps of packets.
type probe struct {
	*Uplink
	written chan struct{} // one for each unit

	mu    sync.Mutex
	on    bool
	coded time.Duration // of the unit before; 0 where there is none to time
	first int64         // its first packet
	took  []time.Duration
}

func newProbe(u *Uplink) *probe {
	return &probe{Uplink: u, written: make(chan struct{}, 1), took: make([]time.Duration, 0, 10_000)}
}

func (p *probe) WriteVideo(u *capture.AccessUnit) {
	p.mark(u.Coded)
	p.Uplink.WriteVideo(u)
	poke(p.written)
}

// mark looks the unit before this one up: at 30 a second all of its packets have left.
func (p *probe) mark(coded time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Uplink.mu.Lock()
	s, queued := p.session, p.video.n
	p.Uplink.mu.Unlock()
	last := p.coded
	p.coded = 0
	if s == nil || queued > 0 || s.books.paced.Load() > 0 {
		return
	}
	s.books.mu.Lock()
	defer s.books.mu.Unlock()
	t := s.books.witness.streams[s.video.ssrc]
	if t == nil {
		return
	}
	if last > 0 && p.on && p.first <= t.last {
		p.took = append(p.took, t.ring[p.first%trailLen].sent-last)
	}
	p.coded, p.first = coded, t.last+1
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
