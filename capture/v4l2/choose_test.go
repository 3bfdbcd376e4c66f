package v4l2

import (
	"testing"

	"vigie/capture"
)

// offer is a format with sizes of one list of rates, written as in v4l2-ctl --list-formats-ext.
func offer(f capture.FourCC, rates []Rate, sizes ...[2]int) Format {
	format := Format{FourCC: f}
	for _, s := range sizes {
		format.Sizes = append(format.Sizes, Size{Range{s[0], s[0], 0}, Range{s[1], s[1], 0}, rates})
	}
	return format
}

func at(fps ...float64) []Rate {
	var rates []Rate
	for _, f := range fps {
		rates = append(rates, Rate{f, f})
	}
	return rates
}

func TestChoose(t *testing.T) {
	var (
		// A cheap webcam: raw up to 640x480 at full rate, above that only a few pictures a second.
		webcam = []Format{
			offer(capture.YUYV, at(30, 15), [2]int{640, 480}, [2]int{640, 360}),
			offer(capture.YUYV, at(10, 5), [2]int{1280, 720}),
			offer(capture.MJPEG, at(30), [2]int{640, 480}, [2]int{1280, 720}, [2]int{1920, 1080}),
		}
		everything = []Format{
			offer(capture.MJPEG, at(30), [2]int{1280, 720}), offer(capture.UYVY, at(30), [2]int{1280, 720}),
			offer(capture.YUYV, at(30), [2]int{1280, 720}), offer(capture.NV12, at(30), [2]int{1280, 720}),
			offer(capture.YU12, at(30), [2]int{1280, 720}), offer("H264", at(30), [2]int{1280, 720}),
		}
		odd      = []Format{offer(capture.YUYV, at(25), [2]int{1279, 719}, [2]int{351, 287}, [2]int{1600, 1200})}
		stepwise = []Format{{FourCC: capture.NV12, Sizes: []Size{{Range{32, 1920, 16}, Range{32, 1088, 8}, []Rate{{1, 60}}}}}}
		silent   = []Format{offer(capture.UYVY, nil, [2]int{1920, 1080})} // an HDMI bridge
		ntsc     = []Format{
			offer(capture.MJPEG, at(60), [2]int{720, 480}),
			offer(capture.YUYV, at(30000.0/1001), [2]int{720, 480}),
		}
		equallyFar = []Format{offer(capture.YUYV, at(30), [2]int{1480, 720}, [2]int{1080, 720})}
	)
	for _, c := range []struct {
		name               string
		formats            []Format
		width, height, fps int
		want               choice
	}{
		{"raw where raw reaches the rate", webcam, 640, 480, 30, choice{capture.YUYV, 640, 480}},
		{"MJPEG where raw is too slow", webcam, 1280, 720, 30, choice{capture.MJPEG, 1280, 720}},
		{"raw again where the slow rate is enough", webcam, 1280, 720, 10, choice{capture.YUYV, 1280, 720}},
		{"the size before the rate", webcam, 1280, 720, 60, choice{capture.MJPEG, 1280, 720}},
		{"MJPEG where only it has the size", webcam, 1920, 1080, 30, choice{capture.MJPEG, 1920, 1080}},
		{"the nearest size, then raw", webcam, 600, 350, 30, choice{capture.YUYV, 640, 360}},
		{"more than it has", webcam, 3840, 2160, 30, choice{capture.MJPEG, 1920, 1080}},
		{"4:2:0 of everything", everything, 1280, 720, 30, choice{capture.YU12, 1280, 720}},
		{"NV12 before 4:2:2", everything[:4], 1280, 720, 30, choice{capture.NV12, 1280, 720}},
		{"odd sizes", odd, 1280, 720, 30, choice{capture.YUYV, 1279, 719}},
		{"small odd sizes", odd, 320, 240, 25, choice{capture.YUYV, 351, 287}},
		{"a step of a range", stepwise, 1280, 720, 30, choice{capture.NV12, 1280, 720}},
		{"between the steps of a range", stepwise, 1285, 725, 30, choice{capture.NV12, 1280, 728}},
		{"above a range", stepwise, 3840, 2160, 30, choice{capture.NV12, 1920, 1088}},
		{"below a range", stepwise, 1, 1, 30, choice{capture.NV12, 32, 32}},
		{"the one size that there is", silent, 1280, 720, 30, choice{capture.UYVY, 1920, 1080}},
		{"29.97 does for 30", ntsc, 720, 480, 30, choice{capture.YUYV, 720, 480}},
		{"29.97 does not do for 50", ntsc, 720, 480, 50, choice{capture.MJPEG, 720, 480}},
		{"the smaller of two", equallyFar, 1280, 720, 30, choice{capture.YUYV, 1080, 720}},
	} {
		got, ok := choose(c.formats, c.width, c.height, c.fps)
		if !ok || got != c.want {
			t.Errorf("%s: %dx%d at %d: %v, %v; want %v", c.name, c.width, c.height, c.fps, got, ok, c.want)
		}
	}
}

func TestChooseKnowsWhenThereIsNothing(t *testing.T) {
	for _, formats := range [][]Format{
		nil,
		{offer("H264", at(30), [2]int{1280, 720}), offer("GREY", at(30), [2]int{1280, 720})}, // an infrared camera
		{{FourCC: capture.YUYV}},
	} {
		if got, ok := choose(formats, 1280, 720, 30); ok {
			t.Errorf("choose(%v) = %v, want nothing", formats, got)
		}
	}
}

func TestNearestStaysInTheRange(t *testing.T) {
	for _, c := range []struct {
		r       Range
		n, want int
	}{
		{Range{640, 640, 0}, 1, 640},
		{Range{2, 101, 1}, 50, 50},
		{Range{2, 101, 3}, 102, 101},
		{Range{2, 100, 3}, 100, 98}, // 101 would be above it
		{Range{2, 100, 3}, 6, 5},
		{Range{2, 100, 3}, 7, 8},
	} {
		if got := c.r.nearest(c.n); got != c.want {
			t.Errorf("%v: nearest to %d is %d, want %d", c.r, c.n, got, c.want)
		}
	}
}
