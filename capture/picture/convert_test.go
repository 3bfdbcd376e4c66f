package picture

import (
	"errors"
	"image"
	"math"
	"testing"

	"vigie/capture"
)

// pixel is what the test pictures hold at (x, y): luma differs at each pixel, chroma at each block of 2×2.
func pixel(x, y int) (luma, cb, cr byte) {
	return byte(16 + (3*x+7*y)%200), byte(40 + x/2*5%100), byte(140 + y/2*3%100)
}

// rawFrame draws the test picture in a format, its lines padded by pad bytes of 0xee.
func rawFrame(format capture.FourCC, width, height, pad int) *capture.RawFrame {
	f := &capture.RawFrame{VideoFormat: capture.VideoFormat{FourCC: format, Width: width, Height: height}}
	even := (width + 1) &^ 1
	chromaHeight := (height + 1) / 2
	set := func(at int, v byte) { f.Data[at] = v }
	each := func(put func(x, y int, luma, cb, cr byte)) {
		for y := range height {
			for x := range even {
				luma, cb, cr := pixel(x, y)
				put(x, y, luma, cb, cr)
			}
		}
	}
	alloc := func(stride, size int) {
		f.Stride, f.Data = stride, make([]byte, size)
		for i := range f.Data {
			f.Data[i] = 0xee
		}
	}
	switch format {
	case capture.YUYV, capture.UYVY:
		stride := 2*even + pad
		alloc(stride, stride*height)
		shift := 0
		if format == capture.UYVY {
			shift = 1
		}
		each(func(x, y int, luma, cb, cr byte) {
			at := y*stride + 2*x
			set(at+shift, luma)
			set(at+1-shift, [2]byte{cb, cr}[x%2])
		})
	case capture.NV12:
		stride := even + pad
		alloc(stride, stride*(height+chromaHeight))
		each(func(x, y int, luma, cb, cr byte) {
			set(y*stride+x, luma)
			set((height+y/2)*stride+x, [2]byte{cb, cr}[x%2])
		})
	case capture.YU12:
		stride := even + 2*pad
		alloc(stride, stride*height+stride*chromaHeight)
		each(func(x, y int, luma, cb, cr byte) {
			set(y*stride+x, luma)
			set(stride*height+y/2*stride/2+x/2, cb)
			set(stride*height+(chromaHeight+y/2)*stride/2+x/2, cr)
		})
	}
	return f
}

func checkPicture(t *testing.T, img *image.YCbCr, width, height int) {
	t.Helper()
	if img.Rect != image.Rect(0, 0, width, height) || img.SubsampleRatio != image.YCbCrSubsampleRatio420 {
		t.Fatalf("got %v of %v", img.SubsampleRatio, img.Rect)
	}
	for y := range height {
		for x := range width {
			luma, cb, cr := pixel(x, y)
			if got := img.YCbCrAt(x, y); got.Y != luma || got.Cb != cb || got.Cr != cr {
				t.Fatalf("at (%d, %d) %v, want {%d %d %d}", x, y, got, luma, cb, cr)
			}
		}
	}
}

var rawFormats = []capture.FourCC{capture.YUYV, capture.UYVY, capture.NV12, capture.YU12}

func TestConvert(t *testing.T) {
	for _, format := range rawFormats {
		for _, size := range []image.Point{{64, 48}, {66, 48}, {63, 47}, {2, 2}, {1, 1}, {5, 3}, {640, 360}} {
			for _, pad := range []int{0, 10} {
				var c Converter
				img, err := c.Convert(rawFrame(format, size.X, size.Y, pad))
				if err != nil {
					t.Fatalf("%s %v pad %d: %v", format, size, pad, err)
				}
				checkPicture(t, img, size.X, size.Y)
			}
		}
	}
}

// Chroma of 4:2:2 is the mean of two lines.
// TestConvertBelowPadding holds that planes are found where padding is below the one before.
func TestConvertBelowPadding(t *testing.T) {
	const width, height, lines = 6, 4, 8
	for format, chroma := range map[capture.FourCC]int{capture.NV12: 1, capture.YU12: 2} {
		f := rawFrame(format, width, height, 0)
		tight := f.Data
		f.Lines = lines
		f.Data = make([]byte, f.Stride*(lines+lines/2))
		copy(f.Data, tight[:f.Stride*height])
		size := f.Stride * height / 2 / chroma
		for i := range chroma {
			copy(f.Data[f.Stride*lines+i*f.Stride*lines/4:], tight[f.Stride*height+i*size:][:size])
		}
		img, err := new(Converter).Convert(f)
		if err != nil {
			t.Fatal(err)
		}
		checkPicture(t, img, width, height)
		f.Data = f.Data[:len(f.Data)-3*f.Stride]
		if _, err := new(Converter).Convert(f); !errors.Is(err, capture.ErrDamaged) {
			t.Errorf("%s: cut short: %v", format, err)
		}
	}
}

func TestConvertAveragesChroma(t *testing.T) {
	f := rawFrame(capture.YUYV, 8, 2, 0)
	for x := 0; x < 8; x++ {
		f.Data[2*x+1], f.Data[16+2*x+1] = 10, 21
	}
	var c Converter
	img, err := c.Convert(f)
	if err != nil {
		t.Fatal(err)
	}
	for x := range 4 {
		if img.Cb[x] != 16 || img.Cr[x] != 16 {
			t.Errorf("column %d: %d and %d, want 16", x, img.Cb[x], img.Cr[x])
		}
	}
}

// Every format refuses data that is one byte short, and takes data that ends with the last pixel.
func TestConvertRefusesShortData(t *testing.T) {
	for _, format := range rawFormats {
		for _, pad := range []int{0, 10} {
			f := rawFrame(format, 64, 48, pad)
			last := len(f.Data) - 1
			for f.Data[last] == 0xee {
				last--
			}
			var c Converter
			f.Data = f.Data[: last+1 : last+1]
			if _, err := c.Convert(f); err != nil {
				t.Errorf("%s: all pixels are there: %v", format, err)
			}
			f.Data = f.Data[:last:last]
			if _, err := c.Convert(f); err == nil {
				t.Errorf("%s pad %d: a byte is missing and there is no error", format, pad)
			}
		}
	}
}

func TestConvertRefuses(t *testing.T) {
	var c Converter
	for name, change := range map[string]func(*capture.RawFrame){
		"short stride":    func(f *capture.RawFrame) { f.Stride = 4 },
		"no stride":       func(f *capture.RawFrame) { f.Stride = 0 },
		"no width":        func(f *capture.RawFrame) { f.Width = 0 },
		"negative height": func(f *capture.RawFrame) { f.Height = -48 },
		"overflow":        func(f *capture.RawFrame) { f.Stride, f.Height = math.MaxInt/2+1, 1<<13 },
		"4 GiB":           func(f *capture.RawFrame) { f.Stride, f.Height = 16*maxSide, maxSide },
	} {
		for _, format := range rawFormats {
			f := rawFrame(format, 64, 48, 0)
			change(f)
			if _, err := c.Convert(f); err == nil {
				t.Errorf("%s of %s: no error", name, format)
			}
		}
	}
	f := rawFrame(capture.YUYV, 64, 48, 0)
	f.FourCC = "H264"
	if _, err := c.Convert(f); !errors.Is(err, capture.ErrUnsupported) {
		t.Errorf("H264: %v", err)
	}
}

func TestConvertDoesNotAllocate(t *testing.T) {
	for _, format := range rawFormats {
		f := rawFrame(format, 64, 48, 0)
		var c Converter
		if n := testing.AllocsPerRun(20, func() {
			if _, err := c.Convert(f); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations a picture", format, n)
		}
	}
}

func BenchmarkConvert(b *testing.B) {
	for _, format := range rawFormats {
		b.Run(string(format), func(b *testing.B) {
			f := rawFrame(format, 1280, 720, 0)
			var c Converter
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Convert(f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestLimit(t *testing.T) {
	f := rawFrame(capture.YU12, 4, 2, 2)
	luma := f.Stride * f.Height
	fill(f.Data, 255)
	f.Data[1], f.Data[luma+1] = 0, 0
	Limit(f)
	if f.Data[0] != 235 || f.Data[1] != 16 || f.Data[luma] != 240 || f.Data[luma+1] != 16 || f.Data[len(f.Data)-1] != 240 {
		t.Errorf("got %v", f.Data)
	}
}

func BenchmarkLimit(b *testing.B) {
	f := rawFrame(capture.YU12, 1280, 720, 0)
	for b.Loop() {
		Limit(f)
	}
}
