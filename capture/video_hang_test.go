package capture_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"vigie/capture"
	"vigie/capture/capturetest"
)

// TestEncoderHangs holds that a cut and the end of a show wait for no encoder: one that hangs in its driver holds neither
// the panel nor the end of the program. What it makes in the end is of before them, and nobody gets it.
func TestEncoderHangs(t *testing.T) {
	camera := &stepper{step: make(chan struct{}), stepped: make(chan struct{})}
	camera.frame = capture.RawFrame{VideoFormat: capture.VideoFormat{FourCC: capture.YU12, Width: 64, Height: 48}, Data: make([]byte, 64)}
	hung, free := make(chan struct{}), make(chan struct{})
	encoder := &coder{fails: func(*capture.RawFrame) error {
		hung <- struct{}{}
		<-free
		return nil
	}}
	v := videoOf(func(kept capture.Chain, _ capture.Demand) (capture.Chain, error) {
		kept.Camera, kept.Encoder, kept.Format = camera, encoder, camera.frame.VideoFormat
		return kept, nil
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); v.Run(ctx) }()
	picture := func(meanwhile func()) {
		t.Helper()
		camera.step <- struct{}{}
		<-hung
		returned := make(chan struct{})
		go func() { defer close(returned); meanwhile() }()
		select {
		case <-returned:
		case <-time.After(10 * time.Second):
			t.Error("it waits for an encoder that hangs")
		}
		free <- struct{}{}
		<-camera.stepped
	}
	first, second := &sink{}, &sink{}
	v.SetSink(first)
	picture(func() {})
	picture(func() { v.SetCut(true) })
	picture(func() {})
	picture(func() { v.SetCut(false) })
	picture(func() { v.SetSink(second) })
	picture(func() {})
	picture(func() { v.SetSink(nil) })
	cancel()
	<-done
	if u := first.units; len(u) != 2 || u[0].Filler || !u[1].Filler || !u[1].IDR || u[1].Data[0] != cutLuma {
		t.Errorf("the first sink got %d units, of them the second %+v", len(u), u[len(u)-1])
	}
	if u := second.units; len(u) != 1 || !u[0].IDR || u[0].Filler {
		t.Errorf("the second sink got %d units", len(u))
	}
	if s := v.Stats(); s.Units != 3 || s.Device.Discarded != 4 {
		t.Errorf("%+v", s)
	}
}

// turning is an encoder in which something happens just before a picture is coded.
type turning struct {
	*coder
	before func()
}

func (e *turning) SetBitrate(int) error { e.before(); return nil }

// TestCutJustBeforeAPicture holds that a slate begins with an IDR, and an encoder forgets what it has of the camera, also
// when the IDR that the cut asked for was made of the camera's picture.
func TestCutJustBeforeAPicture(t *testing.T) {
	camera := &stepper{step: make(chan struct{}), stepped: make(chan struct{})}
	camera.frame = capture.RawFrame{VideoFormat: capture.VideoFormat{FourCC: capture.YU12, Width: 64, Height: 48}, Data: make([]byte, 64)}
	encoder := &turning{coder: &coder{}, before: func() {}}
	v := videoOf(func(kept capture.Chain, _ capture.Demand) (capture.Chain, error) {
		kept.Camera, kept.Encoder, kept.Format = camera, encoder, camera.frame.VideoFormat
		return kept, nil
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); v.Run(ctx) }()
	s := &sink{}
	v.SetSink(s)
	for n := range 3 {
		if n == 1 {
			encoder.before = func() { v.SetCut(true) }
			v.SetBitrate(1_000_000)
		}
		camera.step <- struct{}{}
		<-camera.stepped
	}
	cancel()
	<-done
	if u := s.units; len(u) != 2 || !u[1].IDR || !u[1].Filler {
		t.Errorf("%d units, the last %+v", len(u), u[len(u)-1])
	}
}

// TestSkipped holds that a slate of which nothing new is due counts as nothing that viewers missed.
func TestSkipped(t *testing.T) {
	camera := &stepper{step: make(chan struct{}), stepped: make(chan struct{})}
	camera.frame = capture.RawFrame{VideoFormat: capture.VideoFormat{FourCC: capture.YU12, Width: 64, Height: 48}, Data: make([]byte, 64)}
	v := videoOf(func(kept capture.Chain, _ capture.Demand) (capture.Chain, error) {
		kept.Camera, kept.Encoder, kept.Format = camera, idle{&coder{}}, camera.frame.VideoFormat
		return kept, nil
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); v.Run(ctx) }()
	v.SetSink(&sink{})
	for n := range 5 {
		v.SetCut(n > 1)
		camera.step <- struct{}{}
		<-camera.stepped
	}
	cancel()
	<-done
	if s := v.Stats(); s.Skipped != 2 {
		t.Errorf("%d pictures skipped, want the camera's 2", s.Skipped)
	}
}

// idle is an encoder that skips everything.
type idle struct{ *coder }

func (idle) Encode(*capture.RawFrame, bool) (*capture.AccessUnit, error) { return nil, nil }

// TestTurns holds what a watchdog looks at: Run turns with a camera and without one, and stands still where a device hangs
// that is being opened, or an encoder that codes the slate.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newStage(t, capturetest.Script{{Kind: capturetest.Vanish, At: 5 * time.Second}})
		var opening, slate, free atomic.Bool
		hang := func(is *atomic.Bool) {
			for is.Load() && !free.Load() {
				<-time.After(time.Second)
			}
		}
		b.fails = func(f *capture.RawFrame) error {
			if f.Data[0] == lostLuma {
				hang(&slate)
			}
			return nil
		}
		b.video = videoOf(func(kept capture.Chain, d capture.Demand) (capture.Chain, error) {
			hang(&opening)
			return b.open(kept, d)
		})
		b.video.SetSink(b.sink)
		turns := func(what string, want bool) {
			t.Helper()
			before := b.video.Stats().Turns
			<-time.After(3 * time.Second)
			if got := b.video.Stats().Turns != before; got != want {
				t.Errorf("%s: it turns: %v, want %v", what, got, want)
			}
		}
		opening.Store(true)
		b.run(func() {
			turns("the first camera hangs", true) // once, when it begins
			if n := b.video.Stats().Turns; n != 1 {
				t.Errorf("%d turns, and nothing has answered", n)
			}
			turns("the first camera hangs", false)
			opening.Store(false)
			turns("the camera is there", true)
			<-time.After(3 * time.Second)
			turns("the camera is gone", true)
			slate.Store(true)
			<-time.After(time.Second)
			turns("the encoder hangs in the slate", false)
			free.Store(true)
			turns("it goes on", true)
		})
	})
}
