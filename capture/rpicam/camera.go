package rpicam

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"vigie/capture"
	"vigie/capture/h264"
	"vigie/capture/picture"
)

const (
	startTakes = 10 * time.Second // until the first byte: libcamera on a slow card
	patience   = 5 * time.Second  // for a picture, before the camera counts as stalled
)

// Camera is the program, running. Stream is for one goroutine; Dropped and Close are for any.
type Camera struct {
	name     string
	format   capture.VideoFormat
	patience time.Duration
	child    *child

	raw      *picture.Latest[rawPicture] // nil where the program codes
	splitter h264.Splitter
	dropped  atomic.Uint64 // access units
	sequence uint32        // of the next picture

	streaming sync.Mutex // held by Stream for its whole length, and by Close
	closed    atomic.Bool
}

var _ capture.Camera = (*Camera)(nil)

// Open starts the program and waits for its first bytes, a second or two, ten at most. The size is the one that libcamera
// settled, and may differ from what was asked for: see Camera.Format.
//
// Errors are capture.ErrNotFound (no program, no camera), ErrBusy, ErrUnsupported, ErrNoMemory, ErrStalled, and what the
// program said.
func Open(o Options) (*Camera, error) { return open(o, startTakes, patience) }

func open(o Options, start, patience time.Duration) (*Camera, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	if _, err := o.format(o.Width, o.Height); err != nil {
		return nil, err
	}
	program, err := find(o.Program)
	if err != nil {
		return nil, err
	}
	has := func(string) bool { return false }
	if o.Codec == capture.H264 {
		has = options(program)
	}
	child, err := launch(program, o.arguments(has), o.Log)
	if err != nil {
		return nil, err
	}
	c := &Camera{name: "CSI camera (" + child.name + ")", patience: start, child: child}
	if err := c.settle(o); err != nil {
		child.kill()
		child.end(0)
		return nil, err
	}
	c.patience = patience
	return c, nil
}

// settle waits for the first byte, before which libcamera has said what the pictures are.
func (c *Camera) settle(o Options) (err error) {
	var first [1]byte
	if err := c.wait(context.Background(), c.patience); err != nil {
		return err
	}
	if _, err = io.ReadFull(c.child.out, first[:]); err != nil {
		return c.failed(err)
	}
	if c.format, err = o.format(c.child.said.size(o.Width, o.Height)); err != nil {
		return err
	}
	if o.Codec == capture.H264 {
		_, err = c.splitter.Fill(&single{first[:]})
		return err
	}
	c.raw = picture.NewLatest(newRaw(c.format), newRaw(c.format), newRaw(c.format))
	c.raw.Begin().begin(first[0])
	return nil
}

// single is a reader of what it has.
type single struct{ data []byte }

func (s *single) Read(p []byte) (int, error) { return copy(p, s.data), nil }

// Name is "CSI camera (rpicam-vid)".
func (c *Camera) Name() string { return c.name }

// Format is what the program delivers.
func (c *Camera) Format() capture.VideoFormat { return c.format }

// Stats counts the pictures that came and were not used: raw ones that came late, access units that came in part. It may
// be called at any time, by any goroutine.
func (c *Camera) Stats() capture.DeviceStats {
	if c.raw != nil {
		return capture.DeviceStats{Dropped: c.raw.Dropped()}
	}
	return capture.DeviceStats{Damaged: c.dropped.Load()}
}

// Stream calls f with each picture until ctx is done, and then returns nil; see capture.Camera. It may be called again.
// A raw picture that comes while f runs is kept, and only the newest. When Stream has failed, so has the camera.
//
// Errors: capture.ErrGone when libcamera lost the camera, ErrStalled after five seconds without a picture, what the
// program said when it ended, and os.ErrClosed after Close.
func (c *Camera) Stream(ctx context.Context, f func(*capture.RawFrame)) error {
	if !c.streaming.TryLock() {
		if c.closed.Load() {
			return c.closedError()
		}
		return fmt.Errorf("rpicam: %s: it is streaming already", c.name)
	}
	defer c.streaming.Unlock()
	rung := make(chan struct{})
	disarm := context.AfterFunc(ctx, func() { c.wake(); close(rung) })
	defer func() {
		if !disarm() {
			<-rung
		}
	}()
	var err error
	if c.raw != nil {
		err = c.streamRaw(ctx, f)
	} else {
		err = c.streamCoded(ctx, f)
	}
	if ctx.Err() != nil && !c.closed.Load() {
		return nil
	}
	return err
}

// wake ends a read that waits.
func (c *Camera) wake() { _ = c.child.out.SetReadDeadline(time.Unix(1, 0)) }

// wait sets how long reads may take from now on, unless there is a reason to read no more.
func (c *Camera) wait(ctx context.Context, d time.Duration) error {
	// It fails only for a closed file, as the read does that follows.
	_ = c.child.out.SetReadDeadline(time.Now().Add(d))
	if c.closed.Load() { // after the deadline was set: Close sets another
		return c.closedError()
	}
	return ctx.Err()
}

// failed is what a failed read means. It ends the program.
func (c *Camera) failed(err error) error {
	switch {
	case c.closed.Load() || errors.Is(err, os.ErrClosed):
		return c.closedError()
	case errors.Is(err, os.ErrDeadlineExceeded):
		c.child.kill()
		c.child.end(0)
		return c.child.said.explain(c.child.name, fmt.Sprintf("no picture for %v", c.patience), capture.ErrStalled)
	}
	return c.child.said.explain(c.child.name, c.child.end(dying), nil)
}

func (c *Camera) closedError() error { return fmt.Errorf("rpicam: %s: %w", c.name, os.ErrClosed) }

// Close kills the program and waits for it and for a Stream that is running, which returns os.ErrClosed. It must not be
// called from Stream's function. It has no error to report; the signature is capture.Camera's.
func (c *Camera) Close() error {
	c.closed.Store(true)
	c.child.kill()
	c.wake()
	c.streaming.Lock()
	defer c.streaming.Unlock()
	c.child.end(0)
	return nil
}
