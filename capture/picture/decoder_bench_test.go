package picture_test

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"vigie/capture"
	"vigie/capture/openh264"
	"vigie/capture/picture"
)

// roll is a camera that delivers the same JPEGs again and again, as soon as there is a token.
type roll struct {
	files  []*capture.RawFrame
	tokens chan struct{}
}

func (c *roll) Name() string                { return "roll" }
func (c *roll) Format() capture.VideoFormat { return c.files[0].VideoFormat }
func (c *roll) Close() error                { return nil }

func (c *roll) Stream(ctx context.Context, f func(*capture.RawFrame)) error {
	for n := 0; ; n++ {
		select {
		case <-c.tokens:
		case <-ctx.Done():
			return nil
		}
		p := *c.files[n%len(c.files)]
		p.PTS, p.Sequence = time.Hour+time.Duration(n)*time.Second/30, uint32(n)
		f(&p)
	}
}

// newRoll draws a texture that moves, with noise: JPEGs of 720p as large as a camera's, about 150 kB.
func newRoll(b *testing.B, tokens int) *roll {
	const width, height = 1280, 720
	c := &roll{tokens: make(chan struct{}, tokens)}
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 8 {
		img := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
		for at := range img.Y {
			x, y := at%width, at/width
			img.Y[at] = byte(110 + 60*math.Sin(float64(x+4*i)/17+3*math.Sin(float64(y)/31)) + float64(random.IntN(12)))
		}
		for at := range img.Cb {
			img.Cb[at], img.Cr[at] = byte(100+at%width/16), byte(150-at%width/16)
		}
		var file bytes.Buffer
		if err := jpeg.Encode(&file, img, &jpeg.Options{Quality: 80}); err != nil {
			b.Fatal(err)
		}
		c.files = append(c.files, &capture.RawFrame{
			VideoFormat: capture.VideoFormat{FourCC: capture.MJPEG, Width: width, Height: height, FPS: 30}, Data: file.Bytes(),
		})
	}
	return c
}

func newEncoder(b *testing.B, f capture.VideoFormat) *openh264.Encoder {
	e, err := openh264.New(openh264.Options{Format: f, Bitrate: 4_000_000})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { e.Close() })
	return e
}

// run encodes what the camera delivers until the benchmark has enough.
func run(b *testing.B, camera capture.Camera, tokens chan<- struct{}, use func(*capture.RawFrame)) {
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	for range cap(tokens) {
		tokens <- struct{}{}
	}
	b.ReportAllocs()
	more := true
	if err := camera.Stream(ctx, func(f *capture.RawFrame) {
		if more {
			use(f)
			tokens <- struct{}{}
		}
		if more = more && b.Loop(); !more {
			cancel()
		}
	}); err != nil {
		b.Fatal(err)
	}
}

func encode(b *testing.B, e *openh264.Encoder) func(*capture.RawFrame) {
	return func(f *capture.RawFrame) {
		u, err := e.Encode(f, false)
		if err != nil {
			b.Error(err)
		}
		if u != nil {
			u.Release()
		}
	}
}

// BenchmarkPipeline takes 720p of MJPEG from the camera to coded bytes: decoding alone, then with OpenH264 one after the
// other, and at once. With two cores the last takes as long as the slower of the two.
func BenchmarkPipeline(b *testing.B) {
	b.Run("decode", func(b *testing.B) {
		c := newRoll(b, 1)
		var convert picture.Converter
		run(b, c, c.tokens, func(f *capture.RawFrame) {
			if _, err := convert.Convert(f); err != nil {
				b.Error(err)
			}
		})
	})
	b.Run("decode, then encode", func(b *testing.B) {
		c := newRoll(b, 1)
		run(b, c, c.tokens, encode(b, newEncoder(b, c.Format()))) // it decodes by itself
	})
	b.Run("decode and encode", func(b *testing.B) {
		c := newRoll(b, 3) // one encoded, one decoded, one that waits
		d, err := picture.NewDecoder(c)
		if err != nil {
			b.Fatal(err)
		}
		dropped, use := uint64(0), encode(b, newEncoder(b, d.Format()))
		run(b, d, c.tokens, func(f *capture.RawFrame) {
			for use(f); dropped < d.Stats().Dropped; dropped++ { // at the start, all three come at once
				c.tokens <- struct{}{}
			}
		})
		b.ReportMetric(float64(d.Stats().Dropped), "dropped")
	})
}
