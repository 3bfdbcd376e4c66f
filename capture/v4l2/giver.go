package v4l2

import (
	"fmt"

	"golang.org/x/sys/unix"

	"vigie/capture"
)

// slates is how many buffers a camera that exports has beyond those that it fills: for pictures that the encoder copies
// beside the camera's, one that is being read and one to be written meanwhile.
const slates = 2

// Memory is what an encoder can read the camera's pictures from (EncoderOptions.Import), nil without Options.Export. It
// belongs to the camera: what was in it is lost with the camera's Close, though the pages stay for the encoder.
func (c *Camera) Memory() *Memory { return c.queue.exported() }

// lend allocates the camera's buffers, and exports them all. One that an encoder has is not queued here: see
// queue.giveBack.
func (c *Camera) lend() error {
	l := layoutOf(c.format)
	if l.Size == 0 {
		return fmt.Errorf("v4l2: %s: %w: pictures of %s are for nobody to read where they are", c.name,
			capture.ErrUnsupported, c.format.FourCC)
	}
	if err := c.queue.allocate(bufferCount+slates, 2+1, unix.PROT_READ|unix.PROT_WRITE); err != nil {
		return err
	}
	n := len(c.queue.memory)
	l.Size = len(c.queue.memory[0])
	m, err := c.queue.export(n, l)
	if err != nil {
		return err
	}
	m.filled = max(2, n-slates)
	c.queue.memory = c.queue.memory[:m.filled]
	return nil
}
