package v4l2

import (
	"fmt"
	"log/slog"

	"golang.org/x/sys/unix"

	"vigie/capture"
)

// Options are what Open is asked for.
type Options struct {
	Device string // its path, best one under /dev/v4l/by-id: capture.Way.Camera
	// Format is what to ask of it (capture.Way.Format). With a Stride lines of that length are asked for; without FPS the
	// rate stays as it is.
	Format capture.VideoFormat
	// Controls are settings of the camera by the names that v4l2-ctl --list-ctrls prints, such as
	// power_line_frequency. A value is a number, true or false, or the text of a menu item ("50 Hz"; case and spaces
	// do not count). What the camera does not have is a warning in the log.
	Controls map[string]string
	// Import is an encoder's memory that pictures are put in, instead of the camera's own: nil is the camera's. A
	// camera whose pictures do not lie as the memory wants them, or whose hardware cannot write there, is refused with
	// ErrUnsupported; open it again without.
	Import *Memory
	Export bool         // have Memory for an encoder to read from, where the encoder has none to import
	Log    *slog.Logger // nil is silence
}

// Open settles the camera's format and allocates its buffers, which makes it ours. It blocks for as long as the camera
// takes, some hundred milliseconds on USB. Another pixel format than was asked for is an error; size, stride and rate
// are what the driver answered, and may differ: see Camera.Format.
//
// Errors are capture.ErrNotFound, ErrBusy, ErrGone, ErrUnsupported (no camera, or not in this format),
// fs.ErrPermission, an HDMI bridge without a signal, and the driver's own.
func Open(o Options) (_ *Camera, err error) {
	if f := o.Format; len(f.FourCC) != 4 || f.Width <= 0 || f.Height <= 0 || f.FPS < 0 || f.Stride < 0 {
		return nil, fmt.Errorf("v4l2: %s: no picture is %q %dx%d at %v", o.Device, f.FourCC, f.Width, f.Height, f.FPS)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	node := nodeOf(o.Device)
	fd, err := openNode(node)
	if err != nil {
		return nil, err
	}
	s, err := newStreamer(node, fd)
	if err != nil {
		return nil, err
	}
	c := &Camera{streamer: s}
	defer func() {
		if err != nil {
			c.release()
		}
	}()
	is, err := identify(fd, node)
	if err != nil {
		return nil, err
	}
	c.name = fmt.Sprintf("%s (%s)", is.name, node)
	c.queue = queue{path: node, fd: fd, kind: is.kind}
	c.log = o.Log.With("camera", c.name)
	if is.follows {
		if err := c.follow(is.input); err != nil {
			return nil, err
		}
	}
	if err := c.negotiate(o); err != nil {
		return nil, err
	}
	applyControls(fd, o.Controls, c.log)
	switch {
	case o.Import != nil:
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
	c.free()
}
