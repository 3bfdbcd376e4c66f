package v4l2

import (
	"fmt"

	"golang.org/x/sys/unix"

	"vigie/capture"
)

// spare is how many OUTPUT buffers are for pictures that are copied: one with the driver, one being filled, and one for
// an encoder that keeps the picture before.
const spare = 3

// allocate gets the buffers of both queues. Without memory for all it does with fewer.
func (e *Encoder) allocate(o EncoderOptions) error {
	if err := e.capture.allocate(bufferCount, 1, unix.PROT_READ); err != nil {
		return err
	}
	if o.Import != nil {
		return e.adopt(o.Import)
	}
	count, least := uint32(spare), uint32(1)
	if o.Export {
		count, least = spare+bufferCount, 3
	}
	if err := e.output.allocate(count, least, unix.PROT_READ|unix.PROT_WRITE); err != nil {
		return err
	}
	n := len(e.output.memory)
	e.busy = make([]bool, n)
	if err := e.layout.measure(e.name, e.output.memory[0]); err != nil {
		return err
	}
	if !o.Export {
		return nil
	}
	m, err := e.output.export(max(2, min(bufferCount, n-spare)), e.layout)
	if err != nil {
		return err
	}
	m.busy, e.filled = e.busy[:m.Count()], m.Count()
	return nil
}

// adopt has the encoder read from a camera's memory, if pictures lie there as it wants them.
func (e *Encoder) adopt(m *Memory) error {
	e.layout.Size = m.Layout.Size
	if err := e.layout.holds(m.Layout); err != nil {
		return fmt.Errorf("v4l2: %s: cannot read from the camera's memory: %w", e.name, err)
	}
	if err := e.output.adopt(m); err != nil {
		return err
	}
	if n := len(e.output.memory); n < m.Count() {
		return fmt.Errorf("v4l2: %s: REQBUFS of DMABUF: %w: it takes %d of the camera's %d buffers", e.name,
			capture.ErrNoMemory, n, m.Count())
	}
	e.filled, e.busy = m.filled, m.busy
	return nil
}
