package v4l2

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

// What an intake's driver has in hand, and what came of it.

// pass gives the picture that waits to the driver, if the driver has room for it.
func (in *intake) pass() error {
	w := in.waiting
	if w.index < 0 || in.queued >= workload {
		return nil
	}
	in.waiting.index = -1
	if err := in.queue.put(uint32(w.index), w.used, uapi.TimevalOf(w.pts)); err != nil {
		return err
	}
	in.queued++
	in.backlog.push(w.pts, w.sequence)
	return nil
}

// reclaim takes the buffers back that the driver has read. One that is flagged was damaged, and nothing comes of it.
func (in *intake) reclaim() error {
	for in.queued > 0 {
		_, err := in.queue.take()
		if errors.Is(err, unix.EAGAIN) {
			return nil
		}
		if err != nil {
			return explain(in.queue.path, "DQBUF of pictures to be processed", err)
		}
		b := &in.queue.buffer
		in.busy[b.Index] = false
		in.queued--
		if b.Flags&uapi.FlagError != 0 {
			in.damaged(b.Timestamp)
		}
	}
	return nil
}

// advance keeps the driver at work.
func (in *intake) advance() error {
	in.mu.Lock()
	defer in.mu.Unlock()
	if err := in.reclaim(); err != nil {
		return err
	}
	if err := in.pass(); err != nil {
		return err
	}
	if in.stalled(capture.Now()) {
		return in.backlog.stalled(in.name)
	}
	return nil
}

// stalled tells whether pictures went in and nothing came of them for too long. Those that the driver has read, and made
// nothing of without a word, do not count once the camera pauses.
func (in *intake) stalled(now time.Duration) bool {
	b := &in.backlog
	return len(b.list) > 0 && now >= b.since+stall && (in.queued > 0 || now < b.given+stall/2)
}

// owes tells whether the driver has pictures that have not come out, and when something last came of one.
func (in *intake) owes() (bool, time.Duration) {
	in.mu.Lock()
	defer in.mu.Unlock()
	return len(in.backlog.list) > 0, in.backlog.since
}

// came tells which picture it is that came out with this stamp; ok is false for one that is not whole, or that nobody
// gave. Those before it were damaged: nothing came of them.
func (in *intake) came(at uapi.Timeval, whole bool) (picture inFlight, ok bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if !whole {
		in.damaged(at)
		return inFlight{}, false
	}
	in.backlog.since = capture.Now()
	owed := len(in.backlog.list)
	picture, matched, ok := in.backlog.settle(at)
	if ok && !matched {
		in.stats.unmatched.Add(1)
	}
	if ok {
		in.stats.damaged.Add(uint64(owed - len(in.backlog.list) - 1))
	}
	return picture, ok
}

// damaged strikes a picture out that nothing comes of. It may be told twice, by each queue.
func (in *intake) damaged(at uapi.Timeval) {
	in.backlog.since = capture.Now()
	if in.backlog.forget(at) {
		in.stats.damaged.Add(1)
	}
}

// tell shows a camera that fills our memory which of it is busy: on the camera's goroutine, or when that has ended.
func (in *intake) tell() {
	if m := in.queue.exported(); m != nil {
		copy(m.busy, in.busy)
	}
}
