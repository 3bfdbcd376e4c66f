package picture

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"testing"

	"vigie/capture"
)

// colours is a picture of four fields in full-range colours.
func colours(width, height int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			c := color.RGBA{A: 255}
			switch {
			case x < width/2 && y < height/2:
				c = color.RGBA{255, 255, 255, 255}
			case y < height/2:
				c.R = 255
			case x >= width/2:
				c.B = 255
			}
			img.Set(x, y, c)
		}
	}
	return img
}

func jpegFrame(t testing.TB, img image.Image) *capture.RawFrame {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	size := img.Bounds()
	return &capture.RawFrame{
		VideoFormat: capture.VideoFormat{FourCC: capture.MJPEG, Width: size.Dx(), Height: size.Dy()},
		Data:        b.Bytes(),
	}
}

// withoutTables cuts the Huffman tables out, as most cameras do.
func withoutTables(t testing.TB, data []byte) []byte {
	at := bytes.Index(data, []byte{0xff, 0xc4})
	if at < 0 {
		t.Fatal("no tables")
	}
	size := 2 + int(data[at+2])<<8 + int(data[at+3])
	return append(append([]byte(nil), data[:at]...), data[at+size:]...)
}

func near(t *testing.T, img *image.YCbCr, x, y int, want color.YCbCr) {
	t.Helper()
	got := img.YCbCrAt(x, y)
	off := func(a, b byte) bool { return int(a)-int(b) > 3 || int(b)-int(a) > 3 }
	if off(got.Y, want.Y) || off(got.Cb, want.Cb) || off(got.Cr, want.Cr) {
		t.Errorf("at (%d, %d) %v, want about %v", x, y, got, want)
	}
}

func TestConvertJPEG(t *testing.T) {
	f := jpegFrame(t, colours(70, 50))
	bare := *f
	bare.Data = withoutTables(t, f.Data)
	for name, f := range map[string]*capture.RawFrame{"whole": f, "without Huffman tables": &bare} {
		t.Run(name, func(t *testing.T) {
			var c Converter
			img, err := c.Convert(f)
			if err != nil {
				t.Fatal(err)
			}
			// Limited-range BT.601 of white, red, black and blue.
			near(t, img, 10, 10, color.YCbCr{Y: 235, Cb: 128, Cr: 128})
			near(t, img, 60, 10, color.YCbCr{Y: 82, Cb: 90, Cr: 240})
			near(t, img, 10, 40, color.YCbCr{Y: 16, Cb: 128, Cr: 128})
			near(t, img, 60, 40, color.YCbCr{Y: 41, Cb: 240, Cr: 110})
		})
	}
}

func TestConvertGrayJPEG(t *testing.T) {
	gray := image.NewGray(image.Rect(0, 0, 31, 17))
	fill(gray.Pix, 255)
	var c Converter
	img, err := c.Convert(jpegFrame(t, gray))
	if err != nil {
		t.Fatal(err)
	}
	near(t, img, 30, 16, White)
}

// image/jpeg writes 4:2:0 alone, so the other kinds are checked from the decoded picture on.
func TestResample(t *testing.T) {
	for _, ratio := range []image.YCbCrSubsampleRatio{
		image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio440,
		image.YCbCrSubsampleRatio420,
	} {
		for _, size := range []image.Point{{16, 8}, {17, 9}, {1, 1}} {
			src := image.NewYCbCr(image.Rectangle{Max: size}, ratio)
			fill(src.Y, 255)
			fill(src.Cb, 255)
			fill(src.Cr, 128)
			var dst image.YCbCr
			resize(&dst, size.X, size.Y)
			if err := resample(&dst, src); err != nil {
				t.Fatal(err)
			}
			for i, v := range dst.Cb {
				if v != 240 || dst.Cr[i] != 128 {
					t.Fatalf("%v %v: chroma %d is (%d, %d), want (240, 128)", ratio, size, i, v, dst.Cr[i])
				}
			}
			near(t, &dst, size.X-1, size.Y-1, color.YCbCr{Y: 235, Cb: 240, Cr: 128})
		}
	}
	other := image.NewYCbCr(image.Rect(0, 0, 8, 8), image.YCbCrSubsampleRatio411)
	if err := resample(new(image.YCbCr), other); err == nil {
		t.Error("4:1:1: no error")
	}
}

func TestConvertRefusesJPEG(t *testing.T) {
	whole := jpegFrame(t, colours(64, 48))
	for name, change := range map[string]func(*capture.RawFrame){
		"nothing":      func(f *capture.RawFrame) { f.Data = nil },
		"cut":          func(f *capture.RawFrame) { f.Data = f.Data[:len(f.Data)/2] },
		"not a JPEG":   func(f *capture.RawFrame) { f.Data = []byte("GIF89a") },
		"another size": func(f *capture.RawFrame) { f.Width = 128 },
		"header alone": func(f *capture.RawFrame) { f.Data = []byte{0xff, 0xd8, 0xff, 0xda, 0, 0} },
	} {
		f := *whole
		change(&f)
		var c Converter
		if _, err := c.Convert(&f); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func FuzzConvertJPEG(f *testing.F) {
	data := jpegFrame(f, colours(16, 16)).Data
	f.Add(data)
	f.Add(withoutTables(f, data))
	f.Add(data[:len(data)-20])
	f.Fuzz(func(t *testing.T, data []byte) {
		var c Converter
		frame := &capture.RawFrame{
			VideoFormat: capture.VideoFormat{FourCC: capture.MJPEG, Width: 16, Height: 16}, Data: data,
		}
		img, err := c.Convert(frame)
		if err == nil && (img.Rect.Dx() != 16 || img.Rect.Dy() != 16 || len(img.Cr) < 64) {
			t.Errorf("got a picture of %v", img.Rect)
		}
	})
}

func BenchmarkConvertJPEG(b *testing.B) {
	f := jpegFrame(b, colours(1280, 720))
	var c Converter
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Convert(f); err != nil {
			b.Fatal(err)
		}
	}
}
