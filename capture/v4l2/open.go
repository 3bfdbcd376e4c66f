package v4l2

import (
	"fmt"
	"log/slog"

	"golang.org/x/sys/unix"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

// Options are what Open is asked for.
type Options struct {
	Device        string // "auto" is the first that Find lists, else a path, best one under /dev/v4l/by-id
	Width, Height int    // pixels
	FPS           int    // pictures a second
	// Controls are settings of the camera by the names that v4l2-ctl --list-ctrls prints, such as
	// power_line_frequency. A value is a number, true or false, or the text of a menu item ("50 Hz"; case and spaces
	// do not count). What the camera does not have is a warning in the log.
	Controls map[string]string
	// Import is an encoder's memory that pictures are put in, instead of the camera's own: nil is the camera's. A camera
	// whose pictures do not lie as the memory wants them is refused with ErrUnsupported; open it again without.
	Import *Memory
	Export bool         // have Memory for an encoder to read from, where the encoder has none to import
	Log    *slog.Logger // nil is silence
}

// Open finds the camera, settles its format and allocates its buffers, which makes it ours. It blocks for as long as
// the camera takes, some hundred milliseconds on USB. The format is the nearest that the camera has, and may differ
// from what was asked for: see Camera.Format.
//
// Errors are capture.ErrNotFound, ErrBusy, ErrGone, ErrUnsupported (no camera, or none of its formats is one of ours),
// fs.ErrPermission, and the driver's own.
func Open(o Options) (*Camera, error) {
	if o.Width <= 0 || o.Height <= 0 || o.FPS <= 0 {
		return nil, fmt.Errorf("v4l2: %dx%d at %d pictures a second was asked for: each has to be above 0",
			o.Width, o.Height, o.FPS)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	path := o.Device
	if path == "auto" {
		var err error
		if path, err = first(o); err != nil {
			return nil, err
		}
	}
	if o.Import != nil {
		return open(path, o, []capture.FourCC{o.Import.Layout.FourCC})
	}
	return open(path, o, taken)
}

// first is the path of the first camera that has a format of ours.
func first(o Options) (string, error) {
	devices, err := Find()
	for _, d := range devices {
		if _, ok := choose(d.Formats, o.Width, o.Height, o.FPS); ok {
			return d.Path, nil
		}
	}
	if err != nil {
		return "", err
	}
	if len(devices) > 0 {
		return "", fmt.Errorf("v4l2: %s (%s): %w: it has none of the formats %v", devices[0].Path, devices[0].Name,
			capture.ErrUnsupported, taken)
	}
	return "", fmt.Errorf("v4l2: no camera: %w: plug one in", capture.ErrNotFound)
}

// open is Open for a path, with only those pixel formats.
func open(path string, o Options, allowed []capture.FourCC) (_ *Camera, err error) {
	node := nodeOf(path)
	fd, err := openNode(node)
	if err != nil {
		return nil, err
	}
	wake, err := newAlarm()
	if err != nil {
		_ = unix.Close(fd)
		return nil, explain(node, "eventfd", err)
	}
	c := &Camera{path: node, fd: fd, wake: wake}
	defer func() {
		if err != nil {
			c.release()
		}
	}()
	capability, bufType, err := identify(fd, node)
	if err != nil {
		return nil, err
	}
	c.name = fmt.Sprintf("%s (%s)", uapi.Text(capability.Card[:]), node)
	c.queue = queue{path: node, fd: fd, kind: bufType}
	c.log = o.Log.With("camera", c.name)
	if err := c.negotiate(o, allowed); err != nil {
		return nil, err
	}
	applyControls(fd, o.Controls, c.log)
	switch {
	case o.Import != nil:
		c.held = make([]bool, o.Import.Count())
		err = c.queue.adopt(o.Import)
	case o.Export:
		err = c.lend()
	default:
		err = c.queue.allocate(bufferCount, 2, unix.PROT_READ)
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

// release gives back what the Camera holds of the kernel, whatever of it there is.
func (c *Camera) release() {
	c.queue.unmap()
	_ = unix.Close(c.fd) // frees the driver's buffers too
	c.wake.close()
}
