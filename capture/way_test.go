package capture_test

import (
	"fmt"
	"strings"
	"testing"

	"vigie/capture"
)

func wish(width, height, fps int, e capture.EncoderChoice) capture.Wish {
	return capture.Wish{Width: width, Height: height, FPS: fps, Encoder: e, Bitrate: 1_000_000}
}

var (
	hd     = wish(1280, 720, 30, capture.EncoderAuto)
	fullHD = wish(1920, 1080, 30, capture.EncoderAuto)
	vga    = wish(640, 480, 30, capture.EncoderAuto)
)

func TestWay(t *testing.T) {
	for _, c := range []struct {
		name  string
		board capture.Board
		wish  capture.Wish
		way   string // as drawn; empty: none
		cost  string
	}{
		{"Pi 3, webcam, raw", pi3(cheap), vga,
			"camera /dev/v4l/by-id/usb-cheap YUYV 640x480 30 -> DMABUF -> /dev/video11 H264", "the CPU touches no pixel"},
		{"Pi 3, webcam with MJPEG alone at this size", pi3(cheap), hd,
			"camera /dev/v4l/by-id/usb-cheap MJPG 1280x720 30 -> copy -> /dev/video10 NV12 -> DMABUF -> /dev/video11 H264", "the CPU touches no pixel"},
		{"Zero 2 W, 1080 lines, padded alike by decoder and encoder", pi3(cheap), fullHD,
			"camera /dev/v4l/by-id/usb-cheap MJPG 1920x1080 30 -> copy -> /dev/video10 NV12 -> DMABUF -> /dev/video11 H264", "the CPU touches no pixel"},
		{"Pi 4, C920: the bitrate is to follow the network", pi4(c920), hd,
			"camera /dev/v4l/by-id/usb-c920 MJPG 1280x720 30 -> copy -> /dev/video10 NV12 -> DMABUF -> /dev/video11 H264", "the CPU touches no pixel"},
		{"Pi 4, C920: raw where it is fast enough", pi4(c920), wish(1280, 720, 10, capture.EncoderAuto),
			"camera /dev/v4l/by-id/usb-c920 YUYV 1280x720 10 -> DMABUF -> /dev/video11 H264", "the CPU touches no pixel"},
		{"Pi 4, C920, passthrough asked", pi4(c920), wish(1920, 1080, 30, capture.EncoderPassthrough),
			"camera /dev/v4l/by-id/usb-c920 H264 1920x1080 30, passed through", "the CPU touches no pixel"},
		{"Pi 4, OpenH264 asked", pi4(cheap), wish(640, 480, 30, capture.EncoderOpenH264),
			"camera /dev/v4l/by-id/usb-cheap YUYV 640x480 30 -> DMABUF -> /dev/video12 YU12 -> MMAP -> OpenH264 H264", "codes 9.2 Mpixel/s in software"},
		{"Pi 4, passthrough asked of a camera without", pi4(cheap), wish(640, 480, 30, capture.EncoderPassthrough), "", ""},
		{"Pi 4, NV12 of 360 lines", pi4(planar), wish(640, 360, 30, capture.EncoderAuto),
			"camera /dev/v4l/by-id/usb-planar NV12 640x360 30 -> DMABUF -> /dev/video12 UYVY -> DMABUF -> /dev/video11 H264", "the CPU touches no pixel"},
		{"Pi 4, NV12 of 720 lines", pi4(planar), hd,
			"camera /dev/v4l/by-id/usb-planar NV12 1280x720 30 -> DMABUF -> /dev/video11 H264", "the CPU touches no pixel"},
		{"Pi 4, HDMI: the signal's size, whatever was asked for", pi4(bridge(capture.Signal{Width: 1920, Height: 1080, FPS: 30})), hd,
			"camera /dev/v4l/by-path/csi UYVY 1920x1080 30 -> DMABUF -> /dev/video11 H264", "the CPU touches no pixel"},
		{"Pi 4, HDMI without a signal", pi4(bridge(capture.Signal{})), hd, "", ""},
		{"Pi 4, HDMI of 60, half of it", pi4(bridge(capture.Signal{Width: 1920, Height: 1080, FPS: 60})), fullHD,
			"camera /dev/v4l/by-path/csi UYVY 1920x1080 60/2 -> DMABUF -> /dev/video11 H264", "the CPU touches no pixel"},
		{"Pi 4, HDMI of 50, too fast for the encoder and for the CPU", slow(pi4(bridge(capture.Signal{Width: 1920, Height: 1080, FPS: 50}))), fullHD,
			"camera /dev/v4l/by-path/csi UYVY 1920x1080 50/2 -> DMABUF -> /dev/video11 H264", "the CPU touches no pixel"},
		{"Pi 5, webcam", pi5(cheap), hd,
			"camera /dev/v4l/by-id/usb-cheap MJPG 1280x720 30 -> MMAP -> image/jpeg YU12 -> memory -> OpenH264 H264",
			"codes 27.6 Mpixel/s in software, decodes 27.6 Mpixel/s of JPEG on the CPU"},
		{"Pi 5, C920", pi5(c920), hd, "camera /dev/v4l/by-id/usb-c920 H264 1280x720 30, passed through", "the CPU touches no pixel"},
		{"Pi 5, a device encoder asked", pi5(c920), wish(1280, 720, 30, capture.EncoderV4L2), "", ""},
		{"PC, webcam", pc(cheap), vga,
			"camera /dev/v4l/by-id/usb-cheap YUYV 640x480 30 -> MMAP -> CPU YU12 -> memory -> OpenH264 H264",
			"codes 9.2 Mpixel/s in software, converts 9.2 Mpixel/s on the CPU"},
		{"PC, two webcams: the cheaper way", pc(cheap, c920), hd, "camera /dev/v4l/by-id/usb-c920 H264 1280x720 30, passed through", "the CPU touches no pixel"},
		{"no camera", pi4(), hd, "", ""},
		{"bench, vicodec alone", bench(false), hd,
			"camera /dev/video3 YU12 1280x720 30 -> MMAP -> OpenH264 H264", "codes 27.6 Mpixel/s in software"},
		{"bench, its encoder", bench(true), hd, "camera /dev/video3 YU12 1280x720 30 -> DMABUF -> /dev/video2 H264", "the CPU touches no pixel"},
		{"bench, 360 lines: packed, so that chroma is where it belongs", bench(true), wish(640, 360, 30, capture.EncoderAuto),
			"camera /dev/video3 YUYV 640x360 30 -> DMABUF -> /dev/video2 H264", "the CPU touches no pixel"},
		{"bench, 1080 lines at most 30 times", bench(true), wish(1920, 1080, 60, capture.EncoderAuto),
			"camera /dev/video3 YUYV 1920x1080 30 -> DMABUF -> /dev/video2 H264", "the CPU touches no pixel"},
		{"bench, 4K is beyond the encoder", bench(true), wish(3840, 2160, 15, capture.EncoderV4L2),
			"camera /dev/video3 YUYV 1920x1080 15 -> DMABUF -> /dev/video2 H264", "the CPU touches no pixel"},
	} {
		choice := capture.ChooseWay(c.board, c.wish)
		way, cost := "", ""
		if choice.Way != nil {
			way, cost = choice.Way.String(), choice.Way.Cost.String()
		}
		if way != c.way || cost != c.cost {
			t.Errorf("%s:\n got %s (%s)\nwant %s (%s)\n%s", c.name, way, cost, c.way, c.cost, strings.Join(reasons(choice), "\n"))
		}
	}
}

// reasons are the others and the advice, a line each.
func reasons(c capture.Choice) []string {
	var lines []string
	for _, o := range c.Others {
		lines = append(lines, fmt.Sprintf("%s: %s", o.Way, o.Why))
	}
	return append(append(lines, c.Missing...), c.Advice...)
}

// TestWayReasons holds what people are told of the ways that were not chosen, and of what is missing.
func TestWayReasons(t *testing.T) {
	noConverter := func(b capture.Board) capture.Board { b.Mem2Mem = b.Mem2Mem[:2]; return b }
	for _, c := range []struct {
		name  string
		board capture.Board
		wish  capture.Wish
		want  []string // each is one of the lines, or a part of one
	}{
		{"planes", noConverter(pi4(planar)), wish(640, 360, 30, capture.EncoderAuto),
			[]string{"with a camera that has YUYV 640x360 at 30 this would be: camera (camera) YUYV 640x360 30 -> DMABUF -> /dev/video11 H264"}},
		{"planes, and a converter", pi4(planar), wish(640, 360, 30, capture.EncoderAuto),
			[]string{"-> copy -> /dev/video11 H264: copies 6.9 Mpixel/s: the camera's NV12 has 360 lines, the encoder's buffer 368: " +
				"chroma would be 8 lines off; a copy is needed"}},
		{"C920 on a Pi 4", pi4(c920), hd, []string{
			"camera /dev/v4l/by-id/usb-c920 H264 1280x720 30, passed through: its bitrate cannot follow the network",
			"camera /dev/v4l/by-id/usb-c920 YUYV 1280x720 10 -> DMABUF -> /dev/video11 H264: 30 pictures a second were asked for, it has 10",
			"/dev/video31 JPEG: it makes JPEG, and viewers take H264"}},
		{"C920 on a Pi 5", pi5(c920), hd, []string{
			"OpenH264 H264: codes 27.6 Mpixel/s in software",
			"the camera's H264 passes through as it is: its bitrate cannot follow the network"}},
		{"webcam on a Pi 5", pi5(cheap), vga, []string{
			"with an encoder for 640x480 at 30 this would be: camera /dev/v4l/by-id/usb-cheap YUYV 640x480 30 -> DMABUF -> (encoder) H264"}},
		{"an encoder that must be a device", pi5(cheap), wish(640, 480, 30, capture.EncoderV4L2), []string{
			"-> OpenH264 H264: video.encoder is v4l2", "with an encoder for 640x480 at 30 this would be: "}},
		{"passthrough asked of a webcam without H264", pi4(cheap), wish(640, 480, 30, capture.EncoderPassthrough), []string{
			"camera /dev/v4l/by-id/usb-cheap YUYV 640x480 30 -> DMABUF -> /dev/video11 H264: video.encoder is passthrough"}},
		{"no signal", pi4(bridge(capture.Signal{})), hd, []string{"camera /dev/v4l/by-path/csi UYVY: no signal at its input"}},
		{"too many pictures", slow(pi4(bridge(capture.Signal{Width: 1920, Height: 1080, FPS: 50}))), fullHD,
			[]string{"1920x1080 at 50 are 408000 macroblocks a second, /dev/video11 codes 245760"}},
		{"too large", bench(true), wish(3840, 2160, 15, capture.EncoderV4L2),
			[]string{"YUYV 3840x2160 15 -> DMABUF -> /dev/video2 H264: /dev/video2 has no 3840x2160, only 32x32 to 1920x1920 in steps of 2x2"}},
		{"too many bits", pi4(cheap), capture.Wish{Width: 640, Height: 480, FPS: 30, Encoder: capture.EncoderV4L2, Bitrate: 30_000_000},
			[]string{"/dev/video11 codes at 25000 to 25000000 b/s, 30000000 was asked for"}},
		{"no camera", pi4(), hd, []string{"with a camera that has YUYV 1280x720 at 30 this would be: camera (camera) YUYV"}},
		{"vicodec", bench(false), hd, []string{
			"/dev/video0 FWHT: it makes FWHT, and viewers take H264",
			"camera /dev/video3 GREY: nothing here takes GREY",
			"with an encoder for 1280x720 at 30 this would be: camera /dev/video3 YU12 1280x720 30 -> DMABUF -> (encoder) H264"}},
	} {
		lines := reasons(capture.ChooseWay(c.board, c.wish))
		for _, want := range c.want {
			if !strings.Contains(strings.Join(lines, "\n"), want) {
				t.Errorf("%s: nobody says %q, but\n%s", c.name, want, strings.Join(lines, "\n"))
			}
		}
	}
}
