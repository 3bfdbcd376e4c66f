package uapi

import (
	"encoding/binary"
	"unsafe"
)

// EventSourceChange is V4L2_EVENT_SOURCE_CHANGE: what a decoder reads has another size than it thought, and so has its
// CAPTURE queue from now on. It comes with the first picture, too.
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

// SelTgtCompose is V4L2_SEL_TGT_COMPOSE: on a decoder's CAPTURE queue, the part of the buffer that has the picture.
const SelTgtCompose = 0x0100

// GetSelection is VIDIOC_G_SELECTION for s.Type and s.Target. EINVAL, ENOTTY: the driver does not say.
func GetSelection(fd int, s *Selection) error { return call(fd, getSelection, s) }

const (
	dqEvent        = out | unsafe.Sizeof(Event{})<<16 | 89
	subscribeEvent = in | unsafe.Sizeof(EventSubscription{})<<16 | 90
	getSelection   = inOut | unsafe.Sizeof(Selection{})<<16 | 94
)

// Sizes by linux/videodev2.h, as in layout.go.
var (
	_ = [1]struct{}{}[unsafe.Sizeof(EventSubscription{})-32]
	_ = [1]struct{}{}[unsafe.Sizeof(Event{})-136]
)
