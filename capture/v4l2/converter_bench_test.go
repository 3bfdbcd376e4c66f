//go:build bench

package v4l2

import (
	"slices"
	"testing"
	"time"

	"vigie/capture"
)

// converter ends the test where the bench's kernel has no vim2m.
func converter(t *testing.T) {
	t.Helper()
	if mem2mem(t, capture.RGB24, capture.YUYV) == "" {
		t.Fatal("this kernel has no device that makes YUYV of RGB3: it is built without CONFIG_VIDEO_VIM2M")
	}
}

// halves is a picture in RGB24: black on the left, white on the right.
func halves(dst []byte, width int) {
	for i := range dst {
		dst[i] = 0
		if i/3%width >= width/2 {
			dst[i] = 255
		}
	}
}

// showsHalves checks the luma of such a picture in YUYV.
func showsHalves(t *testing.T, f capture.RawFrame) {
	t.Helper()
	for x, want := range map[int][2]byte{10: {0, 40}, f.Width/2 - 10: {0, 40}, f.Width/2 + 10: {215, 255}, f.Width - 10: {215, 255}} {
		for _, y := range []int{0, f.Height / 2, f.Height - 1} {
			if luma := f.Data[y*f.Stride+2*x]; luma < want[0] || luma > want[1] {
				t.Errorf("at %d, %d the luma is %d, want %v", x, y, luma, want)
			}
		}
	}
}

func TestHardwareConvertsWithoutTouchingAPixel(t *testing.T) {
	converter(t)
	const n = 10
	e := board(t, capture.YUYV, 640, 360, true)
	c := feeding(capture.RGB24, 640, 360)
	c.format.Stride = 3 * 640
	p := processing(t, c, ProcessorOptions{Out: capture.VideoFormat{FourCC: capture.YUYV}, Import: e.Memory(), Export: true})
	m := p.Memory()
	c.after = func(f *capture.RawFrame) {
		if i := m.index(f); i < 0 || !m.busy[i] { // for 40 ms
			t.Errorf("the camera may write to buffer %d, which the converter reads", i)
		}
	}
	r := run(t, p, func(f *capture.RawFrame) { encode(t, e, f, false).Release() })
	for i := range n {
		free := slices.Index(m.busy, false)
		if free < 0 {
			t.Fatalf("picture %d: the camera has no buffer to put it in", i)
		}
		f := &capture.RawFrame{VideoFormat: c.format, Data: m.data[free][:3*640*360], PTS: capture.Now(), Sequence: uint32(i)}
		halves(f.Data, 640)
		r.feed(t, c, f)
		got := r.next(t)
		if got.PTS != f.PTS || got.Sequence != f.Sequence {
			t.Errorf("picture %d came out as %v, number %d", i, got.PTS, got.Sequence)
		}
		showsHalves(t, got)
	}
	if s := p.Stats(); s != (capture.DeviceStats{Shared: n}) {
		t.Errorf("the converter counted %+v, want %d shared and nothing else", s, n)
	}
	if s := e.Stats(); s != (capture.DeviceStats{Shared: n}) {
		t.Errorf("the encoder counted %+v, want %d shared and nothing else", s, n)
	}
}

func TestHardwareConvertsWhatIsCopied(t *testing.T) {
	converter(t)
	c := feeding(capture.RGB24, 640, 360)
	c.format.Stride = 3*640 + 12 // lines of the camera's own length
	p := processing(t, c, ProcessorOptions{Out: capture.VideoFormat{FourCC: capture.YUYV}})
	r := run(t, p, nil)
	line := make([]byte, 3*640)
	halves(line, 640)
	f := &capture.RawFrame{VideoFormat: c.format}
	for range 360 {
		f.Data = append(append(f.Data, line...), make([]byte, 12)...)
	}
	for range 5 {
		f.PTS += 33_333_333
		r.feed(t, c, f)
		showsHalves(t, r.next(t))
	}
	if s := p.Stats(); s != (capture.DeviceStats{Copied: 5}) {
		t.Errorf("counted %+v, want 5 copies and nothing else", s)
	}
}

func TestHardwareConverterIsLate(t *testing.T) {
	converter(t) // it takes 40 ms for a picture
	const n = 20
	c := feeding(capture.RGB24, 640, 360)
	c.format.Stride = 3 * 640
	p := processing(t, c, ProcessorOptions{Out: capture.VideoFormat{FourCC: capture.YUYV}})
	r := run(t, p, nil)
	for i := range n {
		r.feed(t, c, &capture.RawFrame{VideoFormat: c.format, Data: make([]byte, 3*640*360), Sequence: uint32(i),
			PTS: time.Duration(i+1) * 33_333_333})
	}
	came := 0
	for got := uint32(0); got != n-1; came++ {
		got = r.next(t).Sequence
	}
	if s := p.Stats(); came >= n || s.Dropped != uint64(n-came) || s.Damaged+s.Unmatched != 0 {
		t.Errorf("%d pictures of %d came out, counted %+v; want the others dropped", came, n, s)
	}
}
