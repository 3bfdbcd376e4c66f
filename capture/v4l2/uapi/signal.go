package uapi

// InCapDVTimings is V4L2_IN_CAP_DV_TIMINGS of Input.Capabilities: its pictures are as the signal is (HDMI).
const InCapDVTimings = 0x00000002

// CurrentInput is VIDIOC_G_INPUT: the index of the input that pictures come from.
func CurrentInput(fd int) (index int32, err error) {
	err = call(fd, getInput, &index)
	return index, err
}

// DVTimings is struct v4l2_dv_timings with the union of V4L2_DV_BT_656_1120, the only kind there is. C packs it.
type DVTimings struct {
	Type       uint32
	Width      uint32 // active pixels
	Height     uint32 // of both fields where Interlaced
	Interlaced uint32
	Polarities uint32
	clock      [2]uint32 // pixels a second: 64 bits that are not aligned to them
	horizontal [3]uint32 // front porch, sync, back porch, in pixels
	vertical   [3]uint32 // the same in lines
	second     [3]uint32 // vertical, of the second field
	_          [17]uint32
}

// PerSecond is how many whole pictures come a second, 0 where the driver does not say.
func (t *DVTimings) PerSecond() float64 {
	width, height := uint64(t.Width), uint64(t.Height)
	for i := range t.horizontal {
		width += uint64(t.horizontal[i])
		height += uint64(t.vertical[i])
		if t.Interlaced != 0 {
			height += uint64(t.second[i])
		}
	}
	if width*height == 0 {
		return 0
	}
	return float64(uint64(t.clock[0])|uint64(t.clock[1])<<32) / float64(width*height)
}

// SetDVTimings is VIDIOC_S_DV_TIMINGS: what the input is to expect. EBUSY: buffers are allocated.
func SetDVTimings(fd int, t *DVTimings) error { return call(fd, setDVTimings, t) }

// QueryDVTimings is VIDIOC_QUERY_DV_TIMINGS: what is at the input. ENOLINK: no signal. ENOLCK: one that is not steady.
// ERANGE: one that the device cannot take. ENODATA, ENOTTY: the input has no timings.
func QueryDVTimings(fd int, t *DVTimings) error { return call(fd, queryDVTimings, t) }

// EventSourceChange is V4L2_EVENT_SOURCE_CHANGE: the signal at the input whose index is the ID is another one, or gone,
// or back.
const EventSourceChange = 5

// Event is struct v4l2_event with what follows an event left as it is; with 64-bit time on every architecture.
type Event struct {
	Type      uint32
	_         uint32    // C's alignment of what follows
	_         [64]uint8 // a union
	Pending   uint32    // how many more there are
	Sequence  uint32
	Timestamp [2]uint64
	ID        uint32
	_         [9]uint32 // reserved, and to a multiple of 8 bytes
}

// DQEvent is VIDIOC_DQEVENT: it takes the oldest event. On a non-blocking file, ENOENT: there is none.
func DQEvent(fd int, e *Event) error { return call(fd, dqEvent, e) }

// EventSubscription is struct v4l2_event_subscription.
type EventSubscription struct {
	Type  uint32
	ID    uint32
	Flags uint32
	_     [5]uint32
}

// SubscribeEvent is VIDIOC_SUBSCRIBE_EVENT: poll(2) then says POLLPRI when there is one. EINVAL, ENOTTY: the driver has
// no such event.
func SubscribeEvent(fd int, s *EventSubscription) error { return call(fd, subscribeEvent, s) }
