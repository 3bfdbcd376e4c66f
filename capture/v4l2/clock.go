package v4l2

import (
	"time"

	"vigie/capture/v4l2/uapi"
)

// How far from the time of dequeuing an honest stamp may be: a few pictures old at most, and not much ahead. It is
// ahead where a driver computes the picture's end (vivid: one picture) or follows the camera's own clock (uvcvideo).
const (
	oldest = 10 * time.Second
	newest = 100 * time.Millisecond
)

// clock makes the PTS of pictures: the driver's stamps for as long as they can be believed, and from the first that
// cannot be, the time of dequeuing, for the rest of the stream; going back and forth would make time jump.
type clock struct {
	last     time.Duration // the latest PTS
	distrust bool          // the driver's stamps are not used
}

// stamp returns the PTS of a picture that the driver stamped with t and that was dequeued now, both CLOCK_MONOTONIC.
// The PTS grows with each picture.
func (k *clock) stamp(flags uint32, t, now time.Duration) time.Duration {
	monotonic := flags&uapi.FlagTimestampMask == uapi.FlagTimestampMonotonic
	if !monotonic || t > now+newest || t < now-oldest || t <= k.last {
		k.distrust = true
	}
	if k.distrust {
		t = max(now, k.last+1)
	}
	k.last = t
	return t
}

// sequence watches the driver's count of pictures.
type sequence struct {
	last uint32
	any  bool
}

// missed is how many pictures there were between the one before and this one. A count that stands still or goes back
// (a driver that does not count, or began anew) tells nothing.
func (s *sequence) missed(count uint32) uint64 {
	ahead := int32(count - s.last) // right over the wrap from 1<<32-1 to 0
	known := s.any
	s.last, s.any = count, true
	if !known || ahead <= 1 {
		return 0
	}
	return uint64(ahead - 1)
}
