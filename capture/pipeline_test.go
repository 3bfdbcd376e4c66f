package capture_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"vigie/capture"
	"vigie/capture/capturetest"
	"vigie/capture/opus"
	"vigie/capture/picture"
)

// sink keeps what it is given.
type sink struct {
	mu      sync.Mutex
	units   []*capture.AccessUnit
	packets []*capture.AudioPacket
}

func (s *sink) WriteVideo(u *capture.AccessUnit) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u.Retain()
	s.units = append(s.units, u)
}

func (s *sink) WriteAudio(p *capture.AudioPacket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p.Retain()
	s.packets = append(s.packets, p)
}

// count is how many access units and packets there are.
func (s *sink) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.units) + len(s.packets)
}

// coder stands where an encoder does and keeps the first luma of each picture: real ones need C, which fake time
// cannot wait for. The real one is in the test of package openh264 and in every run of the box.
type coder struct {
	pool    capture.UnitPool
	bitrate []int
	opened  int // times that it was asked for
	closed  bool
	floor   int                           // bits a second
	fails   func(*capture.RawFrame) error // nil: never
}

func (c *coder) Name() string { return "coder" }

func (c *coder) Encode(f *capture.RawFrame, idr bool) (*capture.AccessUnit, error) {
	if c.fails != nil {
		if err := c.fails(f); err != nil {
			return nil, err
		}
	}
	u := c.pool.Get()
	u.PTS, u.Coded, u.IDR, u.Data = f.PTS, f.PTS, idr, append(u.Data, f.Data[0])
	return u, nil
}

func (c *coder) SetBitrate(bps int) error { c.bitrate = append(c.bitrate, bps); return nil }

func (c *coder) Close() error { c.closed = true; return nil }

func (c *coder) Floor() int { return c.floor }

func (c *coder) Stats() capture.DeviceStats { return capture.DeviceStats{Copied: 1} }

// now is media time in the bubble of synctest.
func now() func() time.Duration {
	start := time.Now()
	return func() time.Duration { return time.Hour + time.Since(start) }
}

func newVideo(t *testing.T, script capturetest.Script) (*capture.Video, *coder) {
	t.Helper()
	c := &coder{}
	camera := capturetest.NewCamera(capturetest.CameraOptions{Width: 64, Height: 48, FPS: 25, Script: script, Now: now()})
	return videoOf(func(kept capture.Chain, _ capture.Demand) (capture.Chain, error) {
		if c.opened++; c.opened > 1 {
			return kept, capture.ErrNotFound
		}
		return capture.Chain{Camera: camera, Encoder: c, Format: camera.Format()}, nil
	}), c
}

// What the first luma of the slates is.
const (
	cutLuma  = 77
	lostLuma = 78
)

func videoOf(open func(capture.Chain, capture.Demand) (capture.Chain, error)) *capture.Video {
	return capture.NewVideo(capture.VideoOptions{
		Open: open, Now: now(), Found: func(bool) {}, Lost: func(error) {},
		Slate: func(f capture.VideoFormat, lost bool) *capture.RawFrame {
			slate := picture.Slate(f.Width, f.Height, "", "")
			if slate.Data[0] = cutLuma; lost {
				slate.Data[0] = lostLuma
			}
			return slate
		},
	})
}

// TestVideo holds what is written when: nothing without a sink, an IDR first, the slate alone under a cut.
func TestVideo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, c := newVideo(t, nil)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); v.Run(ctx) }()
		after := func(d time.Duration) { <-time.After(d); synctest.Wait() }

		after(time.Second)
		if s := v.Stats(); s.Pictures < 24 || s.Units != 0 {
			t.Errorf("without a sink: %+v", s)
		}
		s := &sink{}
		v.SetBitrate(500_000)
		v.SetSink(s)
		after(time.Second)
		v.RequestIDR()
		after(time.Second)
		v.SetCut(true)
		cut := s.count()
		after(time.Second)
		v.SetCut(false)
		uncut := s.count()
		after(time.Second)
		v.SetSink(nil)
		end := s.count()
		after(time.Second)

		idrs := 0
		for i, u := range s.units {
			if u.IDR {
				idrs++
			}
			if slate := i >= cut && i < uncut; u.Filler != slate || (u.Data[0] == cutLuma) != slate {
				t.Errorf("unit %d of cut %d to %d: filler %v, luma %d", i, cut, uncut, u.Filler, u.Data[0])
			}
			if i > 0 && u.PTS-s.units[i-1].PTS != 40*time.Millisecond {
				t.Errorf("unit %d came %v after the one before", i, u.PTS-s.units[i-1].PTS)
			}
		}
		if !s.units[0].IDR || !s.units[cut].IDR || !s.units[uncut].IDR || idrs != 4 {
			t.Errorf("%d IDRs; first %v, cut %v, uncut %v", idrs, s.units[0].IDR, s.units[cut].IDR, s.units[uncut].IDR)
		}
		if len(s.units) != end || end < 95 {
			t.Errorf("%d units, %d when the sink was taken away", len(s.units), end)
		}
		if len(c.bitrate) != 1 || c.bitrate[0] != 500_000 {
			t.Errorf("bitrates %v", c.bitrate)
		}
		cancel()
		if <-done; !c.closed {
			t.Error("the encoder was not closed")
		}
	})
}

// TestAudio holds 20 ms packets on the microphone's time, silence under a cut, a gap at an xrun, and the level.
func TestAudio(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		encoder, err := opus.New(opus.Options{Bitrate: 96_000})
		if err != nil {
			t.Fatal(err)
		}
		a := capture.NewAudio(capturetest.NewMicrophone(capturetest.MicrophoneOptions{
			Now: now(), Script: capturetest.Script{{Kind: capturetest.Stall, At: 2500 * time.Millisecond, For: 300 * time.Millisecond}},
		}), encoder)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- a.Run(ctx) }()
		s := &sink{}
		a.SetSink(s)
		<-time.After(1010 * time.Millisecond)
		synctest.Wait()
		if l := a.Level(); l.Peak[0] < -20.5 || l.Peak[0] > -19.5 || l.RMS[1] > l.Peak[1] {
			t.Errorf("the level of the beep is %+v", l)
		}
		a.SetCut(true)
		cut := s.count()
		<-time.After(time.Second)
		a.SetCut(false)
		uncut := s.count()
		<-time.After(2 * time.Second)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		steps := 0
		for i, p := range s.packets {
			if p.Filler != (i >= cut && i < uncut) {
				t.Errorf("packet %d of cut %d to %d: filler %v", i, cut, uncut, p.Filler)
			}
			if i > 0 && p.PTS-s.packets[i-1].PTS != 20*time.Millisecond {
				steps++
			}
		}
		if got := a.Stats(); steps != 1 || got.Gaps != 1 || got.Packets != uint64(len(s.packets)) {
			t.Errorf("%d steps, %d packets, %+v", steps, len(s.packets), got)
		}
	})
}

// TestPools holds the life of a unit: bytes are used again after the last release, and one release too many is told.
func TestPools(t *testing.T) {
	var pool capture.UnitPool
	u := pool.Get()
	u.Data = append(u.Data, make([]byte, 4096)...)
	u.Retain()
	u.Release()
	u.Release()
	if allocated := testing.AllocsPerRun(100, func() { pool.Get().Release() }); allocated > 0 {
		t.Errorf("%v allocations a unit", allocated)
	}
	defer func() {
		if recover() == nil {
			t.Error("a release too many was not told")
		}
	}()
	(&capture.AudioPacket{}).Release()
}
