package v4l2

import (
	"fmt"

	"golang.org/x/sys/unix"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

// What encoders and processors have in common: two queues, each with a format of its own.

// openCodec opens a mem2mem device. Its name is for people: "bcm2835-codec-encode (/dev/video11)".
func openCodec(device string) (name string, output, captured queue, err error) {
	node := nodeOf(device)
	fd, err := openNode(node)
	if err != nil {
		return "", queue{}, queue{}, err
	}
	card, in, out, err := identifyCodec(fd, node)
	if err != nil {
		_ = unix.Close(fd)
		return "", queue{}, queue{}, err
	}
	return fmt.Sprintf("%s (%s)", card, node), queue{path: node, fd: fd, kind: in}, queue{path: node, fd: fd, kind: out}, nil
}

// identifyCodec tells whether the open node is a mem2mem device, what it is called, and the kinds of its two queues.
func identifyCodec(fd int, path string) (card string, output, captured int32, err error) {
	var c uapi.Capability
	if err := uapi.QueryCap(fd, &c); err != nil {
		return "", 0, 0, explain(path, "QUERYCAP", err)
	}
	card = uapi.Text(c.Card[:])
	switch caps := c.Caps(); {
	case caps&uapi.CapStreaming == 0:
	case caps&uapi.CapVideoM2MMplane != 0:
		return card, uapi.BufTypeVideoOutputMplane, uapi.BufTypeVideoCaptureMplane, nil
	case caps&uapi.CapVideoM2M != 0:
		return card, uapi.BufTypeVideoOutput, uapi.BufTypeVideoCapture, nil
	}
	return card, 0, 0, fmt.Errorf("v4l2: %s (%s): %w: it is no mem2mem device", path, card, capture.ErrUnsupported)
}

// ask sets a queue's format, and fails where the driver answers another pixel format or a smaller picture. A coded
// picture may have size bytes; 0 is the driver's choice. Name is the device's.
func (q *queue) ask(name string, want capture.VideoFormat, size int) (capture.VideoFormat, error) {
	f := uapi.Format{Type: uint32(q.kind)}
	request(&f, want)
	if isMultiplanar(f.Type) {
		f.PixMplane().Planes[0].SizeImage = uint32(size)
	} else {
		f.Pix().SizeImage = uint32(size)
	}
	if err := uapi.SetFmt(q.fd, &f); err != nil {
		return capture.VideoFormat{}, explain(q.path, "S_FMT of "+string(want.FourCC), err)
	}
	got := answerOf(&f)
	if got.FourCC != want.FourCC || got.Width < want.Width || got.Height < want.Height {
		return got, fmt.Errorf("v4l2: %s: %w: asked for %s of %dx%d it answers %q of %dx%d", name, capture.ErrUnsupported,
			want.FourCC, want.Width, want.Height, got.FourCC, got.Width, got.Height)
	}
	return got, nil
}

// crop has a device leave out what is beyond that size in the raw pictures that it is given.
func crop(fd, width, height int) error {
	s := uapi.Selection{Type: uapi.BufTypeVideoOutput, Target: uapi.SelTgtCrop,
		Rect: uapi.Rect{Width: uint32(width), Height: uint32(height)}}
	want := s.Rect
	if err := uapi.SetSelection(fd, &s); err != nil {
		return err
	}
	if s.Rect != want {
		return fmt.Errorf("it takes %+v", s.Rect)
	}
	return nil
}
