package v4l2

import (
	"fmt"

	"golang.org/x/sys/unix"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

// Layout is how a raw picture lies in a device's memory.
type Layout struct {
	FourCC        capture.FourCC
	Width, Height int // pixels of the picture
	Stride        int // bytes from one line of the first plane to the next
	Lines         int // of the first plane: the height with the driver's padding
	Size          int // bytes of a buffer
}

// fits tells whether a camera that delivers f can write into memory of this layout. Its planes are where the camera's
// own height puts them: were the other device's padded, the chroma would land some lines off, without an error.
func (l Layout) fits(f capture.VideoFormat) error {
	packed := f.FourCC == capture.YUYV || f.FourCC == capture.UYVY
	switch {
	case f.FourCC != l.FourCC || f.Width != l.Width || f.Height != l.Height:
		return fmt.Errorf("%w: the memory is for %s of %dx%d", capture.ErrUnsupported, l.FourCC, l.Width, l.Height)
	case f.Stride != l.Stride:
		return fmt.Errorf("%w: its lines are %d bytes apart, the memory's %d", capture.ErrUnsupported, f.Stride, l.Stride)
	case !packed && f.Height != l.Lines:
		return fmt.Errorf("%w: its planes have %d lines, the memory's %d: take YUYV, or a height without padding",
			capture.ErrUnsupported, f.Height, l.Lines)
	case pictureSize(f) > l.Size:
		return fmt.Errorf("%w: its pictures have %d bytes, the memory %d", capture.ErrUnsupported, pictureSize(f), l.Size)
	}
	return nil
}

// Memory is an encoder's, for a camera to put its pictures in: the kernel lets both devices use the same pages
// (DMABUF), and nobody copies a pixel. It is the encoder's, and gone with it: close the camera's stream first.
//
// Camera and encoder use it on one goroutine, that of the camera's Stream, so it has no lock.
type Memory struct {
	Layout Layout
	fds    []int
	data   [][]byte // the encoder's mappings
	busy   []bool   // queued to the encoder
	closed bool
}

// Count is how many pictures it holds.
func (m *Memory) Count() int { return len(m.fds) }

// export makes DMABUFs of the first n buffers of a queue.
func (q *queue) export(n int, l Layout) (*Memory, error) {
	m := &Memory{Layout: l, data: q.memory[:n], busy: make([]bool, n)}
	for i := range n {
		e := uapi.ExportBuffer{Type: uint32(q.kind), Index: uint32(i), Flags: unix.O_RDWR | unix.O_CLOEXEC}
		if err := uapi.ExpBuf(q.fd, &e); err != nil {
			m.close()
			return nil, explain(q.path, "EXPBUF", err)
		}
		m.fds = append(m.fds, int(e.FD))
	}
	return m, nil
}

func (m *Memory) close() {
	for _, fd := range m.fds {
		_ = unix.Close(fd)
	}
	m.fds, m.closed = nil, true
}

// adopt makes a queue use memory of another device. It must outlive the queue's stream.
func (q *queue) adopt(m *Memory) error {
	r := uapi.RequestBuffers{Count: uint32(m.Count()), Type: uint32(q.kind), Memory: uapi.MemoryDMABUF}
	if err := uapi.ReqBufs(q.fd, &r); err != nil {
		return explain(q.path, "REQBUFS of DMABUF", err)
	}
	n := min(int(r.Count), m.Count())
	if n < 2 {
		return fmt.Errorf("v4l2: %s: REQBUFS of DMABUF: %w: %d buffers and it takes 2", q.path, capture.ErrNoMemory, n)
	}
	q.lent, q.memory = m, m.data[:n]
	return nil
}
