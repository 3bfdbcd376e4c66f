package capture_test

import (
	"context"
	"testing"
	"time"

	"vigie/capture"
)

// stepper is a camera that delivers a picture when it is told to.
type stepper struct {
	step, stepped chan struct{}
	frame         capture.RawFrame
}

func (c *stepper) Name() string                { return "stepper" }
func (c *stepper) Format() capture.VideoFormat { return c.frame.VideoFormat }
func (c *stepper) Close() error                { return nil }

func (c *stepper) Stream(ctx context.Context, f func(*capture.RawFrame)) error {
	for {
		select {
		case <-c.step:
			c.frame.PTS += 40 * time.Millisecond
			c.frame.Sequence++
			f(&c.frame)
			c.stepped <- struct{}{}
		case <-ctx.Done():
			return nil
		}
	}
}

// keeper is a sink that keeps the newest unit, as a queue does.
type keeper struct {
	unit  *capture.AccessUnit
	units int
}

func (k *keeper) WriteVideo(u *capture.AccessUnit) {
	u.Retain()
	if k.unit != nil {
		k.unit.Release()
	}
	k.unit = u
	k.units++
}

func (k *keeper) WriteAudio(*capture.AudioPacket) {}

// TestVideoDoesNotAllocate holds that a picture costs no memory on its way from the camera to a sink that keeps its unit.
func TestVideoDoesNotAllocate(t *testing.T) {
	camera := &stepper{step: make(chan struct{}), stepped: make(chan struct{})}
	camera.frame.Data = make([]byte, 64)
	v := videoOf(func(kept capture.Chain, _ capture.Demand) (capture.Chain, error) {
		kept.Camera, kept.Encoder, kept.Format = camera, &coder{}, capture.VideoFormat{Width: 64, Height: 48}
		return kept, nil
	})
	k := &keeper{}
	v.SetSink(k)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); v.Run(ctx) }()
	const pictures = 200
	if n := testing.AllocsPerRun(pictures, func() { camera.step <- struct{}{}; <-camera.stepped }); n != 0 {
		t.Errorf("%v allocations a picture", n)
	}
	cancel()
	if <-done; k.units < pictures {
		t.Errorf("%d units", k.units)
	}
}
