package v4l2

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

// identity is what a camera says of itself.
type identity struct {
	node      string
	name, bus string // "HD Webcam C270", "usb-0000:01:00.0-1.2"
	kind      int32  // of its queue
	input     uint32 // the index of the one that pictures come from
	follows   bool   // pictures are as the signal at that input is
}

// identify tells whether the open node is a camera. ErrUnsupported says what it is not.
func identify(fd int, path string) (identity, error) {
	var c uapi.Capability
	if err := uapi.QueryCap(fd, &c); err != nil {
		return identity{}, explain(path, "QUERYCAP", err)
	}
	i := identity{node: path, name: uapi.Text(c.Card[:]), bus: uapi.Text(c.BusInfo[:])}
	kind, err := captureQueue(c.Caps())
	if err != nil {
		return i, fmt.Errorf("v4l2: %s (%s): %w; name another one, or auto", path, i.name, err)
	}
	// A camera has an input. The capture nodes of an image processor, such as the Raspberry Pi's bcm2835-isp, have the
	// same capabilities and none: their pictures come from memory, when somebody put one there.
	input := uapi.Input{}
	if current, err := uapi.CurrentInput(fd); err == nil {
		input.Index = uint32(current)
	}
	err = uapi.EnumInput(fd, &input)
	switch {
	case errors.Is(err, unix.ENOTTY), errors.Is(err, unix.EINVAL), err == nil && input.Type != uapi.InputTypeCamera:
		return i, fmt.Errorf("v4l2: %s (%s): %w: it has no camera input; name another one, or auto", path, i.name,
			capture.ErrUnsupported)
	case err != nil:
		return i, explain(path, "ENUMINPUT", err)
	}
	i.kind, i.input, i.follows = kind, input.Index, input.Capabilities&uapi.InCapDVTimings != 0
	return i, nil
}

// captureQueue is the kind of queue (enum v4l2_buf_type) that pictures come from on a node with these capabilities.
func captureQueue(caps uint32) (int32, error) {
	switch {
	case caps&(uapi.CapVideoM2M|uapi.CapVideoM2MMplane) != 0:
		return 0, fmt.Errorf("%w: it is an encoder, a decoder or a converter (mem2mem), no camera", capture.ErrUnsupported)
	case caps&(uapi.CapVideoCapture|uapi.CapVideoCaptureMplane) == 0:
		return 0, fmt.Errorf("%w: it takes no pictures (a metadata or output node)", capture.ErrUnsupported)
	case caps&uapi.CapTouch != 0:
		return 0, fmt.Errorf("%w: it is a touch screen, no camera", capture.ErrUnsupported)
	case caps&uapi.CapIOMC != 0:
		return 0, fmt.Errorf("%w: it is a part of a media pipeline that needs libcamera", capture.ErrUnsupported)
	case caps&uapi.CapStreaming == 0:
		return 0, fmt.Errorf("%w: its driver cannot stream (no V4L2_CAP_STREAMING)", capture.ErrUnsupported)
	case caps&uapi.CapVideoCapture != 0:
		return uapi.BufTypeVideoCapture, nil
	}
	return uapi.BufTypeVideoCaptureMplane, nil
}
