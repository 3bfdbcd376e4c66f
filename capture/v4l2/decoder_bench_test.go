//go:build bench

package v4l2

import (
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

const fwht capture.FourCC = "FWHT" // vicodec's own codec

// mem2mem is the path of a device that makes one format of another, "" where there is none.
func mem2mem(t *testing.T, in, out capture.FourCC) string {
	t.Helper()
	nodes, _ := filepath.Glob("/dev/video[0-9]*")
	for _, node := range nodes {
		fd, err := openNode(node)
		if err != nil {
			t.Fatal(err)
		}
		_, output, captured, err := identifyCodec(fd, node)
		found := err == nil && slices.Contains(formatsAt(fd, output), in) && slices.Contains(formatsAt(fd, captured), out)
		unix.Close(fd)
		if found {
			return node
		}
	}
	return ""
}

func formatsAt(fd int, kind int32) []capture.FourCC {
	var all []capture.FourCC
	for i := uint32(0); ; i++ {
		d := uapi.FmtDesc{Index: i, Type: uint32(kind)}
		if uapi.EnumFmt(fd, &d) != nil {
			return all
		}
		all = append(all, fourCC(d.PixelFormat))
	}
}

// fed is a camera whose pictures a test hands over.
type fed struct {
	format   capture.VideoFormat
	pictures chan *capture.RawFrame
	fails    chan error
	after    func(*capture.RawFrame) // what the camera does with a buffer that comes back; nil is nothing
	closed   int
}

func feeding(format capture.FourCC, width, height int) *fed {
	return &fed{pictures: make(chan *capture.RawFrame), fails: make(chan error),
		format: capture.VideoFormat{FourCC: format, Width: width, Height: height, FPS: 30}}
}

func (c *fed) Name() string                { return "a test's camera" }
func (c *fed) Format() capture.VideoFormat { return c.format }
func (c *fed) Close() error                { c.closed++; return nil }

func (c *fed) Stream(ctx context.Context, f func(*capture.RawFrame)) error {
	for {
		select {
		case p := <-c.pictures:
			f(p)
			if c.after != nil {
				c.after(p)
			}
		case err := <-c.fails:
			return err
		case <-ctx.Done():
			return nil
		}
	}
}

// coded is a unit as a camera delivers it.
func (c *fed) coded(u *capture.AccessUnit) *capture.RawFrame {
	return &capture.RawFrame{VideoFormat: c.format, Data: u.Data, PTS: u.PTS}
}

// processing is a processor in front of a camera, which is closed with the test. Export, Import and the rest are o's.
func processing(t *testing.T, c *fed, o ProcessorOptions) *Processor {
	t.Helper()
	o.In = c.format
	if o.Device = mem2mem(t, o.In.FourCC, o.Out.FourCC); o.Device == "" {
		t.Fatalf("nothing makes %s of %s", o.Out.FourCC, o.In.FourCC)
	}
	if o.Out.Width == 0 {
		o.Out.Width, o.Out.Height = o.In.Width, o.In.Height
	}
	o.Log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
	p, err := OpenProcessor(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	if err := p.Wrap(c); err != nil {
		t.Fatal(err)
	}
	return p
}

// running is a processor that streams; what comes out is copied into pictures.
type running struct {
	pictures chan capture.RawFrame
	ended    chan error
	stop     context.CancelFunc
}

// run streams a processor until the test ends. Look, where there is one, sees each picture first.
func run(t *testing.T, p *Processor, look func(*capture.RawFrame)) *running {
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{make(chan capture.RawFrame), make(chan error, 1), cancel}
	over := make(chan struct{})
	go func() {
		defer close(over)
		r.ended <- p.Stream(ctx, func(f *capture.RawFrame) {
			if look != nil {
				look(f)
			}
			c := *f
			c.Data = slices.Clone(f.Data)
			select {
			case r.pictures <- c:
			case <-ctx.Done():
			}
		})
	}()
	t.Cleanup(func() { cancel(); <-over })
	return r
}

// next is what comes out within some seconds.
func (r *running) next(t *testing.T) capture.RawFrame {
	t.Helper()
	select {
	case f := <-r.pictures:
		return f
	case err := <-r.ended:
		t.Fatalf("Stream ended: %v", err)
	case <-time.After(5 * time.Second):
		t.Fatal("nothing came out for 5 s")
	}
	panic("unreachable")
}

// feed hands the camera a picture; when it returns, an earlier one has been taken.
func (r *running) feed(t *testing.T, c *fed, f *capture.RawFrame) {
	t.Helper()
	select {
	case c.pictures <- f:
	case err := <-r.ended:
		t.Fatalf("Stream ended: %v", err)
	case <-time.After(5 * time.Second):
		t.Fatal("the camera's picture was not taken for 5 s")
	}
}

// end is what Stream returned, within some seconds.
func (r *running) end(t *testing.T) error {
	t.Helper()
	select {
	case err := <-r.ended:
		return err
	case <-r.pictures:
		t.Fatal("a picture came out, want Stream to end")
	case <-time.After(5 * time.Second):
		t.Fatal("Stream did not end for 5 s")
	}
	panic("unreachable")
}

// decoder is vicodec's, of FWHT, one unit at a time.
type decoder struct {
	*running
	camera *fed
	format capture.VideoFormat
}

func newDecoder(t *testing.T, want capture.FourCC, width, height int) *decoder {
	t.Helper()
	c := feeding(fwht, width, height)
	p := processing(t, c, ProcessorOptions{Out: capture.VideoFormat{FourCC: want}})
	return &decoder{run(t, p, nil), c, p.Format()}
}

// decode returns the picture of a unit.
func (d *decoder) decode(t *testing.T, u *capture.AccessUnit) capture.RawFrame {
	t.Helper()
	d.feed(t, d.camera, d.camera.coded(u))
	return d.next(t)
}
