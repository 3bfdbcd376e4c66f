package v4l2

import (
	"log/slog"
	"sync/atomic"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

var _ capture.Camera = (*Camera)(nil)

// Camera is an open camera with its format settled. Stream is for one goroutine; Lost and Close are for any.
type Camera struct {
	*streamer
	name   string
	format capture.VideoFormat
	log    *slog.Logger
	queue  queue
	// The signal that an HDMI bridge was set to when it was opened; zero of a camera.
	timings uapi.DVTimings
	lost    atomic.Uint64

	// Stream's own, here so that a picture allocates nothing.
	picture  capture.RawFrame
	clock    clock
	sequence sequence
}

// Name is the camera for people: "HD Webcam C270 (/dev/video0)".
func (c *Camera) Name() string { return c.name }

// Format is what the driver answered when the camera was opened.
func (c *Camera) Format() capture.VideoFormat { return c.format }

// Lost counts the pictures that were taken and that Stream's function did not see, since the camera was opened: the
// gaps in the driver's count, and the pictures that came damaged.
func (c *Camera) Lost() uint64 { return c.lost.Load() }

// Close ends a Stream that is running, which returns os.ErrClosed, waits for it, and gives the camera back. It must
// not be called from Stream's function. It has no error to report; the signature is capture.Camera's.
func (c *Camera) Close() error {
	c.shut(c.release)
	return nil
}
