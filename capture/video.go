package capture

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// damagedFor is how long a camera may deliver nothing but damaged pictures until it counts as failed.
const damagedFor = 5 * time.Second

// Video is a camera and its encoder. It looks at every picture, and encodes while a sink is attached: in Standby the
// camera runs (so that staff see what it sees, and the first picture of a show is 33 ms away), the encoder rests.
//
// Run owns the camera; the other methods may be called from any goroutine.
type Video struct {
	camera  Camera
	encoder Encoder
	slate   *RawFrame // what viewers get under a cut, in the camera's size

	idr     atomic.Bool  // the next picture is to be an IDR
	bitrate atomic.Int64 // bits a second wanted; 0: as it is

	looking sync.Mutex // held by the one caller of Look
	look    atomic.Pointer[look]

	whole time.Duration // PTS of the last picture that was not found damaged; take's alone

	mu   sync.Mutex // held while a picture is encoded and written: what makes SetCut and SetSink exact
	sink Sink
	cut  bool

	stats videoCounters
}

// look is somebody who wants to see one picture.
type look struct {
	f    func(*RawFrame)
	done chan struct{}
}

// NewVideo joins a camera and an encoder, and owns both from now on. The slate is shown instead of the camera while
// the cut is on.
func NewVideo(camera Camera, encoder Encoder, slate *RawFrame) *Video {
	return &Video{camera: camera, encoder: encoder, slate: slate}
}

// Run captures until ctx is done (it then returns nil) or the camera or the encoder fails, and closes both.
func (v *Video) Run(ctx context.Context) error {
	// The encoder keeps C memory: it is closed here, on the goroutine that used it.
	defer v.camera.Close()
	defer v.encoder.Close()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	err := v.camera.Stream(ctx, func(f *RawFrame) {
		if err := v.take(f); err != nil {
			cancel(err)
		}
	})
	if err = failure(ctx, err); err != nil {
		return fmt.Errorf("%s: %w", v.camera.Name(), err)
	}
	return nil
}

// take handles one picture.
func (v *Video) take(f *RawFrame) error {
	v.stats.saw(f)
	if l := v.look.Swap(nil); l != nil {
		l.f(f)
		close(l.done)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.sink == nil || v.whole == 0 {
		v.whole = f.PTS // none was tried yet
	}
	if v.sink == nil {
		return nil
	}
	if bps := v.bitrate.Swap(0); bps != 0 {
		if err := v.encoder.SetBitrate(int(bps)); err != nil {
			return fmt.Errorf("%s: set the bitrate to %d b/s: %w", v.encoder.Name(), bps, err)
		}
	}
	picture := f
	if v.cut {
		v.slate.PTS, v.slate.Sequence = f.PTS, f.Sequence
		picture = v.slate
	}
	idr := v.idr.Swap(false)
	unit, err := v.encoder.Encode(picture, idr)
	if errors.Is(err, ErrDamaged) && f.PTS-v.whole < damagedFor {
		// A cable that is not quite in: the camera is not lost for one picture.
		v.stats.lost.Add(1)
		v.idr.CompareAndSwap(false, idr)
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", v.encoder.Name(), err)
	}
	v.whole = f.PTS
	if unit == nil {
		v.stats.skipped.Add(1)
		return nil
	}
	unit.Filler = v.cut
	v.stats.coded(unit)
	v.sink.WriteVideo(unit)
	unit.Release()
	return nil
}

// SetSink attaches where access units go, beginning with an IDR, or detaches it with nil: nothing is written to the
// old sink after SetSink has returned. It waits for the picture that is being encoded.
func (v *Video) SetSink(s Sink) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.sink = s
	v.idr.Store(true)
}

// SetCut puts the slate in the camera's place, or takes it away. When it has returned, no picture of the camera is
// written any more; what a sink has queued is the sink's. It waits for the picture that is being encoded.
func (v *Video) SetCut(on bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.cut != on {
		v.cut = on
		v.idr.Store(true) // viewers get the whole new picture at once, and none of the old
	}
}

// RequestIDR makes the next picture an IDR.
func (v *Video) RequestIDR() { v.idr.Store(true) }

// SetBitrate changes the encoder's target, in bits a second, from the next picture on.
func (v *Video) SetBitrate(bps int) { v.bitrate.Store(int64(bps)) }

// Look calls f with the next picture, on the pipeline's goroutine: f is to be quick and not to keep the picture. It
// returns when f has, or with an error when ctx is done first. Callers wait for one another.
func (v *Video) Look(ctx context.Context, f func(*RawFrame)) error {
	v.looking.Lock()
	defer v.looking.Unlock()
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
