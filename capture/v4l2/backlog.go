package v4l2

import (
	"fmt"
	"slices"
	"time"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

// inFlight is a picture that was given to a mem2mem device and has not come out.
type inFlight struct {
	pts      time.Duration // exact; the kernel carries microseconds
	sequence uint32        // the camera's count
	number   uint64        // counts the pictures given
}

// backlog is what a device owes us, the oldest first. Without B pictures, which we do not let it make, it keeps the
// order.
type backlog struct {
	list  []inFlight
	next  uint64        // number of the next picture
	since time.Duration // when something last came out, or it began to owe
	given time.Duration // when it was last given a picture
}

// push is for a picture that it was given now.
func (b *backlog) push(pts time.Duration, sequence uint32) {
	now := capture.Now()
	if len(b.list) == 0 || now >= b.given+stall { // nothing went in meanwhile, so nothing had to come out
		b.since = now
	}
	b.given = now
	b.list = append(b.list, inFlight{pts, sequence, b.next})
	b.next++
}

// settle finds the picture that has this stamp, and forgets it and those before it, which the encoder left out. Where
// none has it (a driver that loses stamps), it is the oldest and matched is false. With nothing owed ok is false.
func (b *backlog) settle(at uapi.Timeval) (p inFlight, matched, ok bool) {
	if len(b.list) == 0 {
		return p, false, false
	}
	found := b.find(at)
	matched = found >= 0
	found = max(found, 0)
	p = b.list[found]
	b.list = b.list[:copy(b.list, b.list[found+1:])]
	return p, matched, true
}

// forget strikes out the picture that has this stamp and tells whether there was one.
func (b *backlog) forget(at uapi.Timeval) bool {
	i := b.find(at)
	if i >= 0 {
		b.list = slices.Delete(b.list, i, i+1)
	}
	return i >= 0
}

func (b *backlog) find(at uapi.Timeval) int {
	return slices.IndexFunc(b.list, func(p inFlight) bool { return uapi.TimevalOf(p.pts) == at })
}

// stalled is the error of a device that owes for too long.
func (b *backlog) stalled(device string) error {
	return fmt.Errorf("v4l2: %s: %w: nothing came out for %v and %d pictures are in it: close it and open it again", device,
		capture.ErrStalled, stall, len(b.list))
}

func (b *backlog) clear() { b.list = b.list[:0] }
