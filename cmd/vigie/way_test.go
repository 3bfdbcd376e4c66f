package main

import (
	"errors"
	"strings"
	"testing"

	"vigie/capture"
	"vigie/device/config"
)

func webcam(path string, formats ...capture.FourCC) capture.BoardCamera {
	c := capture.BoardCamera{Name: "webcam", Path: path, Node: path}
	for _, f := range formats {
		c.Offers = append(c.Offers, capture.Offer{FourCC: f, Sizes: []capture.Size{{
			Width: capture.Range{Min: 1280, Max: 1280}, Height: capture.Range{Min: 720, Max: 720}, Rates: []capture.Rate{{Min: 30, Max: 30}}}}})
	}
	return c
}

// TestTheFirstCameraThatCanIsTaken holds that a cheaper way from another camera changes nothing, and that a camera from
// which there is no way is passed over.
func TestTheFirstCameraThatCanIsTaken(t *testing.T) {
	wish := wishOf(config.Default())
	board := capture.Board{Software: software, Cameras: []capture.BoardCamera{
		webcam("/dev/v4l/by-id/a", "Y16 "), webcam("/dev/v4l/by-id/b", capture.MJPEG), webcam("/dev/v4l/by-id/c", capture.YU12)}}
	if w := chooseWay(board, wish).Way; w == nil || w.Camera != "/dev/v4l/by-id/b" {
		t.Errorf("the way is %v", w)
	}
	board.Cameras = board.Cameras[:1]
	choice := chooseWay(board, wish)
	err := noWay(board, choice, "auto")
	if choice.Way != nil || !errors.Is(err, capture.ErrUnsupported) || !strings.Contains(err.Error(), "Y16") {
		t.Errorf("from a depth camera the way is %v, %v", choice.Way, err)
	}
	if err := noWay(capture.Board{}, capture.Choice{}, "auto"); !errors.Is(err, capture.ErrNotFound) {
		t.Errorf("without a camera: %v", err)
	}
}

// TestWithoutADevice holds that what fails is gone round, until nothing is left.
func TestWithoutADevice(t *testing.T) {
	wish := wishOf(config.Default())
	encoder := capture.Mem2Mem{Name: "encoder", Path: "/dev/video11",
		In: capture.Queue{Offers: []capture.Offer{{FourCC: capture.YU12}}}, Out: capture.Queue{Offers: []capture.Offer{{FourCC: capture.H264}}}}
	board := capture.Board{Software: software, Mem2Mem: []capture.Mem2Mem{encoder},
		Cameras: []capture.BoardCamera{webcam("/dev/v4l/by-id/a", capture.YU12)}}
	var ends []string
	for range 3 {
		w := chooseWay(board, wish).Way
		if w == nil {
			ends = append(ends, "none")
			break
		}
		s, _ := w.Step(capture.Coder)
		ends = append(ends, s.Path)
		board = without(board, s.Path)
	}
	if got := strings.Join(ends, ", "); got != "/dev/video11, OpenH264, none" {
		t.Errorf("ways end in %s", got)
	}
}

// TestCSI holds that libcamera's program delivers raw pictures where the board codes, in a width that it can have (also
// where smaller ones are asked for), and codes by itself where nothing else does.
func TestCSI(t *testing.T) {
	encoder := capture.Mem2Mem{Name: "encoder", Path: "/dev/video11",
		In: capture.Queue{Exports: true, Offers: []capture.Offer{{FourCC: capture.YU12}}}, Out: capture.Queue{Offers: []capture.Offer{{FourCC: capture.H264}}}}
	board := capture.Board{Software: software, Mem2Mem: []capture.Mem2Mem{encoder},
		Cameras: []capture.BoardCamera{rpicamBoardCamera("/usr/bin/rpicam-vid")}}
	wish := wishOf(config.Default())
	for _, c := range []struct {
		board capture.Board
		wish  capture.Wish
		want  string
	}{
		{board, wish, "camera rpicam YU12 1280x720 30 -> copy -> /dev/video11 H264"},
		{board, smaller(wish), "camera rpicam YU12 896x480 30 -> copy -> /dev/video11 H264"},
		{without(board, "/dev/video11"), wish, "camera rpicam H264 1280x720 30, passed through"},
	} {
		if w := chooseWay(c.board, c.wish).Way; w == nil || w.String() != c.want {
			t.Errorf("the way is %v, want %s", w, c.want)
		}
	}
}

// TestNoSignal holds that staff read of a bridge without a signal what to do, and nothing of formats.
func TestNoSignal(t *testing.T) {
	bridge := webcam("/dev/video0", capture.YUYV, capture.NV12)
	bridge.Signal = new(capture.Signal)
	foreign := capture.Mem2Mem{Path: "/dev/video31", In: capture.Queue{Offers: []capture.Offer{{FourCC: capture.YU12}}},
		Out: capture.Queue{Offers: []capture.Offer{{FourCC: "JPEG"}}}}
	board := capture.Board{Software: software, Cameras: []capture.BoardCamera{bridge}, Mem2Mem: []capture.Mem2Mem{foreign}}
	err := noWay(board, chooseWay(board, wishOf(config.Default())), "auto")
	const want = "camera.device auto: webcam (/dev/video0): no signal at its input: plug the source in, and switch it on"
	if err.Error() != want {
		t.Errorf("staff read %q, want %q", err, want)
	}
}

// TestSmaller holds that sizes go down in steps that encoders and cameras have.
func TestSmaller(t *testing.T) {
	w := capture.Wish{Width: 1920, Height: 1080}
	for _, want := range [][2]int{{1280, 720}, {848, 480}, {560, 320}} {
		if w = smaller(w); w.Width != want[0] || w.Height != want[1] {
			t.Errorf("%dx%d, want %v", w.Width, w.Height, want)
		}
	}
}

// TestDeliver holds that a camera which answers with another size is asked for that one from then on.
func TestDeliver(t *testing.T) {
	board := capture.Board{Software: software, Cameras: []capture.BoardCamera{webcam("a", capture.YU12, capture.MJPEG)}}
	deliver(&board, "a", answerError{asked: capture.VideoFormat{FourCC: capture.YU12, Width: 1280, Height: 720},
		got: capture.VideoFormat{FourCC: capture.YU12, Width: 640, Height: 480}})
	if w := chooseWay(board, wishOf(config.Default())).Way; w == nil || w.Format.FourCC != capture.MJPEG {
		t.Errorf("the way is %v: MJPEG has the size that was asked for", w)
	}
	if o := board.Cameras[0].Offers[0]; o.Sizes[0].Width.Min != 640 || len(o.Sizes) != 1 {
		t.Errorf("%+v", o)
	}
}

// TestRateOfOurOwnCameras holds that an encoder is opened for the rate at which the test picture and a sensor come.
func TestRateOfOurOwnCameras(t *testing.T) {
	c := config.Default()
	c.Camera.FPS, c.Video.Encoder = 15, "openh264"
	for _, camera := range []capture.BoardCamera{testBoardCamera(), rpicamBoardCamera("/usr/bin/rpicam-vid")} {
		board := capture.Board{Software: software, Cameras: []capture.BoardCamera{camera}}
		if w := chooseWay(board, wishOf(c)).Way; w == nil || w.Coded().FPS != 15 || w.Every > 1 {
			t.Errorf("the way is %v", w)
		}
	}
}
