package capture

import (
	"context"
	"errors"
)

// look is somebody who wants to see one picture.
type look struct {
	f    func(*RawFrame)
	done chan struct{}
}

// SetSink attaches where access units go, beginning with an IDR, or detaches it with nil: nothing is written to the
// old sink after SetSink has returned. It does not wait for the encoder: the picture that it has in hand is thrown away.
func (v *Video) SetSink(s Sink) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.aim.sink = s
	v.turn()
}

// SetCut puts the slate in the camera's place, or takes it away. When it has returned, no picture of the camera is
// written any more; what a sink has queued is the sink's. It does not wait for the encoder either.
func (v *Video) SetCut(on bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.aim.cut != on {
		v.aim.cut = on
		v.turn()
	}
}

// RequestIDR makes the next picture an IDR.
func (v *Video) RequestIDR() { v.idr.Store(true) }

// SetBitrate changes the target, in bits a second, from the next picture on. Below the encoder's floor fewer pictures
// are coded, and then smaller ones.
func (v *Video) SetBitrate(bps int) { v.bitrate.Store(int64(bps)) }

// ErrNoPicture is what Look says while there is no camera.
var ErrNoPicture = errors.New("there is no camera to look through")

// Look calls f with the next picture, on the pipeline's goroutine: f is to be quick and not to keep the picture. It
// returns when f has, or with an error when ctx is done first or there is no camera. Callers wait for one another.
func (v *Video) Look(ctx context.Context, f func(*RawFrame)) error {
	v.looking.Lock()
	defer v.looking.Unlock()
	if !v.seeing.Load() {
		return ErrNoPicture
	}
	l := &look{f: f, done: make(chan struct{})}
	v.look.Store(l)
	select {
	case <-l.done:
		return nil
	case <-ctx.Done():
	}
	if v.look.CompareAndSwap(l, nil) {
		return ctx.Err()
	}
	<-l.done // it is running this moment
	return nil
}
