package uplink

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"vigie/capture"
	"vigie/capture/capturetest"
)

// What the benchmarks send: 4 Mb/s in 30 pictures a second, an IDR every two seconds.
const (
	filmRate = 4_000_000
	filmFPS  = 30
	filmGOP  = 60
)

// film is coded pictures of realistic sizes, without a picture in them: an IDR of six times the mean, and others that
// differ by half of theirs.
type film struct {
	units [][]byte
	n     int
	pool  capture.UnitPool
}

func newFilm() *film {
	const second = filmRate / 8
	const mean = second / filmFPS
	random := rand.New(rand.NewPCG(1, 2))
	f := &film{}
	left := second * filmGOP / filmFPS
	for i := range filmGOP {
		unit, size := []byte{0, 0, 0, 1, 0x41}, left/(filmGOP-i)
		if i == 0 {
			unit, size = slices.Concat([]byte{0, 0, 0, 1}, testSPS, []byte{0, 0, 0, 1}, testPPS, []byte{0, 0, 0, 1, 0x65}), 6*mean
		} else if i < filmGOP-1 {
			size += random.IntN(mean) - mean/2
		}
		left -= size
		for len(unit) < size {
			unit = append(unit, byte(1+random.IntN(255))) // no start code
		}
		f.units = append(f.units, unit)
	}
	return f
}

var (
	testSPS = []byte{0x67, 0x42, 0xe0, 0x1f, 0xda, 0x01, 0x40, 0x16, 0xe4}
	testPPS = []byte{0x68, 0xce, 0x3c, 0x80}
)

// next is the next coded picture; an IDR begins the film again.
func (f *film) next(idr bool) []byte {
	if idr {
		f.n = 0
	}
	unit := f.units[f.n%filmGOP]
	f.n++
	return unit
}

// Name, Encode, SetBitrate and Close make film an encoder that has coded everything before.
func (f *film) Name() string { return "film" }

func (f *film) Encode(picture *capture.RawFrame, idr bool) (*capture.AccessUnit, error) {
	u := f.pool.Get()
	data := f.next(idr)
	u.Data = append(u.Data, data...)
	u.PTS, u.IDR, u.Coded = picture.PTS, f.n == 1 || (f.n-1)%filmGOP == 0, capture.Now()
	return u, nil
}

func (f *film) SetBitrate(int) error { return nil }
func (f *film) Close() error         { return nil }

var _ capture.Encoder = (*film)(nil)

// testCamera is the test picture, small, at the film's rate: the pace of both senders.
func testCamera() *capturetest.Camera {
	return capturetest.NewCamera(capturetest.CameraOptions{Width: 160, Height: 90, FPS: filmFPS, Channel: "Benchmark"})
}

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
	if s == nil || queued > 0 {
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
