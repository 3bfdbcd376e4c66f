package v4l2

import (
	"time"

	"vigie/capture/v4l2/uapi"
)

// inFlight is a picture that was given to an encoder and has not come out.
type inFlight struct {
	pts    time.Duration // exact; the kernel carries microseconds
	number uint64        // counts the pictures given
}

// backlog is what an encoder owes us, the oldest first. Without B pictures, which we do not let it make, it keeps the
// order.
type backlog struct {
	list []inFlight
	next uint64 // number of the next picture
}

func (b *backlog) push(pts time.Duration) {
	b.list = append(b.list, inFlight{pts, b.next})
	b.next++
}

// settle finds the picture that has this stamp, and forgets it and those before it, which the encoder left out. Where
// none has it (a driver that loses stamps), it is the oldest and matched is false. With nothing owed ok is false.
func (b *backlog) settle(at uapi.Timeval) (p inFlight, matched, ok bool) {
	if len(b.list) == 0 {
		return p, false, false
	}
	found := 0
	for i, q := range b.list {
		if uapi.TimevalOf(q.pts) == at {
			found, matched = i, true
			break
		}
	}
	p = b.list[found]
	b.list = b.list[:copy(b.list, b.list[found+1:])]
	return p, matched, true
}

func (b *backlog) clear() { b.list = b.list[:0] }
