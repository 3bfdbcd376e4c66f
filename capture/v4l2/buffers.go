package v4l2

import (
	"fmt"

	"golang.org/x/sys/unix"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

// bufferCount is how many pictures the driver and we have between us: one that is being looked at, one that is being
// filled, and two to be late by.
const bufferCount = 4

// allocate has the driver allocate its buffers, fewer where it wants, and maps them. From here on the camera is ours.
func (c *Camera) allocate() error {
	r := uapi.RequestBuffers{Count: bufferCount, Type: uint32(c.bufType), Memory: uapi.MemoryMmap}
	if err := uapi.ReqBufs(c.fd, &r); err != nil {
		return explain(c.path, "REQBUFS", err)
	}
	if r.Count < 2 {
		return fmt.Errorf("v4l2: %s: REQBUFS: the driver has %d buffers and it takes 2: lower the size", c.path, r.Count)
	}
	for i := range r.Count {
		offset, length, err := c.locate(i)
		if err != nil {
			return err
		}
		mapped, err := unix.Mmap(c.fd, int64(offset), int(length), unix.PROT_READ, unix.MAP_SHARED)
		if err != nil {
			return explain(c.path, "mmap", err)
		}
		c.buffers = append(c.buffers, mapped)
	}
	return nil
}

// locate asks where the memory of a buffer is and how long.
func (c *Camera) locate(index uint32) (offset, length uint32, err error) {
	c.reset(index)
	planes := c.planesOrNil()
	if err := uapi.QueryBuf(c.fd, &c.buffer, planes); err != nil {
		return 0, 0, explain(c.path, "QUERYBUF", err)
	}
	if planes == nil {
		return c.buffer.Offset(), c.buffer.Length, nil
	}
	if c.buffer.Length != 1 {
		return 0, 0, fmt.Errorf("v4l2: %s: %w: its pictures are in %d pieces of memory", c.path,
			capture.ErrUnsupported, c.buffer.Length)
	}
	return planes[0].Offset(), planes[0].Length, nil
}

// queue hands a buffer to the driver.
func (c *Camera) queue(index uint32) error {
	c.reset(index)
	if err := uapi.QBuf(c.fd, &c.buffer, c.planesOrNil()); err != nil {
		return explain(c.path, "QBUF", err)
	}
	return nil
}

// dequeue takes a filled buffer back, into c.buffer. The data is the picture in it, valid until it is queued again.
func (c *Camera) dequeue() ([]byte, error) {
	c.reset(0)
	planes := c.planesOrNil()
	if err := uapi.DQBuf(c.fd, &c.buffer, planes); err != nil {
		return nil, err
	}
	if int(c.buffer.Index) >= len(c.buffers) {
		return nil, unix.EIO
	}
	memory := c.buffers[c.buffer.Index]
	begin, end := uint32(0), c.buffer.BytesUsed
	if planes != nil {
		begin, end = planes[0].DataOffset, planes[0].BytesUsed
	}
	end = min(end, uint32(len(memory)))
	return memory[min(begin, end):end], nil
}

// reset makes c.buffer the question about a buffer.
func (c *Camera) reset(index uint32) {
	c.buffer = uapi.Buffer{Index: index, Type: uint32(c.bufType), Memory: uapi.MemoryMmap}
	c.planes[0] = uapi.Plane{}
}

// planesOrNil is c.planes where the queue is multi-planar.
func (c *Camera) planesOrNil() []uapi.Plane {
	if c.bufType == uapi.BufTypeVideoCaptureMplane {
		return c.planes[:]
	}
	return nil
}
