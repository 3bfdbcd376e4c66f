package capture_test

import (
	"strings"
	"testing"

	"vigie/capture"
)

// TestWayHandover holds whose memory a picture is handed over in, from one camera to one encoder.
func TestWayHandover(t *testing.T) {
	type queue = capture.Queue
	var (
		asks     = queue{Imports: true}
		gives    = queue{Exports: true}
		both     = queue{Exports: true, Imports: true}
		gapless  = queue{Exports: true, Imports: true, Contiguous: true}
		of16     = capture.Padding{Align: 16}
		of16More = capture.Padding{Align: 16, More: true}
		of64     = capture.Padding{Align: 64}
		of64More = capture.Padding{Align: 64, More: true}
		none     = capture.Padding{}
	)
	for _, c := range []struct {
		name                      string
		camera, encoder           queue
		format                    capture.FourCC
		width, height             int
		cameraStride, cameraLines capture.Padding
		stride, lines             capture.Padding // the encoder's
		want                      capture.Handover
		wantStride, wantLines     int
		why                       string
	}{
		{"the encoder's memory first", both, both, capture.YUYV, 640, 360, none, none, of64, of16, capture.HandTaker, 1280, 368, ""},
		{"USB and the board", both, gapless, capture.YUYV, 640, 360, none, none, of64, of16, capture.HandTaker, 1280, 368, ""},
		{"a camera that imports nothing", gives, both, capture.YUYV, 640, 480, none, none, of64, of16, capture.HandGiver, 1280, 480, ""},
		{"its memory is in pieces", gives, gapless, capture.YUYV, 640, 480, none, none, of64, of16, capture.HandCopied, 0, 0,
			"the encoder reads contiguous memory alone, which the camera's is not"},
		{"the encoder's memory is in pieces", queue{Imports: true, Contiguous: true}, gives, capture.YUYV, 640, 480, none, none, none, none,
			capture.HandCopied, 0, 0, "the camera fills contiguous memory alone, which the encoder's is not"},
		{"neither exports", asks, asks, capture.YUYV, 640, 480, none, none, none, none, capture.HandCopied, 0, 0,
			"neither takes (DMABUF) what the other exports (EXPBUF)"},
		{"lines too short", both, gapless, capture.YUYV, 848, 480, none, none, of64More, of16, capture.HandCopied, 0, 0,
			"the camera's YUYV has lines of 1696 bytes, the encoder's buffer of 1728: the picture would slant; a copy is needed"},
		{"a camera that can leave room", both, gapless, capture.YUYV, 848, 480, of16More, none, of64, of16, capture.HandTaker, 1728, 480, ""},
		{"an encoder that can", both, gapless, capture.YUYV, 648, 480, of64, none, of16More, of16, capture.HandTaker, 1344, 480, ""},
		{"planes too short", both, gapless, capture.NV12, 640, 360, none, none, none, of16, capture.HandCopied, 0, 0,
			"the camera's NV12 has 360 lines, the encoder's buffer 368: chroma would be 8 lines off; a copy is needed"},
		{"planes that agree", both, gapless, capture.NV12, 640, 352, none, none, none, of16, capture.HandTaker, 640, 352, ""},
		{"planes that an encoder crops", both, gapless, capture.NV12, 640, 360, none, of16, none, capture.Padding{Align: 8, More: true},
			capture.HandTaker, 640, 368, ""},
		{"a packed picture longer than the encoder's buffer", asks, gives, capture.YUYV, 640, 360, none, of16, none, none,
			capture.HandCopied, 0, 0, "the camera's picture has 368 lines, the encoder's buffer 360"},
		{"and in the camera's own", both, both, capture.YUYV, 640, 360, none, of16, none, none, capture.HandGiver, 1280, 368, ""},
	} {
		size := sizes(nil, [2]int{c.width, c.height})
		c.camera.Offers = []capture.Offer{{FourCC: c.format, Sizes: size, Stride: c.cameraStride, Lines: c.cameraLines}}
		c.encoder.Offers = []capture.Offer{{FourCC: c.format, Stride: c.stride, Lines: c.lines}}
		choice := capture.ChooseWay(capture.Board{
			Cameras: []capture.BoardCamera{{Path: "camera", Queue: c.camera}},
			Mem2Mem: []capture.Mem2Mem{{Path: "encoder", In: c.encoder, Out: queue{Offers: []capture.Offer{{FourCC: capture.H264}}}}},
		}, wish(c.width, c.height, 30, capture.EncoderAuto))
		if choice.Way == nil {
			t.Fatalf("%s: no way: %v", c.name, reasons(choice))
		}
		l := choice.Way.Steps[0].In
		if l.Handover != c.want || l.Stride != c.wantStride || l.Lines != c.wantLines || !strings.Contains(l.Why, c.why) || (c.why == "") != (l.Why == "") {
			t.Errorf("%s: %+v; want %s, %d bytes, %d lines, %q", c.name, l, c.want, c.wantStride, c.wantLines, c.why)
		}
		if choice.Way.Format.Stride != c.wantStride {
			t.Errorf("%s: the camera is asked for lines of %d bytes", c.name, choice.Way.Format.Stride)
		}
		if copied := choice.Way.Cost.Copied > 0; copied != (c.want == capture.HandCopied) {
			t.Errorf("%s: copied pixels are %d a second", c.name, choice.Way.Cost.Copied)
		}
	}
}
