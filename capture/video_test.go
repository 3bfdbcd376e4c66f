package capture_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"vigie/capture"
	"vigie/capture/capturetest"
)

// stage is what a Video opens its chains from: cameras one after the other, each with its script, and encoders.
type stage struct {
	t       *testing.T
	scripts []capturetest.Script // of the cameras that are there, in turn; after the last one there is none
	present bool                 // a camera is there at all
	width   int                  // of the next one
	fails   func(*capture.RawFrame) error
	floor   int
	devices chan struct{}

	coders  []*coder
	demands []capture.Demand
	lost    []error
	video   *capture.Video
	sink    *sink
}

func newStage(t *testing.T, scripts ...capturetest.Script) *stage {
	b := &stage{t: t, scripts: scripts, present: true, width: 64, sink: &sink{}, devices: make(chan struct{}, 1)}
	b.video = videoOf(b.open)
	return b
}

func (b *stage) open(kept capture.Chain, d capture.Demand) (capture.Chain, error) {
	b.demands = append(b.demands, d)
	if kept.Camera != nil {
		b.t.Error("a camera was kept open")
	}
	if !b.present || len(b.scripts) == 0 {
		return kept, fmt.Errorf("stage: %w", capture.ErrNotFound)
	}
	camera := capturetest.NewCamera(capturetest.CameraOptions{
		Width: b.width >> d.Shrink, Height: 48, FPS: 25, Script: b.scripts[0], Now: b.now})
	b.scripts = b.scripts[1:]
	if f := camera.Format(); kept.Encoder == nil || kept.Format != f {
		if kept.Encoder != nil {
			_ = kept.Encoder.Close()
		}
		c := &coder{fails: b.fails, floor: b.floor}
		b.coders = append(b.coders, c)
		kept.Encoder, kept.Format = c, f
	}
	kept.Camera = camera
	return kept, nil
}

func (b *stage) now() time.Duration { return time.Hour + time.Since(began) }

// began is the time at which each bubble of synctest begins.
var began = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// run runs the video until the test's function returns.
func (b *stage) run(f func()) {
	ctx, cancel := context.WithCancel(b.t.Context())
	done := make(chan struct{})
	go func() { defer close(done); b.video.Run(ctx) }()
	f()
	cancel()
	<-done
	for i, c := range b.coders {
		if !c.closed {
			b.t.Errorf("encoder %d was left open", i)
		}
	}
}

// TestCameraLost holds that a show whose camera vanishes goes on with the slate, in the same encoder, on a time that
// only grows, and that the camera's picture begins with an IDR when it is back.
func TestCameraLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newStage(t, capturetest.Script{{Kind: capturetest.Vanish, At: 2 * time.Second}}, nil)
		b.video = videoOf(func(kept capture.Chain, d capture.Demand) (capture.Chain, error) {
			if time.Since(began) > 2*time.Second && time.Since(began) < 5*time.Second {
				return kept, capture.ErrNotFound
			}
			return b.open(kept, d)
		})
		b.video.SetSink(b.sink)
		b.run(func() { <-time.After(8 * time.Second) })
		var camera, slate, back int
		for i, u := range b.sink.units {
			switch stand := u.Data[0] == lostLuma; {
			case stand != u.Filler:
				t.Errorf("unit %d: the slate is %v, filler %v", i, stand, u.Filler)
			case stand:
				slate++
			case slate == 0:
				camera++
			default:
				back++
			}
			first := i == 0 || u.Filler != b.sink.units[i-1].Filler
			if first != u.IDR {
				t.Errorf("unit %d: an IDR %v, another picture %v", i, u.IDR, first)
			}
			if i > 0 && u.PTS <= b.sink.units[i-1].PTS {
				t.Errorf("unit %d: PTS %v after %v", i, u.PTS, b.sink.units[i-1].PTS)
			}
		}
		if camera < 45 || slate < 13 || slate > 18 || back < 60 || len(b.coders) != 1 {
			t.Errorf("%d pictures, %d of the slate, %d pictures, %d encoders", camera, slate, back, len(b.coders))
		}
		if s := b.video.Stats(); s.Pictures < 100 || s.Reopened != 0 {
			t.Errorf("%+v", s)
		}
	})
}

// TestSlateSaysWhatItIsToSay holds that a slate is drawn anew when its words change, under a cut and without a camera, and at
// no other moment, and that viewers see it at once.
func TestSlateSaysWhatItIsToSay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newStage(t, capturetest.Script{{Kind: capturetest.Vanish, At: 4 * time.Second}})
		var name atomic.Int64 // of the venue
		drawn := 0
		b.video = capture.NewVideo(capture.VideoOptions{
			Open: b.open, Now: b.now, Found: func(bool) {}, Lost: func(error) {},
			Words: func(lost bool) [3]string { return [3]string{fmt.Sprint(name.Load()), "", fmt.Sprint(lost)} },
			Slate: func(f capture.VideoFormat, _ bool) *capture.RawFrame {
				drawn++
				return &capture.RawFrame{VideoFormat: f, Data: []byte{100 + byte(name.Load())}}
			},
		})
		b.video.SetSink(b.sink)
		after := func(d time.Duration) *capture.AccessUnit {
			<-time.After(d)
			synctest.Wait()
			return b.sink.units[len(b.sink.units)-1]
		}
		says := func(what string, want byte, pictures int) {
			t.Helper()
			before := b.sink.count()
			if u := after(time.Second); u.Data[0] != want || !u.Filler || drawn != pictures {
				t.Errorf("%s: the slate says %d, want %d; drawn %d times, want %d", what, u.Data[0], want, drawn, pictures)
			}
			for i, u := range b.sink.units[before:] {
				if first := i == 0 || u.Data[0] != b.sink.units[before+i-1].Data[0]; first != u.IDR {
					t.Errorf("%s: picture %d is an IDR: %v", what, i, u.IDR)
				}
			}
		}
		b.run(func() {
			after(500 * time.Millisecond)
			b.video.SetCut(true)
			says("a cut", 100, 2)
			name.Store(1)
			says("another name", 101, 3)
			b.video.SetCut(false)
			after(2 * time.Second) // the camera is lost, whose slate was drawn with the first name
			name.Store(2)
			says("another one, without a camera", 102, 5)
		})
	})
}

// TestCameraIsLookedForAtOnce holds that a device that comes is not waited for, and that one that is damaged or stalls
// counts.
func TestCameraIsLookedForAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newStage(t, capturetest.Script{{Kind: capturetest.Stall, At: time.Second, For: 200 * time.Millisecond}})
		b.present = false
		var found time.Time
		b.video = capture.NewVideo(capture.VideoOptions{
			Open: b.open, Now: b.now, Devices: b.devices,
			Slate: func(f capture.VideoFormat, _ bool) *capture.RawFrame {
				return &capture.RawFrame{VideoFormat: f, Data: []byte{1}}
			},
			Found: func(bool) { found = time.Now() }, Lost: func(err error) { b.lost = append(b.lost, err) },
		})
		b.run(func() {
			<-time.After(700 * time.Millisecond)
			synctest.Wait()
			if _, err := b.look(); !errors.Is(err, capture.ErrNoPicture) {
				t.Errorf("looked at nothing with %v", err)
			}
			b.present = true
			b.devices <- struct{}{}
			synctest.Wait()
			if time.Since(found) != 0 || len(b.lost) != 1 || !errors.Is(b.lost[0], capture.ErrNotFound) {
				t.Errorf("found %v ago, lost %v", time.Since(found), b.lost)
			}
			if last := b.demands[1].Last; last != nil {
				t.Errorf("no chain has ended, and the last is said to with: %v", last)
			}
			if width, err := b.look(); width != 64 || err != nil {
				t.Errorf("looked at a picture of %d, %v", width, err)
			}
			<-time.After(2 * time.Second)
		})
		if lost := b.video.Stats().Lost; lost < 4 || lost > 6 {
			t.Errorf("%d pictures lost, want 5", lost)
		}
	})
}

func (b *stage) look() (width int, err error) {
	err = b.video.Look(b.t.Context(), func(f *capture.RawFrame) { width = f.Width })
	return width, err
}

// TestLookGivesUp holds that a look ends with its context where a camera stands still.
func TestLookGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newStage(t, capturetest.Script{{Kind: capturetest.Stall, At: time.Second, For: time.Minute}})
		b.run(func() {
			<-time.After(2 * time.Second)
			short, stop := context.WithTimeout(t.Context(), time.Second)
			defer stop()
			if err := b.video.Look(short, func(*capture.RawFrame) {}); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("looked at nothing with %v", err)
			}
		})
	})
}

// TestEncoderFails holds that an encoder that fails is closed and opened again, at once and with an IDR, that its
// failures in a row are told to who opens it, and that they are forgotten when it works.
func TestEncoderFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newStage(t, nil, nil, nil, nil, nil)
		n := 0
		b.fails = func(*capture.RawFrame) error {
			if n++; n == 50 || n == 51 || n == 120 {
				return fmt.Errorf("nothing came out: %w", capture.ErrStalled)
			}
			return nil
		}
		b.video.SetSink(b.sink)
		b.run(func() { <-time.After(8 * time.Second) })
		var failures []int
		for _, d := range b.demands {
			failures = append(failures, d.Failures)
		}
		if got := fmt.Sprint(failures); got != "[0 1 2 1]" || !errors.Is(b.demands[1].Last, capture.ErrStalled) {
			t.Errorf("failures %v, the last %v", got, b.demands[1].Last)
		}
		for _, i := range []int{0, 49, 49 + 68} {
			if !b.sink.units[i].IDR {
				t.Errorf("unit %d is no IDR", i)
			}
		}
		s := b.video.Stats()
		if s.Reopened != 3 || s.Device.Copied != 4 || len(b.sink.units) < 150 {
			t.Errorf("%+v, %d units", s, len(b.sink.units))
		}
	})
}

// TestEncoderFailsForGood holds that an encoder that never works is not opened in a hurry for ever.
func TestEncoderFailsForGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newStage(t, make([]capturetest.Script, 100)...)
		b.fails = func(*capture.RawFrame) error { return errors.New("no") }
		b.video.SetSink(b.sink)
		b.run(func() { <-time.After(10 * time.Second) })
		if n := len(b.demands); n < 15 || n > 30 {
			t.Errorf("opened %d times in 10 s", n)
		}
	})
}

// TestVideoDamaged holds that a damaged picture is lost and no more, that an IDR which it was to be comes with the next,
// and that a camera which delivers nothing else has failed.
func TestVideoDamaged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newStage(t, nil)
		n := 0
		b.fails = func(f *capture.RawFrame) error {
			if n++; f.Data[0] != lostLuma && (n == 1 || n > 50) {
				return fmt.Errorf("coder: %w", capture.ErrDamaged)
			}
			return nil
		}
		b.video.SetSink(b.sink)
		b.run(func() { <-time.After(10 * time.Second) })
		camera := 0
		for _, u := range b.sink.units {
			if !u.Filler {
				camera++
			}
		}
		if s := b.video.Stats(); camera != 49 || !b.sink.units[0].IDR || s.Lost < 100 || s.Lost > 130 || s.Reopened != 0 {
			t.Errorf("%d units, the first an IDR: %v, %+v", camera, b.sink.units[0].IDR, s)
		}
		if !errors.Is(b.demands[1].Last, capture.ErrDamaged) {
			t.Errorf("lost with %v", b.demands[1].Last)
		}
	})
}

// TestAnErrorNamesItsCameraOnce holds it for what the camera says of itself, and for what was found in its pictures.
func TestAnErrorNamesItsCameraOnce(t *testing.T) {
	for is, script := range map[error]capturetest.Script{
		capture.ErrGone: {{Kind: capturetest.Vanish, At: time.Second}}, capture.ErrDamaged: nil,
	} {
		synctest.Test(t, func(t *testing.T) {
			b := newStage(t, script, nil)
			b.fails = func(f *capture.RawFrame) error {
				if is != capture.ErrDamaged || f.Data[0] == lostLuma {
					return nil
				}
				return fmt.Errorf("coder: %w", is)
			}
			b.video.SetSink(b.sink)
			b.run(func() { <-time.After(8 * time.Second) })
			name := capturetest.NewCamera(capturetest.CameraOptions{}).Name()
			if err := b.demands[1].Last; !errors.Is(err, is) || strings.Count(err.Error(), name) != 1 {
				t.Errorf("%v, want %v and %q once", err, is, name)
			}
		})
	}
}

// TestBelowTheFloor holds that an encoder is not driven below its floor: fewer pictures, each with its bits, and when
// they would be too few, smaller ones; and back.
func TestBelowTheFloor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newStage(t, make([]capturetest.Script, 5)...)
		b.floor = 1_000_000
		b.video.SetSink(b.sink)
		count := func(bps int, d time.Duration) int {
			b.video.SetBitrate(bps)
			before := b.sink.count()
			<-time.After(d)
			synctest.Wait()
			return b.sink.count() - before
		}
		b.run(func() {
			if n := count(2_000_000, 2*time.Second); n < 48 || n > 51 {
				t.Errorf("%d pictures in 2 s above the floor, want 50", n)
			}
			if n := count(500_000, 2*time.Second); n < 24 || n > 26 {
				t.Errorf("%d pictures in 2 s at half of the floor, want 25", n)
			}
			if n := count(1_050_000, 2*time.Second); n < 24 || n > 26 {
				t.Errorf("%d pictures in 2 s just above the floor, want 25: it goes up with a margin", n)
			}
			if n := count(1_300_000, 2*time.Second); n < 48 || n > 51 {
				t.Errorf("%d pictures in 2 s above the margin, want 50", n)
			}
			count(300_000, 4*time.Second)
			if last := b.demands[len(b.demands)-1]; last.Shrink != 1 {
				t.Errorf("far below the floor the chain is opened for %+v", last)
			}
			b.floor = 0
			count(2_000_000, 15*time.Second)
		})
		if last := b.demands[len(b.demands)-1]; last.Shrink != 0 && len(b.demands) != 3 {
			t.Errorf("%d chains, the last for %+v", len(b.demands), last)
		}
		for _, c := range b.coders {
			for _, bps := range c.bitrate {
				if bps < 1_000_000 {
					t.Errorf("the encoder was told %d b/s, below its floor", bps)
				}
			}
		}
		if b.video.Stats().Thinned < 50 {
			t.Errorf("%+v", b.video.Stats())
		}
	})
}

// counted is a camera with a device in it that counts.
type counted struct {
	capture.Camera
	copied uint64
}

func (c counted) Stats() capture.DeviceStats { return capture.DeviceStats{Copied: c.copied} }

// TestDevicesCount holds that what a decoder or a converter counts is seen beside what the encoder does, and is not
// forgotten with the camera that it came with.
func TestDevicesCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newStage(t, capturetest.Script{{Kind: capturetest.Vanish, At: time.Second}}, nil)
		cameras := uint64(0)
		b.video = videoOf(func(kept capture.Chain, d capture.Demand) (capture.Chain, error) {
			chain, err := b.open(kept, d)
			if err == nil {
				cameras++
				chain.Camera = counted{chain.Camera, 10 * cameras}
			}
			return chain, err
		})
		b.run(func() {
			<-time.After(4 * time.Second)
			if n := b.video.Stats().Device.Copied; n != 1+10+20 {
				t.Errorf("%d copies, want the encoder's 1 and the cameras' 10 and 20", n)
			}
		})
		if n := b.video.Stats().Device.Copied; n != 1+10+20 {
			t.Errorf("at the end %d copies", n)
		}
	})
}
