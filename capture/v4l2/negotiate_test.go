package v4l2

import (
	"testing"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

func TestAnswerOf(t *testing.T) {
	for _, c := range []struct {
		format capture.FourCC
		stride uint32 // by the driver
		want   int
		bytes  int
	}{
		{capture.YUYV, 1408, 1408, 1408 * 359},
		{capture.UYVY, 0, 1280, 1280 * 359},
		{capture.NV12, 704, 704, 704*359 + 704*180},
		{capture.YU12, 0, 640, 640*359 + 2*320*180},
		{capture.RGB24, 2048, 2048, 2048 * 359},
		{capture.MJPEG, 640, 0, 0},
		{capture.H264, 640, 0, 0},
	} {
		want := capture.VideoFormat{FourCC: c.format, Width: 640, Height: 359, Stride: c.want}
		single := uapi.Format{Type: uapi.BufTypeVideoCapture}
		request(&single, capture.VideoFormat{FourCC: c.format, Width: 640, Height: 359})
		single.Pix().BytesPerLine = c.stride
		multi := uapi.Format{Type: uapi.BufTypeVideoCaptureMplane}
		request(&multi, capture.VideoFormat{FourCC: c.format, Width: 640, Height: 359})
		multi.PixMplane().Planes[0].BytesPerLine = c.stride
		for _, f := range []*uapi.Format{&single, &multi} {
			if got := answerOf(f); got != want {
				t.Errorf("type %d: answerOf = %+v, want %+v", f.Type, got, want)
			}
		}
		if got := pictureSize(want); got != c.bytes {
			t.Errorf("a picture of %+v has %d bytes, want %d", want, got, c.bytes)
		}
	}
}

func TestIsWhole(t *testing.T) {
	raw := capture.VideoFormat{FourCC: capture.YUYV, Width: 4, Height: 2, Stride: 8}
	h264 := capture.VideoFormat{FourCC: capture.H264, Width: 4, Height: 2}
	jpeg := capture.VideoFormat{FourCC: capture.MJPEG, Width: 4, Height: 2}
	for _, c := range []struct {
		data   []byte
		format capture.VideoFormat
		want   bool
	}{
		{make([]byte, 16), raw, true},
		{make([]byte, 32), raw, true}, // padded to a page
		{make([]byte, 15), raw, false},
		{nil, raw, false},
		{[]byte{0xFF, 0xD8, 0xFF, 0xDB}, jpeg, true},
		{[]byte{0xFF, 0xD8}, jpeg, false},
		{[]byte{0xFF, 0, 0, 0}, jpeg, false},
		{[]byte{0, 0xD8, 0, 0}, jpeg, false},
		{nil, jpeg, false},
		{[]byte{0, 0, 0, 1, 0x65}, h264, true},
		{[]byte{0, 0, 1, 0x65}, h264, true},
		{[]byte{0, 0, 0, 0, 1, 0x65}, h264, false},
		{[]byte{0, 1, 0x65}, h264, false},
		{nil, h264, false},
	} {
		if got := isWhole(c.data, c.format); got != c.want {
			t.Errorf("isWhole(%d bytes %x, %s) = %v, want %v", len(c.data), c.data, c.format.FourCC, got, c.want)
		}
	}
}

func TestAskedForLinesOfALength(t *testing.T) {
	want := capture.VideoFormat{FourCC: capture.YUYV, Width: 640, Height: 360, Stride: 1344}
	for _, kind := range []uint32{uapi.BufTypeVideoCapture, uapi.BufTypeVideoOutputMplane} {
		f := uapi.Format{Type: kind}
		request(&f, want)
		if got := answerOf(&f); got != want {
			t.Errorf("type %d: a driver that takes all is asked for %+v, want %+v", kind, got, want)
		}
	}
}
