package openh264

import (
	"context"
	"testing"
	"time"

	"vigie/capture"
	"vigie/capture/capturetest"
)

// What a picture costs: the test picture, mostly still, and one that moves everywhere.
func BenchmarkEncode(b *testing.B) {
	const width, height = 1280, 720
	b.Run("test picture 720p", func(b *testing.B) {
		// The camera's clock is ahead by a picture each time, so that it never waits.
		now := time.Hour
		camera := capturetest.NewCamera(capturetest.CameraOptions{
			Width: width, Height: height, FPS: 30, Now: func() time.Duration { now += time.Second / 30; return now },
		})
		e := open(b, width, height, 2_000_000)
		ctx, cancel := context.WithCancel(b.Context())
		b.ReportAllocs()
		if err := camera.Stream(ctx, func(p *capture.RawFrame) {
			encode(b, e, p)
			if !b.Loop() {
				cancel()
			}
		}); err != nil {
			b.Fatal(err)
		}
	})
	b.Run("moving 720p", func(b *testing.B) {
		e, m := open(b, width, height, 2_000_000), newMoving(width, height, 8)
		i := 0
		for b.Loop() {
			encode(b, e, m.next(i))
			i++
		}
	})
}

func encode(b *testing.B, e *Encoder, p *capture.RawFrame) {
	u, err := e.Encode(p, false)
	if err != nil {
		b.Fatal(err)
	}
	if u != nil {
		u.Release()
	}
}
