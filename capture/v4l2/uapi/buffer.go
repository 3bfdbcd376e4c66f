package uapi

import (
	"runtime"
	"time"
	"unsafe"
)

// Kinds of memory: enum v4l2_memory.
const (
	MemoryMmap   = 1 // the driver's own
	MemoryDMABUF = 4 // another device's
)

// What Buffer.Flags says.
const (
	FlagKeyFrame           = 0x00000008 // a coded picture that needs no other
	FlagError              = 0x00000040 // the data may be damaged
	FlagLast               = 0x00100000 // drained: there are no more; it may be empty
	FlagTimestampMask      = 0x0000e000
	FlagTimestampMonotonic = 0x00002000 // Timestamp is CLOCK_MONOTONIC
)

// BufCapDMABUF is V4L2_BUF_CAP_SUPPORTS_DMABUF of RequestBuffers.Capabilities: the queue takes MemoryDMABUF.
const BufCapDMABUF = 0x00000004

// RequestBuffers is struct v4l2_requestbuffers.
type RequestBuffers struct {
	Count        uint32
	Type         uint32
	Memory       uint32
	Capabilities uint32
	Flags        uint8
	_            [3]uint8
}

// ReqBufs is VIDIOC_REQBUFS: it allocates, and sets r.Count to what there is; a Count of 0 frees. EBUSY: another file
// has buffers of this queue, or ours are still mapped.
func ReqBufs(fd int, r *RequestBuffers) error { return call(fd, reqBufs, r) }

// Timeval is struct __kernel_v4l2_timeval: seconds and microseconds.
type Timeval struct {
	Sec  int64
	Usec int64
}

// Duration is the time since the clock's zero.
func (t Timeval) Duration() time.Duration {
	return time.Duration(t.Sec)*time.Second + time.Duration(t.Usec)*time.Microsecond
}

// TimevalOf is the way back, in whole microseconds.
func TimevalOf(d time.Duration) Timeval {
	return Timeval{Sec: int64(d / time.Second), Usec: int64(d % time.Second / time.Microsecond)}
}

// Timecode is struct v4l2_timecode (SMPTE).
type Timecode struct {
	Type     uint32
	Flags    uint32
	Time     [4]uint8 // frames, seconds, minutes, hours
	UserBits [4]uint8
}

// Buffer is struct v4l2_buffer, with 64-bit time on every architecture (package doc).
type Buffer struct {
	Index     uint32
	Type      uint32
	BytesUsed uint32 // single-planar; else it is in the planes
	Flags     uint32
	Field     uint32
	_         uint32 // C's alignment of Timestamp
	Timestamp Timeval
	Timecode  Timecode
	Sequence  uint32
	Memory    uint32
	m         uintptr // a union: offset, userptr, planes or fd
	Length    uint32  // of the memory in bytes; multi-planar, of the array of planes
	_         uint32
	RequestFD int32
}

// Offset is where mmap finds the memory of a single-planar buffer.
func (b *Buffer) Offset() uint32 { return uint32(b.m) }

// SetFD names the DMABUF of a single-planar buffer of MemoryDMABUF.
func (b *Buffer) SetFD(fd int) { b.m = uintptr(fd) }

// Plane is struct v4l2_plane.
type Plane struct {
	BytesUsed  uint32 // with DataOffset
	Length     uint32 // of the memory, bytes
	m          uintptr
	DataOffset uint32 // where the picture begins
	_          [11]uint32
}

// Offset is where mmap finds the memory of a plane.
func (p *Plane) Offset() uint32 { return uint32(p.m) }

// SetFD names the DMABUF of a plane.
func (p *Plane) SetFD(fd int) { p.m = uintptr(fd) }

// QueryBuf is VIDIOC_QUERYBUF for b.Index. Planes is nil for a single-planar queue.
func QueryBuf(fd int, b *Buffer, planes []Plane) error { return callPlanes(fd, queryBuf, b, planes) }

// QBuf is VIDIOC_QBUF: it hands the buffer to the driver.
func QBuf(fd int, b *Buffer, planes []Plane) error { return callPlanes(fd, qBuf, b, planes) }

// DQBuf is VIDIOC_DQBUF: it takes a filled buffer back. On a non-blocking file, EAGAIN: there is none yet. EIO: the
// queue is broken until StreamOff.
func DQBuf(fd int, b *Buffer, planes []Plane) error { return callPlanes(fd, dqBuf, b, planes) }

// callPlanes lends planes to the kernel for one call. The pin keeps them at their address, which only b.m knows.
func callPlanes(fd int, request uintptr, b *Buffer, planes []Plane) error {
	if len(planes) == 0 {
		return call(fd, request, b)
	}
	var pin runtime.Pinner
	pin.Pin(&planes[0])
	defer pin.Unpin()
	b.m, b.Length = uintptr(unsafe.Pointer(&planes[0])), uint32(len(planes))
	return call(fd, request, b)
}

// StreamOn is VIDIOC_STREAMON for a kind of queue.
func StreamOn(fd int, bufType int32) error { return call(fd, streamOn, &bufType) }

// StreamOff is VIDIOC_STREAMOFF: all buffers are ours again.
func StreamOff(fd int, bufType int32) error { return call(fd, streamOff, &bufType) }
