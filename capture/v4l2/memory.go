package v4l2

import (
	"errors"
	"fmt"
	"os"
	"sync/atomic"

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

// fits tells whether a camera that delivers f can write into memory of this layout.
func (l Layout) fits(f capture.VideoFormat) error { return l.holds(layoutOf(f)) }

// holds tells whether a picture that lies as p can be in memory of this layout. Its planes are where its own lines put
// them: were the memory's padded otherwise, the chroma would land some lines off, without an error.
func (l Layout) holds(p Layout) error {
	switch {
	case p.FourCC != l.FourCC || p.Width != l.Width || p.Height != l.Height:
		return fmt.Errorf("%w: %s of %dx%d, the memory is for %s of %dx%d", capture.ErrUnsupported, p.FourCC, p.Width,
			p.Height, l.FourCC, l.Width, l.Height)
	case p.Stride != l.Stride:
		return fmt.Errorf("%w: its lines are %d bytes apart, the memory's %d", capture.ErrUnsupported, p.Stride, l.Stride)
	case l.planar() && p.Lines != l.Lines:
		return fmt.Errorf("%w: its planes have %d lines, the memory's %d: take YUYV, or a height without padding",
			capture.ErrUnsupported, p.Lines, l.Lines)
	case p.need() > l.Size:
		return fmt.Errorf("%w: its pictures have %d bytes, the memory %d", capture.ErrUnsupported, p.need(), l.Size)
	}
	return nil
}

// measure notes how long a device's buffers are, and fails where a picture is longer.
func (l *Layout) measure(device string, buffer []byte) error {
	l.Size = len(buffer)
	if need := l.need(); l.Size < need {
		return fmt.Errorf("v4l2: %s: %w: its buffers have %d bytes, and a picture %d", device, capture.ErrUnsupported, l.Size,
			need)
	}
	return nil
}

// Memory is a device's buffers, for another device to use: the kernel lets both use the same pages (DMABUF), and nobody
// copies a pixel. Mostly it is that of whoever takes pictures (an encoder), and the giver (a camera) fills it; where the
// taker cannot export, it is the giver's, and the taker reads from it. Its pages live as long as either uses it.
//
// Giver and taker use it on one goroutine, that of the giver's Stream, so it has no lock.
type Memory struct {
	Layout Layout
	fds    []int
	data   [][]byte // its mappings here
	busy   []bool   // with the taker's driver: the giver leaves it alone
	filled int      // so many of them, the first, the giver fills; the others are for pictures that the taker copies
	closed bool     // by whom it belongs to

	users  atomic.Int32
	mapped [][]byte // what goes with the last user: its mappings, and those of the owner's other buffers
}

// Count is how many pictures it holds.
func (m *Memory) Count() int { return len(m.fds) }

// index is the buffer that the picture lies in, of those that a giver fills; -1 is none.
func (m *Memory) index(f *capture.RawFrame) int {
	if m == nil || len(f.Data) == 0 {
		return -1
	}
	for i, d := range m.data[:m.filled] {
		if &f.Data[0] == &d[0] {
			return i
		}
	}
	return -1
}

// export makes DMABUFs of the first n buffers of a queue, all of them for the giver to fill.
func (q *queue) export(n int, l Layout) (*Memory, error) {
	m := &Memory{Layout: l, data: q.memory[:n], busy: make([]bool, n), filled: n}
	for i := range n {
		e := uapi.ExportBuffer{Type: uint32(q.kind), Index: uint32(i), Flags: unix.O_RDWR | unix.O_CLOEXEC}
		if err := uapi.ExpBuf(q.fd, &e); err != nil {
			m.forget()
			return nil, explain(q.path, "EXPBUF", err)
		}
		m.fds = append(m.fds, int(e.FD))
	}
	m.users.Store(1)
	q.lent, m.mapped, q.mapped = m, q.mapped, nil
	return m, nil
}

// exported is the memory of this queue that another device uses, nil where there is none.
func (q *queue) exported() *Memory {
	if q.imports {
		return nil
	}
	return q.lent
}

// adopt makes a queue use memory of another device, and has the driver look at it: capture.ErrUnsupported is a driver
// that cannot work in such memory.
func (q *queue) adopt(m *Memory) error {
	r := uapi.RequestBuffers{Count: uint32(m.Count()), Type: uint32(q.kind), Memory: uapi.MemoryDMABUF}
	err := uapi.ReqBufs(q.fd, &r)
	if errors.Is(err, unix.EINVAL) {
		return fmt.Errorf("v4l2: %s: REQBUFS of DMABUF: %w: its driver uses no memory but its own", q.path,
			capture.ErrUnsupported)
	}
	if err != nil {
		return explain(q.path, "REQBUFS of DMABUF", err)
	}
	n := min(int(r.Count), m.Count())
	if n < 2 {
		return fmt.Errorf("v4l2: %s: REQBUFS of DMABUF: %w: %d buffers and it takes 2", q.path, capture.ErrNoMemory, n)
	}
	q.lent, q.imports, q.memory = m, true, m.data[:n]
	m.users.Add(1)
	defer q.stop() // takes the buffer back, though it did not stream
	return q.put(0, uint32(m.Layout.Size), uapi.Timeval{})
}

// usable is an error where whoever it belongs to was closed; it is for the name of the giver.
func (m *Memory) usable(giver string) error {
	if m == nil || !m.closed {
		return nil
	}
	return fmt.Errorf("v4l2: %s: the encoder whose memory it fills was closed: open both again: %w", giver, os.ErrClosed)
}

// leave is one user less. The last one has the pages go.
func (m *Memory) leave() {
	if m.users.Add(-1) == 0 {
		m.forget()
	}
}

func (m *Memory) forget() {
	for _, fd := range m.fds {
		_ = unix.Close(fd)
	}
	for _, d := range m.mapped { // mappings of ours, so it cannot fail
		_ = unix.Munmap(d)
	}
	m.fds, m.data, m.mapped = nil, nil, nil
}
