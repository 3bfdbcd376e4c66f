package v4l2

import (
	"context"
	"fmt"
	"sync"

	"golang.org/x/sys/unix"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

// Stream calls f with each picture that comes out until ctx is done, and then returns nil; see capture.Camera. The
// camera's own Stream runs meanwhile, on a goroutine that Stream waits for. It may be called again.
//
// Errors are the camera's, capture.ErrStalled (pictures go in and nothing came out for a second), ErrChanged (the pictures
// have another size now; open it again), ErrUnsupported (the driver cannot work in imported memory), os.ErrClosed after
// Close, and the driver's own.
func (p *Processor) Stream(ctx context.Context, f func(*capture.RawFrame)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	end, err := p.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	if p.camera == nil {
		return fmt.Errorf("v4l2: %s: no camera was given to it (Wrap)", p.path)
	}
	defer p.halt()
	if err := p.start(); err != nil {
		return err
	}
	var feeding sync.WaitGroup
	var failed, ended error // of feed and of the camera's Stream
	p.ended.Store(false)
	feeding.Go(func() {
		defer p.wake.set()
		defer p.ended.Store(true)
		ended = p.camera.Stream(ctx, func(f *capture.RawFrame) {
			if err := p.intake.feed(f); err != nil && failed == nil {
				failed = err
				cancel()
			}
			p.wake.set()
		})
	})
	err = p.run(ctx, f)
	cancel()
	feeding.Wait()
	if err == nil {
		err = failed
	}
	if err == nil {
		err = ended
	}
	return err
}

// run hands pictures on until there is a reason not to.
func (p *Processor) run(ctx context.Context, f func(*capture.RawFrame)) error {
	for {
		events, err := p.wait()
		p.wake.clear()
		switch {
		case p.closed.Load():
			return closedError(p.path)
		case ctx.Err() != nil || p.ended.Load():
			return nil
		case err != nil:
			return explain(p.path, "poll", err)
		case events&(unix.POLLERR|unix.POLLHUP) != 0:
			return explain(p.path, "poll", unix.EIO)
		}
		if err := p.step(events, f); err != nil {
			return err
		}
	}
}

// wait blocks until the device or the camera's goroutine has something to say, or the device ought to have had.
func (p *Processor) wait() (int16, error) {
	owes, since := p.intake.owes()
	events, left := int16(unix.POLLPRI), patience
	if owes && p.settled {
		events, left = unix.POLLPRI|unix.POLLIN|unix.POLLOUT, since+stall-capture.Now()
	} else if owes { // to ask for pictures where none can come out yet is an error
		left = since + lateness - capture.Now()
	}
	if left <= 0 {
		left = lateness
	}
	return p.wake.waitFor(p.fd, events, left)
}

// step does what can be done now.
func (p *Processor) step(events int16, f func(*capture.RawFrame)) error {
	changed := events&unix.POLLPRI != 0 && p.changed()
	if err := p.intake.advance(); err != nil {
		return err
	}
	if p.settled {
		if changed {
			if _, _, err := p.read(); err != nil {
				return err
			}
		}
		return p.deliver(f)
	}
	// A decoder says when it knows what its pictures are. One that is silent thinks as we do, and waits for buffers.
	owes, since := p.intake.owes()
	if !changed && (!owes || capture.Now() < since+lateness) {
		return nil
	}
	if err := p.settle(); err != nil {
		return err
	}
	return p.startOutput()
}

// changed takes the device's events and tells whether its pictures have another size than it thought.
func (p *Processor) changed() bool {
	changed := false
	for range maxEntries {
		var e uapi.Event
		if uapi.DQEvent(p.fd, &e) != nil {
			break
		}
		changed = changed || e.Type == uapi.EventSourceChange && e.Changes()&uapi.ChangeResolution != 0
	}
	return changed
}

func (p *Processor) start() error {
	if err := p.imports.usable(p.name); err != nil {
		return err
	}
	if err := p.intake.start(); err != nil {
		return err
	}
	if !p.settled {
		return nil
	}
	return p.startOutput()
}

// halt ends both queues: all buffers are ours, and what was in the device is lost. The camera's goroutine has ended.
func (p *Processor) halt() {
	p.intake.stop()
	p.output.stop()
}
