package v4l2

import (
	"slices"
	"testing"

	"vigie/capture"
)

// simulated answers TRY_FMT as drivers do: from a list of sizes, or a range of them, with lines and their number
// rounded up.
type simulated struct {
	sizes         []capture.Size
	stride, lines int  // alignment
	longer        bool // it takes a longer stride
	wider         int  // it answers a width that is rounded up, too
	asked         int
}

func (d *simulated) try(f capture.VideoFormat) (capture.VideoFormat, bool) {
	d.asked++
	best, off := f, 1<<30
	for _, s := range d.sizes {
		w, h := s.Width.Nearest(f.Width), s.Height.Nearest(f.Height)
		if away := max(w-f.Width, f.Width-w) + max(h-f.Height, f.Height-h); away < off {
			best.Width, best.Height, off = w, h, away
		}
	}
	up := func(n, a int) int { return (n + a - 1) / a * a }
	if d.wider > 0 {
		best.Width = up(best.Width, d.wider)
	}
	line := lineBytes(f.FourCC, best.Width)
	if d.longer {
		line = max(line, f.Stride)
	}
	best.Stride, best.Height = up(line, d.stride), up(best.Height, d.lines)
	return best, true
}

func ranged(least, most, step int) []capture.Size {
	r := capture.Range{Min: least, Max: most, Step: step}
	return []capture.Size{{Width: r, Height: r}}
}

func listedSizes(all ...[2]int) []capture.Size {
	var list []capture.Size
	for _, s := range all {
		list = append(list, capture.Size{Width: single(uint32(s[0])), Height: single(uint32(s[1]))})
	}
	return list
}

func TestPaddingIsFoundOut(t *testing.T) {
	webcam := listedSizes([2]int{640, 480}, [2]int{848, 480}, [2]int{1280, 720}, [2]int{1920, 1080}, [2]int{160, 120})
	for _, c := range []struct {
		name          string
		driver        simulated
		format        capture.FourCC
		cropped       bool
		stride, lines capture.Padding
	}{
		{"a Pi's encoder", simulated{ranged(32, 1920, 2), 64, 16, true, 0, 0}, capture.YU12, true,
			capture.Padding{Align: 64, More: true}, capture.Padding{Align: 16}},
		{"in NV12", simulated{ranged(32, 1920, 2), 32, 16, true, 0, 0}, capture.NV12, true,
			capture.Padding{Align: 32, More: true}, capture.Padding{Align: 16}},
		{"a converter", simulated{ranged(32, 16384, 2), 32, 1, false, 0, 0}, capture.RGB24, true,
			capture.Padding{Align: 32}, capture.Padding{Align: 1}},
		{"long lines", simulated{ranged(32, 1920, 2), 128, 32, false, 0, 0}, capture.YUYV, true,
			capture.Padding{Align: 128}, capture.Padding{Align: 32}},
		{"an encoder that lists no size", simulated{nil, 256, 16, true, 0, 0}, capture.UYVY, true,
			capture.Padding{Align: 256, More: true}, capture.Padding{Align: 16}},
		{"a codec that rounds the picture up", simulated{ranged(32, 1920, 2), 1, 16, false, 16, 0}, capture.NV12, true,
			capture.Padding{Align: 16}, capture.Padding{Align: 16}},
		{"a webcam", simulated{webcam, 1, 1, false, 0, 0}, capture.YUYV, false, capture.Padding{Align: 1}, capture.Padding{}},
		{"a bridge", simulated{ranged(16, 16376, 1), 16, 1, true, 0, 0}, capture.UYVY, false,
			capture.Padding{Align: 16, More: true}, capture.Padding{}},
		{"a camera that aligns", simulated{webcam, 64, 1, true, 0, 0}, capture.YUYV, false,
			capture.Padding{Align: 64, More: true}, capture.Padding{}},
	} {
		o := capture.Offer{FourCC: c.format, Sizes: c.driver.sizes}
		stride, lines := padding(o, c.cropped, c.driver.try)
		if stride != c.stride || lines != c.lines {
			t.Errorf("%s: lines of %+v bytes, %+v of them; want %+v and %+v", c.name, stride, lines, c.stride, c.lines)
		}
		if c.driver.asked > len(hard)+1 {
			t.Errorf("%s: asked %d times", c.name, c.driver.asked)
		}
	}
}

func TestPaddingOfADriverThatDoesNotSay(t *testing.T) {
	o := capture.Offer{FourCC: capture.YUYV, Sizes: ranged(32, 1920, 2)}
	for name, try := range map[string]func(capture.VideoFormat) (capture.VideoFormat, bool){
		"an error":       func(f capture.VideoFormat) (capture.VideoFormat, bool) { return f, false },
		"another format": func(f capture.VideoFormat) (capture.VideoFormat, bool) { f.FourCC = capture.NV12; return f, true },
		"no rule": func(f capture.VideoFormat) (capture.VideoFormat, bool) {
			f.Stride, f.Height = 3*f.Width+f.Width%7, f.Height+f.Height%7
			return f, true
		},
	} {
		if stride, lines := padding(o, true, try); stride != (capture.Padding{}) || lines != (capture.Padding{}) {
			t.Errorf("%s: %+v and %+v, want nothing", name, stride, lines)
		}
	}
}

func TestAwkwardSizesComeFirst(t *testing.T) {
	sizes := listedSizes([2]int{1280, 720}, [2]int{640, 480}, [2]int{848, 480}, [2]int{1920, 1080}, [2]int{424, 240},
		[2]int{2560, 1440})
	got, want := awkward(sizes), []pixels{{424, 240}, {848, 480}, {1920, 1080}, {640, 480}}
	if !slices.Equal(got, want) {
		t.Errorf("the camera is asked for %v, want %v", got, want)
	}
}

func TestContiguousByExporter(t *testing.T) {
	const head = "pos:\t0\nflags:\t02100002\nmnt_id:\t11\nino:\t77\nsize:\t4147200\ncount:\t2\nexp_name:\t"
	for _, c := range []struct {
		fdinfo       string
		likely, want bool
	}{
		{head + "videobuf2_dma_contig\n", false, true},
		{head + "videobuf2_vmalloc\n", true, false},
		{head + "videobuf2_dma_sg\n", true, false},
		{head + "i915\n", true, true},
		{head + "i915\n", false, false},
		{"pos:\t0\n", true, true},
		{"", false, false},
	} {
		if got := contiguous([]byte(c.fdinfo), c.likely); got != c.want {
			t.Errorf("%q, likely %v: %v, want %v", c.fdinfo, c.likely, got, c.want)
		}
	}
}
