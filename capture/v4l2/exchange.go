package v4l2

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

// How a queue's buffers go to the driver and come back.

// put hands a buffer to the driver. What a queue of pictures to be coded is given has a length and a stamp.
func (q *queue) put(index, used uint32, at uapi.Timeval) error {
	q.reset(index)
	q.buffer.Field, q.buffer.Timestamp, q.buffer.BytesUsed = uapi.FieldNone, at, used
	q.planes[0].BytesUsed = used
	if q.imports {
		q.buffer.SetFD(q.lent.fds[index])
		q.buffer.Length = uint32(len(q.memory[index]))
		q.planes[0].SetFD(q.lent.fds[index])
		q.planes[0].Length = q.buffer.Length
	}
	err := uapi.QBuf(q.fd, &q.buffer, q.planesOrNil())
	switch {
	case err == nil:
		return nil
	case q.imports && (errors.Is(err, unix.EFAULT) || errors.Is(err, unix.EINVAL)):
		return fmt.Errorf("v4l2: %s: QBUF of another device's memory (DMABUF): %w (%w): this driver cannot work in it, it may "+
			"have to be contiguous: have pictures copied", q.path, capture.ErrUnsupported, err)
	}
	return explain(q.path, "QBUF", err)
}

// take gets a buffer back that the driver has finished with, described in q.buffer. The data is what is in it, valid
// until it is put again. Errors are bare; EAGAIN: there is none yet.
func (q *queue) take() ([]byte, error) {
	q.reset(0)
	planes := q.planesOrNil()
	if err := uapi.DQBuf(q.fd, &q.buffer, planes); err != nil {
		return nil, err
	}
	if int(q.buffer.Index) >= len(q.memory) {
		return nil, unix.EIO
	}
	memory := q.memory[q.buffer.Index]
	begin, end := uint32(0), q.buffer.BytesUsed
	if planes != nil {
		begin, end = planes[0].DataOffset, planes[0].BytesUsed
	}
	end = min(end, uint32(len(memory)))
	return memory[min(begin, end):end], nil
}

// reset makes q.buffer the question about a buffer.
func (q *queue) reset(index uint32) {
	q.buffer = uapi.Buffer{Index: index, Type: uint32(q.kind), Memory: uapi.MemoryMmap}
	if q.imports {
		q.buffer.Memory = uapi.MemoryDMABUF
	}
	q.planes[0] = uapi.Plane{}
}

// planesOrNil is q.planes where the queue is multi-planar.
func (q *queue) planesOrNil() []uapi.Plane {
	if isMultiplanar(uint32(q.kind)) {
		return q.planes[:]
	}
	return nil
}

func isMultiplanar(kind uint32) bool {
	return kind == uapi.BufTypeVideoCaptureMplane || kind == uapi.BufTypeVideoOutputMplane
}

// offerAll hands all buffers to a driver that has none of them yet, but those that a taker uses: they follow with
// giveBack.
func (q *queue) offerAll() error {
	q.held = make([]bool, len(q.memory))
	for i := range q.held {
		q.held[i] = true
	}
	return q.offer()
}

// giveBack hands a buffer to the driver again; one that a taker uses when the taker has finished with it, which is
// looked at with each picture.
func (q *queue) giveBack(index uint32) error {
	q.held[index] = true
	return q.offer()
}

func (q *queue) offer() error {
	for i, held := range q.held {
		if !held || q.lent != nil && q.lent.busy[i] {
			continue
		}
		if err := q.put(uint32(i), 0, uapi.Timeval{}); err != nil {
			return err
		}
		q.held[i] = false
	}
	return nil
}

func (q *queue) start() error {
	if err := uapi.StreamOn(q.fd, q.kind); err != nil {
		return explain(q.path, "STREAMON", err)
	}
	return nil
}

// stop makes all buffers ours again. It fails only for a device that is gone, which has stopped.
func (q *queue) stop() { _ = uapi.StreamOff(q.fd, q.kind) }
