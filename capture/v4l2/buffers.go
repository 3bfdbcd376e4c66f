package v4l2

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

// bufferCount is how many pictures the driver and we have between us: one that is being looked at, one that is being
// filled, and two to be late by.
const bufferCount = 4

// queue is a device's queue of buffers: a camera has one, a mem2mem device two.
type queue struct {
	path   string // of the node, for errors
	fd     int
	kind   int32    // enum v4l2_buf_type
	memory [][]byte // of the buffers that are in use, by index
	mapped [][]byte // what is unmapped with the queue
	// lent is what another device uses too: this queue's own memory that it exports or, with imports, the other device's.
	// It is nil where the memory is this queue's alone.
	lent    *Memory
	imports bool
	held    []bool // buffers that the driver is to have, and a taker of lent still uses

	// The latest question and its answer, here so that a picture allocates nothing.
	buffer uapi.Buffer
	planes [1]uapi.Plane
}

// allocate has the driver allocate count buffers, fewer where it wants or has to, and maps them. From here on the
// device is ours. Below least it gives up: capture.ErrNoMemory.
func (q *queue) allocate(count, least uint32, protection int) error {
	got, err := reserve(count, least, func(n uint32) (uint32, error) {
		r := uapi.RequestBuffers{Count: n, Type: uint32(q.kind), Memory: uapi.MemoryMmap}
		err := uapi.ReqBufs(q.fd, &r)
		return r.Count, err
	})
	if err != nil {
		return explain(q.path, "REQBUFS", err)
	}
	if got < least {
		return fmt.Errorf("v4l2: %s: REQBUFS: %w: the driver has %d buffers and it takes %d: lower the size", q.path,
			capture.ErrNoMemory, got, least)
	}
	for i := range got {
		offset, length, err := q.locate(i)
		if err != nil {
			return err
		}
		mapped, err := unix.Mmap(q.fd, int64(offset), int(length), protection, unix.MAP_SHARED)
		if err != nil {
			return explain(q.path, "mmap", err)
		}
		q.mapped = append(q.mapped, mapped)
	}
	q.memory = q.mapped
	return nil
}

// reserve asks for count, and for one less each time that there is no memory for that many.
func reserve(count, least uint32, request func(uint32) (uint32, error)) (uint32, error) {
	for ; ; count-- {
		got, err := request(count)
		if !errors.Is(err, unix.ENOMEM) || count <= least {
			return got, err
		}
	}
}

// locate asks where the memory of a buffer is and how long.
func (q *queue) locate(index uint32) (offset, length uint32, err error) {
	q.reset(index)
	planes := q.planesOrNil()
	if err := uapi.QueryBuf(q.fd, &q.buffer, planes); err != nil {
		return 0, 0, explain(q.path, "QUERYBUF", err)
	}
	if planes == nil {
		return q.buffer.Offset(), q.buffer.Length, nil
	}
	if q.buffer.Length != 1 {
		return 0, 0, fmt.Errorf("v4l2: %s: %w: its pictures are in %d pieces of memory", q.path,
			capture.ErrUnsupported, q.buffer.Length)
	}
	return planes[0].Offset(), planes[0].Length, nil
}

// free gives all buffers back, so that the queue can have another format.
func (q *queue) free() error {
	q.unmap()
	if err := uapi.ReqBufs(q.fd, &uapi.RequestBuffers{Type: uint32(q.kind), Memory: uapi.MemoryMmap}); err != nil {
		return explain(q.path, "REQBUFS of none", err)
	}
	return nil
}

// unmap gives the driver's memory back, once no other device uses it. It is a mapping of ours, so it cannot fail.
func (q *queue) unmap() {
	for _, m := range q.mapped {
		_ = unix.Munmap(m)
	}
	if q.lent != nil {
		q.lent.closed = q.lent.closed || !q.imports
		q.lent.leave()
	}
	q.memory, q.mapped, q.lent, q.imports, q.held = nil, nil, nil, false, nil
}
