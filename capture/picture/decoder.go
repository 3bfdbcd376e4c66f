package picture

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"

	"vigie/capture"
)

// Decoder is a camera whose pictures come out as YU12, whatever format the camera that it wraps delivers. It has them
// decoded while the next is taken and the last is encoded, each on a goroutine of its own:
//
//	MJPEG      the camera's goroutine -> a copy of the JPEG -> the decoder's -> Stream's
//	raw        the camera's goroutine, which converts -> Stream's
//
// The camera has its buffer back at once: a JPEG is copied, for it takes as long to decode as several pictures take to
// come; a raw picture is converted where it is, which takes a millisecond or two.
//
// Pictures never queue. Of those that come while one is decoded, or while Stream's function runs, the newest alone is
// kept; the others are counted in Stats, and show as a gap in Sequence. Nothing is allocated per picture but what
// image/jpeg does.
type Decoder struct {
	camera capture.Camera
	format capture.VideoFormat
	raw    *Latest[planar] // nil where the camera delivers MJPEG
	files  *Latest[file]   // JPEGs that wait to be decoded; nil where it does not
	damage capture.Damage  // of who decodes or converts

	converted atomic.Uint64
	damaged   atomic.Uint64
	streaming sync.Mutex // held by Stream for its whole length, and by Close
	closed    atomic.Bool
}

var _ capture.Camera = (*Decoder)(nil)

// NewDecoder wraps a camera and owns it from now on, unless it fails: capture.ErrUnsupported for a format that a
// Converter does not take.
func NewDecoder(camera capture.Camera) (*Decoder, error) {
	f := camera.Format()
	d := &Decoder{camera: camera, format: planarFormat(f)}
	switch {
	case f.Width < 1 || f.Height < 1 || f.Width > maxSide || f.Height > maxSide:
		return nil, fmt.Errorf("picture: %s: %w: a picture of %d×%d", camera.Name(), capture.ErrUnsupported, f.Width, f.Height)
	case f.FourCC == capture.MJPEG:
		d.files = NewLatest(new(file), new(file))
	case f.FourCC == capture.YUYV, f.FourCC == capture.UYVY, f.FourCC == capture.NV12, f.FourCC == capture.YU12:
		d.raw = NewLatest(newPlanar(d.format), newPlanar(d.format))
	default:
		return nil, fmt.Errorf("picture: %s: %w: its format is %q", camera.Name(), capture.ErrUnsupported, f.FourCC)
	}
	return d, nil
}

// Name is the camera's.
func (d *Decoder) Name() string { return d.camera.Name() }

// Format is the camera's, in YU12.
func (d *Decoder) Format() capture.VideoFormat { return d.format }

// Stats counts for the camera, too. It may be called at any time, by any goroutine.
func (d *Decoder) Stats() capture.DeviceStats {
	own := capture.DeviceStats{Converted: d.converted.Load(), Damaged: d.damaged.Load()}
	if d.raw != nil {
		own.Dropped = d.raw.Dropped()
	} else {
		own.Dropped = d.files.Dropped()
	}
	return own.Plus(capture.CountsOf(d.camera))
}

// Stream calls f with each picture in YU12 until ctx is done, and then returns nil; see capture.Camera. It may be called
// again. It has the camera's errors, and capture.ErrDamaged when no picture could be decoded for five seconds.
func (d *Decoder) Stream(ctx context.Context, f func(*capture.RawFrame)) error {
	if !d.streaming.TryLock() {
		return fmt.Errorf("picture: %s: it is streaming already", d.camera.Name())
	}
	defer d.streaming.Unlock()
	if d.closed.Load() {
		return fmt.Errorf("picture: %s: %w", d.camera.Name(), os.ErrClosed)
	}
	d.damage = capture.Damage{}
	inner, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var all sync.WaitGroup
	source := d.fromRaw
	if d.files == nil {
		d.raw.Forget()
	} else {
		d.files.Forget()
		decoded := make(chan *planar) // without room: a picture is decoded while one is used, and no third
		all.Go(func() { stop(d.decode(inner, decoded)) })
		source = func(ctx context.Context) (*planar, error) { return receive(ctx, decoded) }
	}
	all.Go(func() { stop(d.take(inner, stop)) })
	for {
		p, err := source(inner)
		if err != nil {
			break
		}
		f(&p.frame)
	}
	all.Wait()
	if err := context.Cause(inner); ctx.Err() == nil && !errors.Is(err, errEnded) {
		return err
	}
	return nil
}

// errEnded is of a camera whose Stream ended without an error before it was told to.
var errEnded = errors.New("the camera ended")

// Close ends a Stream that is running, waits for it, and closes the camera. It must not be called from Stream's
// function.
func (d *Decoder) Close() error {
	d.closed.Store(true)
	err := d.camera.Close() // its Stream ends, and with it ours
	d.streaming.Lock()
	defer d.streaming.Unlock()
	return err
}
