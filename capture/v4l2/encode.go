package v4l2

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

const (
	lateness = 100 * time.Millisecond // that a picture is waited for; three more are in the camera's buffers then
	deepest  = 2                      // pictures that an encoder may be behind
	stall    = time.Second            // without anything out while pictures go in
)

// Encode codes one picture; see capture.Encoder. A picture that lies in Memory is not copied; another one is, once,
// into the encoder's own. Such a copy may be of YU12 (a slate) whatever the format.
//
// It waits for this picture's unit, some 10 to 30 ms. When an encoder is behind by a picture or two, the first calls
// wait 100 ms in vain and return nil, and from then on each returns an earlier picture's unit, with that picture's PTS.
// Never with idr and after it: no unit of a picture before the one that is to be an IDR is returned any more, so what
// was in the encoder when a cut came does not leave.
//
// Errors: capture.ErrStalled, a picture of another format, capture.ErrGone, and the driver's own.
func (e *Encoder) Encode(f *capture.RawFrame, idr bool) (*capture.AccessUnit, error) {
	if e.closed {
		return nil, closedError(e.path)
	}
	if f.Width != e.format.Width || f.Height != e.format.Height {
		return nil, fmt.Errorf("v4l2: %s: %w: a picture of %dx%d, opened for %dx%d: open it again", e.name,
			capture.ErrChanged, f.Width, f.Height, e.format.Width, e.format.Height)
	}
	if idr {
		e.Forget()
	}
	if e.wantIDR && !e.forces && e.streaming {
		e.halt() // a stream that begins anew begins with an IDR
	}
	index, err := e.place(f)
	if err != nil {
		return nil, err
	}
	if index < 0 {
		e.stats.dropped.Add(1)
	} else if err := e.give(index, f); err != nil {
		return nil, err
	}
	return e.next()
}

// Forget gives up the pictures that are in the encoder: none of their units comes out any more, not even by Stop, and the
// next picture is an IDR. It is for the time between two cameras, so that nothing of the one comes after the other
// began. It does not block; the buffers come back as the encoder gets to them.
func (e *Encoder) Forget() { e.first, e.wantIDR, e.asked, e.unheard = e.backlog.next, true, false, 0 }

// place makes the picture lie in a buffer of the encoder's, and returns its index; -1 is no room.
func (e *Encoder) place(f *capture.RawFrame) (int, error) {
	if i := e.output.lent.index(f); i >= 0 {
		e.stats.shared.Add(1)
		return i, nil
	}
	for waited := false; ; waited = true {
		if err := e.reclaim(); err != nil {
			return -1, err
		}
		for i := e.filled; i < len(e.busy); i++ {
			if e.busy[i] {
				continue
			}
			if err := e.layout.fill(e.output.memory[i], f); err != nil {
				return -1, fmt.Errorf("v4l2: %s: %w", e.name, err)
			}
			e.stats.copied.Add(1)
			return i, nil
		}
		if waited {
			return -1, nil
		}
		if _, err := e.wait(unix.POLLOUT, lateness); err != nil {
			return -1, err
		}
	}
}

// reclaim takes the OUTPUT buffers back that the encoder has read.
func (e *Encoder) reclaim() error {
	for e.streaming {
		_, err := e.output.take()
		if errors.Is(err, unix.EAGAIN) {
			break
		}
		if err != nil {
			return explain(e.path, "DQBUF of raw pictures", err)
		}
		e.busy[e.output.buffer.Index] = false
	}
	return nil
}

// give queues a filled buffer.
func (e *Encoder) give(index int, f *capture.RawFrame) error {
	if !e.streaming {
		if err := e.start(); err != nil {
			return err
		}
	}
	if e.wantIDR {
		if e.forces {
			if err := uapi.SetControl(e.fd, &uapi.Control{ID: uapi.CtrlForceKeyFrame, Value: 1}); err != nil {
				return explain(e.path, "S_CTRL of FORCE_KEY_FRAME", err)
			}
		}
		if !e.asked { // else it was asked before, and any IDR since then will do
			e.first, e.unheard = e.backlog.next, 0
		}
		// The depth is learnt again, so that one that came of a hiccup does not stay.
		e.asked, e.wantIDR, e.depth = true, false, 0
	}
	if err := e.output.put(uint32(index), uint32(e.layout.Size), uapi.TimevalOf(f.PTS)); err != nil {
		return err
	}
	e.busy[index] = true
	e.backlog.push(f.PTS, f.Sequence)
	return nil
}

// next is the oldest unit that is due; nil without an error when the encoder left the picture out, or is behind.
func (e *Encoder) next() (*capture.AccessUnit, error) {
	until := capture.Now() + lateness
	var events int16
	for len(e.backlog.list) > 0 {
		unit, took, err := e.receive()
		if unit != nil || err != nil {
			return unit, errors.Join(err, e.reclaim())
		}
		if took {
			continue
		}
		if err := e.reclaim(); err != nil {
			return nil, err
		}
		now, starves := capture.Now(), e.starves()
		switch {
		case events&(unix.POLLERR|unix.POLLHUP) != 0:
			return nil, explain(e.path, "poll", unix.EIO)
		case len(e.backlog.list) <= e.depth && !starves:
			return nil, nil
		case now < until:
		case now >= e.backlog.since+stall:
			return nil, e.backlog.stalled(e.name)
		case !starves:
			e.depth = min(e.depth+1, deepest)
			return nil, nil
		default:
			until = now + lateness
		}
		if events, err = e.wait(unix.POLLIN, until-now); err != nil {
			return nil, err
		}
	}
	return nil, e.reclaim()
}

// starves tells whether the encoder has every buffer that a camera fills. Then it has to be waited for, for the camera
// has none to put a picture in, and without a picture nobody would look here again.
func (e *Encoder) starves() bool { return e.filled > 0 && !slices.Contains(e.busy[:e.filled], false) }

// wait blocks until the encoder has something to say, or the time is over.
func (e *Encoder) wait(events int16, timeout time.Duration) (int16, error) {
	got, err := alarm(-1).waitFor(e.fd, events, timeout) // nobody ends it
	if err != nil {
		return 0, explain(e.path, "poll", err)
	}
	return got, nil
}
