package rpicam

import (
	"context"
	"errors"
	"os"
	"time"

	"vigie/capture"
)

const (
	quiet = 4 * time.Millisecond // without a byte, after which a picture may be whole
	// Standard output is written in blocks of a multiple of this, and what is left with the flush that ends a picture.
	block = 4096
	apart = time.Millisecond // at least, between the PTS of two pictures
)

// settled reports whether what has come of an access unit is all of it, when nothing has come for a while: then the last
// write was the one that ends it, as it was no whole block. One unit in 4096 is one, and waits for the next. A unit that
// is given out too early, of a program that buffers in another way, is noticed by what comes next and counted.
func settled(bytes int) bool { return bytes%block != 0 }

// coder reads access units; Stream's own.
type coder struct {
	camera *Camera
	frame  capture.RawFrame
	begun  time.Duration // when the first byte of the unit arrived that is being put together
	next   time.Duration // the least PTS of the next
	f      func(*capture.RawFrame)
}

func (c *Camera) streamCoded(ctx context.Context, f func(*capture.RawFrame)) error {
	r := coder{camera: c, frame: capture.RawFrame{VideoFormat: c.format}, begun: capture.Now(), f: f}
	for {
		for au := c.splitter.Next(); au != nil; au = c.splitter.Next() {
			r.give(au)
			r.begun = capture.Now()
		}
		if err := r.fill(ctx); ctx.Err() != nil {
			return ctx.Err()
		} else if err != nil {
			return c.failed(err)
		}
	}
}

// fill reads once, and gives the last unit out when nothing follows it for a while.
func (r *coder) fill(ctx context.Context) error {
	c := r.camera
	if pending := c.splitter.Pending(); pending > 0 && settled(pending) {
		if err := c.wait(ctx, quiet); err != nil {
			return err
		}
		n, err := c.splitter.Fill(c.child.out)
		if n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) || ctx.Err() != nil {
			return err
		}
		if au := c.splitter.Rest(); au != nil {
			r.give(au)
		}
	}
	if err := c.wait(ctx, c.patience); err != nil {
		return err
	}
	empty := c.splitter.Pending() == 0
	_, err := c.splitter.Fill(c.child.out)
	if empty {
		r.begun = capture.Now()
	}
	return err
}

// give hands one access unit to f. A gap in Sequence is units that came in part.
func (r *coder) give(au []byte) {
	c := r.camera
	missed := c.splitter.Dropped - c.dropped.Swap(c.splitter.Dropped)
	c.sequence += uint32(missed)
	r.frame.Data, r.frame.Sequence, r.frame.PTS = au, c.sequence, max(r.begun, r.next)
	r.next = r.frame.PTS + apart
	c.sequence++
	r.f(&r.frame)
}
