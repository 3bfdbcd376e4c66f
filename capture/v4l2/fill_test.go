package v4l2

import (
	"errors"
	"testing"

	"vigie/capture"
)

// painted is a picture with a value of its own in each place, and 0xEE where there is no picture.
func painted(format capture.FourCC, width, height, stride int) *capture.RawFrame {
	f := &capture.RawFrame{VideoFormat: capture.VideoFormat{FourCC: format, Width: width, Height: height, Stride: stride}}
	f.Data = make([]byte, pictureSize(f.VideoFormat))
	for i := range f.Data {
		f.Data[i] = 0xEE
	}
	l := Layout{FourCC: format, Width: width, Height: height, Stride: stride, Lines: height}
	each(l, f.Data, func(p *byte, plane, x, y int) { *p = byte(plane*80 + y*16 + x) })
	return f
}

// each visits the values of a picture: plane 0 is luma at x, y, the others chroma at their own x and y.
func each(l Layout, data []byte, visit func(p *byte, plane, x, y int)) {
	halfLines := (l.Lines + 1) / 2
	for y := range l.Height {
		for x := range l.Width {
			cx, cy := x/2, y/2
			line := data[y*l.Stride:]
			switch l.FourCC {
			case capture.YUYV:
				visit(&line[2*x], 0, x, y)
				visit(&line[4*cx+1], 1, cx, cy)
				visit(&line[4*cx+3], 2, cx, cy)
			case capture.UYVY:
				visit(&line[2*x+1], 0, x, y)
				visit(&line[4*cx], 1, cx, cy)
				visit(&line[4*cx+2], 2, cx, cy)
			case capture.NV12:
				visit(&line[x], 0, x, y)
				visit(&data[l.Stride*(l.Lines+cy)+2*cx], 1, cx, cy)
				visit(&data[l.Stride*(l.Lines+cy)+2*cx+1], 2, cx, cy)
			case capture.YU12:
				visit(&line[x], 0, x, y)
				visit(&data[l.Stride*l.Lines+l.Stride/2*cy+cx], 1, cx, cy)
				visit(&data[l.Stride*l.Lines+l.Stride/2*(halfLines+cy)+cx], 2, cx, cy)
			}
		}
	}
}

func TestFill(t *testing.T) {
	for _, c := range []struct{ from, to capture.FourCC }{
		{capture.YU12, capture.YU12}, {capture.NV12, capture.NV12}, {capture.YUYV, capture.YUYV}, {capture.UYVY, capture.UYVY},
		{capture.YU12, capture.NV12}, {capture.YU12, capture.YUYV}, {capture.YU12, capture.UYVY},
	} {
		const width, height = 8, 4
		bytes := func(f capture.FourCC) int {
			if f == capture.YUYV || f == capture.UYVY {
				return 2
			}
			return 1
		}
		for padding, lines := range map[int]int{0: height, 8: height + 2} {
			f := painted(c.from, width, height, width*bytes(c.from)+4)
			l := Layout{FourCC: c.to, Width: width, Height: height, Stride: width*bytes(c.to) + padding, Lines: lines}
			dst := make([]byte, l.need())
			if err := l.fill(dst, f); err != nil {
				t.Errorf("%v: %v", c, err)
				continue
			}
			each(l, dst, func(p *byte, plane, x, y int) {
				if *p != byte(plane*80+y*16+x) {
					t.Fatalf("%v with stride %d: plane %d has %d at %d, %d", c, l.Stride, plane, *p, x, y)
				}
			})
		}
	}
}

func TestFillRefuses(t *testing.T) {
	l := Layout{FourCC: capture.NV12, Width: 8, Height: 4, Stride: 8, Lines: 4, Size: 48}
	short := painted(capture.NV12, 8, 4, 8)
	short.Data = short.Data[:40]
	for _, f := range []*capture.RawFrame{short, painted(capture.YUYV, 8, 4, 16), {VideoFormat: capture.VideoFormat{FourCC: capture.MJPEG}}} {
		if err := l.fill(make([]byte, 48), f); !errors.Is(err, capture.ErrUnsupported) {
			t.Errorf("%s with %d bytes: %v, want ErrUnsupported", f.FourCC, len(f.Data), err)
		}
	}
}

func TestMemoryOfAnotherDeviceFits(t *testing.T) {
	camera := capture.VideoFormat{FourCC: capture.NV12, Width: 640, Height: 360, Stride: 640}
	memory := Layout{FourCC: capture.NV12, Width: 640, Height: 360, Stride: 640, Lines: 360, Size: 640 * 360 * 3 / 2}
	packed := memory
	packed.FourCC, packed.Stride, packed.Lines, packed.Size = capture.YUYV, 1280, 368, 1280*368
	for _, c := range []struct {
		name   string
		camera capture.VideoFormat
		change func(*Layout)
		fits   bool
	}{
		{"as it is", camera, func(*Layout) {}, true},
		{"padded lines", camera, func(l *Layout) { l.Stride = 704 }, false},
		{"padded height", camera, func(l *Layout) { l.Lines, l.Size = 368, 640*368*3/2 }, false},
		{"too little", camera, func(l *Layout) { l.Size-- }, false},
		{"another size", camera, func(l *Layout) { l.Height = 368 }, false},
		{"packed, padded height", capture.VideoFormat{FourCC: capture.YUYV, Width: 640, Height: 360, Stride: 1280},
			func(l *Layout) { *l = packed }, true},
		{"another format", capture.VideoFormat{FourCC: capture.UYVY, Width: 640, Height: 360, Stride: 1280},
			func(l *Layout) { *l = packed }, false},
	} {
		l := memory
		c.change(&l)
		if err := l.fits(c.camera); (err == nil) != c.fits || err != nil && !errors.Is(err, capture.ErrUnsupported) {
			t.Errorf("%s: fits = %v, want %v", c.name, err, c.fits)
		}
	}
}
