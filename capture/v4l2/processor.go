package v4l2

import (
	"fmt"
	"log/slog"
	"sync/atomic"

	"vigie/capture"
)

var _ capture.Camera = (*Processor)(nil)

// ProcessorOptions are what OpenProcessor is asked for.
type ProcessorOptions struct {
	Device string              // its path
	In     capture.VideoFormat // what the camera delivers: coded (MJPEG), or raw
	Out    capture.VideoFormat // what is to come out, raw; Stride 0 is the driver's choice, FPS is the camera's
	// Import is an encoder's memory that pictures are put in (EncoderOptions.Export), instead of the processor's own. One
	// that puts its pictures otherwise than the memory wants them is refused with ErrUnsupported; open it again without.
	Import *Memory
	Export bool         // have Memory for a raw camera to fill
	Log    *slog.Logger // nil is silence
}

// Processor is a mem2mem device between a camera and an encoder: a decoder, which makes raw pictures of JPEGs (kernel
// document "Memory-to-Memory Stateful Video Decoder Interface"), or a converter, which makes raw pictures of raw ones.
// With a camera behind it (Wrap) it is a camera itself:
//
//	camera -> feed -> OUTPUT -> the hardware -> CAPTURE -> Stream's function
//	`- the camera's goroutine -'                `----- Stream's goroutine -----'
//
// It is for live pictures. When it cannot keep up, it leaves the oldest out that waits; what is damaged it leaves out
// too. Both leave a gap in Sequence and are counted.
type Processor struct {
	*streamer // whose alarm is set, too, when the camera's goroutine has news
	name      string
	log       *slog.Logger
	camera    capture.Camera

	given   capture.VideoFormat // what the camera delivers
	format  capture.VideoFormat // what comes out
	intake  intake              // the OUTPUT queue
	output  queue               // raw pictures out: the CAPTURE queue
	layout  Layout              // of output
	imports *Memory
	settled bool // output has its format and its buffers; a decoder's not before the first picture

	ended atomic.Bool // the camera's Stream
	stats processorCounters

	// Stream's own, here so that a picture allocates nothing.
	picture capture.RawFrame
}

type processorCounters struct{ copied, shared, dropped, damaged, unmatched atomic.Uint64 }

// Stats counts for the camera, too. It may be called at any time, by any goroutine.
func (p *Processor) Stats() capture.DeviceStats {
	c := &p.stats
	own := capture.DeviceStats{Copied: c.copied.Load(), Shared: c.shared.Load(), Dropped: c.dropped.Load(),
		Damaged: c.damaged.Load(), Unmatched: c.unmatched.Load()}
	return own.Plus(capture.CountsOf(p.camera))
}

// OpenProcessor opens the device, settles its formats and allocates its buffers. Wrap gives it a camera, which may be
// opened after it, with its Memory.
//
// Errors are capture.ErrNotFound, ErrUnsupported (it does not make that of this, or its pictures do not lie in Import as
// they should), ErrBusy, ErrNoMemory, fs.ErrPermission, and the driver's own.
func OpenProcessor(o ProcessorOptions) (_ *Processor, err error) {
	if o.In.Width <= 0 || o.In.Height <= 0 || o.Out.Width <= 0 || o.Out.Height <= 0 {
		return nil, fmt.Errorf("v4l2: %s: %dx%d of %dx%d was asked for: each has to be above 0", o.Device, o.Out.Width,
			o.Out.Height, o.In.Width, o.In.Height)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	name, in, out, err := openCodec(o.Device)
	if err != nil {
		return nil, err
	}
	s, err := newStreamer(in.path, in.fd)
	if err != nil {
		return nil, err
	}
	p := &Processor{streamer: s, name: name, given: o.In, format: o.Out, output: out, imports: o.Import,
		log: o.Log.With("processor", name)}
	p.intake = intake{queue: in, name: name, log: p.log, stats: &p.stats}
	defer func() {
		if err != nil {
			p.release()
		}
	}()
	if err := p.setUp(o.Export); err != nil {
		return nil, err
	}
	return p, nil
}

// Memory is what a raw camera can put its pictures in (Options.Import), nil without ProcessorOptions.Export. It belongs
// to the processor and ends with Close.
func (p *Processor) Memory() *Memory { return p.intake.queue.exported() }

// Wrap puts the processor in front of a camera, which it owns from then on. A camera with another format than
// ProcessorOptions.In is refused with ErrUnsupported, and is the caller's yet. It is called once, before all that a
// camera has.
func (p *Processor) Wrap(c capture.Camera) error {
	f := c.Format()
	if f.FourCC != p.given.FourCC || f.Width != p.given.Width || f.Height != p.given.Height {
		return fmt.Errorf("v4l2: %s: %w: it was opened for %s of %dx%d, and %s delivers %s of %dx%d", p.name,
			capture.ErrUnsupported, p.given.FourCC, p.given.Width, p.given.Height, c.Name(), f.FourCC, f.Width, f.Height)
	}
	p.camera, p.format.FPS = c, f.FPS
	p.name = fmt.Sprintf("%s through %s", c.Name(), p.name)
	return nil
}

// Name is camera and processor for people: "HD Webcam C270 (/dev/video0) through bcm2835-codec-decode (/dev/video10)".
func (p *Processor) Name() string { return p.name }

// Format is what comes out. The pictures tell themselves how they lie in memory, maybe with padding below each plane: a
// decoder knows when it has seen the first.
func (p *Processor) Format() capture.VideoFormat { return p.format }

// Close ends a Stream that is running, which returns os.ErrClosed, waits for it, closes the camera and gives the device
// back. It must not be called from Stream's function. The error is the camera's.
func (p *Processor) Close() (err error) {
	p.shut(func() {
		if p.camera != nil {
			err = p.camera.Close()
		}
		p.release()
	})
	return err
}

// release gives back what the processor holds of the kernel, whatever of it there is.
func (p *Processor) release() {
	p.output.unmap()
	p.intake.queue.unmap()
	p.free()
}
