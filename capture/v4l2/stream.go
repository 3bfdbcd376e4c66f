package v4l2

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sys/unix"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

const (
	patience = 5 * time.Second        // for a picture, before the camera counts as stalled
	breath   = 250 * time.Millisecond // before a broken queue is started again
)

// Stream calls f with each picture until ctx is done, and then returns nil; see capture.Camera. It may be called again.
// Errors: capture.ErrGone, os.ErrClosed after Close, capture.ErrChanged of an HDMI bridge with another signal, no
// signal, a camera without a picture for five seconds, and the driver's own.
func (c *Camera) Stream(ctx context.Context, f func(*capture.RawFrame)) error {
	end, err := c.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	defer c.queue.stop()
	if err := c.start(); err != nil {
		return err
	}
	return c.run(ctx, f)
}

// run takes pictures until there is a reason not to.
func (c *Camera) run(ctx context.Context, f func(*capture.RawFrame)) error {
	last := capture.Now()   // when there was a picture
	level := slog.LevelWarn // of a failure: of one after the other the first is enough
	for {
		events, err := c.wake.wait(c.fd, last+patience-capture.Now())
		switch {
		case c.closed.Load():
			return closedError(c.path)
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return explain(c.name, "poll", err)
		case events&unix.POLLHUP != 0:
			return explain(c.name, "poll", unix.ENODEV)
		case events&unix.POLLPRI != 0:
			if err := c.resume(); err != nil {
				return err
			}
			continue
		case capture.Now() >= last+patience:
			return fmt.Errorf("v4l2: %s: stalled: no picture for %v: plug the camera in again, or try another cable",
				c.name, patience)
		case events == 0:
			continue
		}
		whole, err := c.take(f)
		if whole {
			last = capture.Now()
		}
		if err == nil || errors.Is(err, unix.EAGAIN) && events&unix.POLLERR == 0 {
			continue
		}
		if err := c.restart(err, level); err != nil {
			return err
		}
		level = slog.LevelDebug
	}
}

// resume goes on after the driver told of a change of its signal, if there is the same signal again: a receiver that
// lost it has stopped.
func (c *Camera) resume() error {
	if err := c.judgeSignal(); err != nil {
		return err
	}
	c.log.Info("the signal went and came back")
	c.queue.stop()
	return c.start()
}

// take hands the next picture to f, if there is one and it is whole, and its buffer back to the driver.
func (c *Camera) take(f func(*capture.RawFrame)) (whole bool, err error) {
	data, err := c.queue.take()
	if err != nil {
		return false, explain(c.name, "DQBUF", err)
	}
	index, flags, now := c.queue.buffer.Index, c.queue.buffer.Flags, capture.Now()
	c.lost.Add(c.sequence.missed(c.queue.buffer.Sequence))
	if whole = flags&uapi.FlagError == 0 && isWhole(data, c.format); whole {
		believed := !c.clock.distrust
		c.picture.PTS = c.clock.stamp(flags, c.queue.buffer.Timestamp.Duration(), now)
		if believed && c.clock.distrust {
			c.log.Warn("the driver's timestamps are not monotonic time; pictures are stamped when they arrive",
				"flags", fmt.Sprintf("%#x", flags), "stamp", c.queue.buffer.Timestamp.Duration(), "now", now)
		}
		c.picture.Data, c.picture.Sequence = data, c.queue.buffer.Sequence
		f(&c.picture)
	} else {
		c.lost.Add(1)
	}
	return whole, c.queue.giveBack(index)
}

// startCode is that of ITU-T H.264 B.1, the first byte of which may be missing.
var startCode = []byte{0, 0, 0, 1}

// isWhole tells whether data can be a picture of that format. Cameras deliver empty and cut ones, at the start of a
// stream and when USB has a bad moment.
func isWhole(data []byte, f capture.VideoFormat) bool {
	switch f.FourCC {
	case capture.MJPEG:
		return len(data) > 2 && data[0] == 0xFF && data[1] == 0xD8 // SOI, ITU-T T.81 B.1.1.3
	case capture.H264:
		return bytes.HasPrefix(data, startCode) || bytes.HasPrefix(data, startCode[1:])
	}
	return len(data) >= pictureSize(f)
}

// restart stops and starts a queue that failed: EIO says that it is broken until then. It gives up when the device
// refuses; a device that fails again and again runs into run's patience.
func (c *Camera) restart(cause error, level slog.Level) error {
	if errors.Is(cause, capture.ErrGone) {
		return cause
	}
	c.log.Log(context.Background(), level, "the camera's queue failed; it is started again", "error", cause)
	c.queue.stop()
	if _, err := c.wake.wait(-1, breath); err != nil {
		return explain(c.name, "poll", err)
	}
	return c.start()
}

// start hands all buffers to the driver and has it begin.
func (c *Camera) start() error {
	c.sequence = sequence{} // drivers count from 0 again
	if err := c.queue.lent.usable(c.name); err != nil {
		return err
	}
	if err := c.queue.offerAll(); err != nil {
		return err
	}
	return c.queue.start()
}
