package uapi

import "encoding/binary"

// EventSourceChange is V4L2_EVENT_SOURCE_CHANGE. Of an HDMI bridge: the signal at the input
// whose index is the ID is another one, or gone, or back. Of a
// decoder: what it reads has another size than it thought, and so has its CAPTURE queue from now on; it comes with the
// first picture, too.
const EventSourceChange = 5

// ChangeResolution is V4L2_EVENT_SRC_CH_RESOLUTION, a bit of Event.Changes.
const ChangeResolution = 0x0001

// EventSubscription is struct v4l2_event_subscription.
type EventSubscription struct {
	Type  uint32
	ID    uint32
	Flags uint32
	_     [5]uint32
}

// SubscribeEvent is VIDIOC_SUBSCRIBE_EVENT: events of that type wait to be dequeued, which poll tells as POLLPRI.
// EINVAL, ENOTTY: the driver has none.
func SubscribeEvent(fd int, s *EventSubscription) error { return call(fd, subscribeEvent, s) }

// Event is struct v4l2_event, with 64-bit time on every architecture (package doc).
type Event struct {
	Type      uint32
	_         uint32 // C's alignment of the union
	u         [64]byte
	Pending   uint32
	Sequence  uint32
	Timestamp [2]int64 // seconds and nanoseconds
	ID        uint32
	_         [8]uint32
	_         uint32 // to a multiple of 8 bytes
}

// Changes is the union of EventSourceChange.
func (e *Event) Changes() uint32 { return binary.NativeEndian.Uint32(e.u[:4]) }

// DQEvent is VIDIOC_DQEVENT. On a non-blocking file, ENOENT: there is none.
func DQEvent(fd int, e *Event) error { return call(fd, dqEvent, e) }
