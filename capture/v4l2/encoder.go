package v4l2

import (
	"fmt"
	"log/slog"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"vigie/capture"
	"vigie/capture/h264"
)

var _ capture.Encoder = (*Encoder)(nil)

// EncoderOptions are what OpenEncoder is asked for.
type EncoderOptions struct {
	Device string // its path: that of the capture.Coder among capture.Way.Steps
	// Format is of the pictures; FPS 0 counts as 30. With a Stride memory with lines of that length is asked for; a
	// picture that is copied may have another.
	Format  capture.VideoFormat
	Bitrate int  // bits a second, at first
	Export  bool // have Memory for a camera to fill
	// Import is a camera's memory (Options.Export), which pictures are read from where they are, instead of the encoder's
	// own: for an encoder that cannot export. Pictures of our own, such as a slate, are copied into its spare buffers, also
	// when the camera has gone; another camera takes another encoder. Memory that the driver cannot work in (it may have to
	// be contiguous) is refused with ErrUnsupported; open both again without.
	Import *Memory
	Log    *slog.Logger // nil is silence
}

// Encoder is an open encoder with its formats settled. It is used by one goroutine; Stats is for any.
type Encoder struct {
	name   string // "bcm2835-codec-encode (/dev/video11)"
	path   string
	coded  capture.FourCC
	format capture.VideoFormat // of the pictures
	layout Layout              // of the OUTPUT queue
	log    *slog.Logger
	fd     int
	closed bool

	output  queue  // raw pictures in
	capture queue  // coded ones out
	filled  int    // so many of output's buffers, the first, a camera fills; the others are for copies
	busy    []bool // of output: with the driver
	bitrate limits // of the control; zero where there is none
	forces  bool   // it makes an IDR picture when told

	streaming bool
	drained   bool // after Stop: the last one was taken
	wantIDR   bool
	asked     bool   // a picture from the one numbered first on is to be an IDR, and has not come out
	first     uint64 // pictures before this number are of no use any more
	unheard   int    // units that came out instead
	backlog   backlog
	depth     int // how many pictures it is behind, as learnt
	sets      h264.ParameterSets
	units     capture.UnitPool
	stats     encoderCounters
}

type encoderCounters struct{ copied, shared, dropped, damaged, discarded, unmatched atomic.Uint64 }

// Stats may be called at any time, by any goroutine.
func (e *Encoder) Stats() capture.DeviceStats {
	c := &e.stats
	return capture.DeviceStats{Copied: c.copied.Load(), Shared: c.shared.Load(), Dropped: c.dropped.Load(),
		Damaged: c.damaged.Load(), Discarded: c.discarded.Load(), Unmatched: c.unmatched.Load()}
}

// Name is the encoder for people: "bcm2835-codec-encode (/dev/video11)".
func (e *Encoder) Name() string { return e.name }

// Memory is what a camera, or a Processor, can put its pictures in (their Import), nil without EncoderOptions.Export. It
// belongs to the encoder and ends with Close: close who fills it first.
func (e *Encoder) Memory() *Memory { return e.output.exported() }

// OpenEncoder settles the formats of an H.264 encoder and allocates its buffers. It blocks for as long as the driver
// takes, 60 ms or so on a Raspberry Pi: keep it open. A picture of another size takes another encoder: close this one
// first, hardware may be able to do one thing at a time.
//
// Errors are capture.ErrNotFound, ErrUnsupported (no such encoder, or it does not take this), ErrBusy,
// capture.ErrNoMemory, fs.ErrPermission, and the driver's own.
func OpenEncoder(o EncoderOptions) (*Encoder, error) { return openEncoder(o, capture.H264) }

func openEncoder(o EncoderOptions, coded capture.FourCC) (_ *Encoder, err error) {
	if o.Format.Width <= 0 || o.Format.Height <= 0 || o.Bitrate <= 0 {
		return nil, fmt.Errorf("v4l2: an encoder for %dx%d at %d bits a second was asked for: each has to be above 0",
			o.Format.Width, o.Format.Height, o.Bitrate)
	}
	if o.Export && o.Import != nil {
		return nil, fmt.Errorf("v4l2: an encoder was asked to have memory of its own and a camera's: choose one")
	}
	if o.Format.FPS <= 0 {
		o.Format.FPS = 30
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	name, output, captured, err := openCodec(o.Device)
	if err != nil {
		return nil, err
	}
	e := &Encoder{name: name, path: output.path, fd: output.fd, coded: coded, format: o.Format, output: output, capture: captured,
		log: o.Log.With("encoder", name)}
	defer func() {
		if err != nil {
			e.release()
		}
	}()
	if err := e.negotiate(); err != nil {
		return nil, err
	}
	e.setUp(o.Bitrate)
	if err := e.allocate(o); err != nil {
		return nil, err
	}
	return e, nil
}

// Close gives the encoder back, with whatever is in it; Stop before it where that is wanted. It has no error to report.
func (e *Encoder) Close() error {
	if !e.closed {
		e.closed = true
		e.halt()
		e.release()
	}
	return nil
}

func (e *Encoder) release() {
	e.output.unmap()
	e.capture.unmap()
	_ = unix.Close(e.fd) // frees the driver's buffers too
}
