//go:build bench

package v4l2

import (
	"context"
	"errors"
	"os"
	"slices"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

// units are n coded pictures, each of which needs no other, and the pictures they are of.
func units(t *testing.T, format capture.FourCC, width, height, n int) (coded []*capture.AccessUnit, raw []*capture.RawFrame) {
	t.Helper()
	e := encoding(t, format, width, height, false)
	for i := range n {
		f := moving(format, width, height, i)
		raw = append(raw, f)
		coded = append(coded, encode(t, e, f, true))
	}
	return coded, raw
}

// decoding is a decoder behind a camera, and n pictures for the camera to deliver.
func decoding(t *testing.T, n int) (c *fed, p *Processor, coded []*capture.AccessUnit) {
	t.Helper()
	coded, _ = units(t, capture.YUYV, 640, 360, n)
	c = feeding(fwht, 640, 360)
	return c, processing(t, c, ProcessorOptions{Out: capture.VideoFormat{FourCC: capture.YUYV}}), coded
}

// passes holds that a unit which the camera delivers comes out as a picture.
func (r *running) passes(t *testing.T, c *fed, u *capture.AccessUnit) {
	t.Helper()
	r.feed(t, c, c.coded(u))
	if got := r.next(t); got.PTS != u.PTS {
		t.Errorf("%v came out, want %v", got.PTS, u.PTS)
	}
}

func TestHardwareDecodesIntoTheEncodersMemory(t *testing.T) {
	const n = 20
	coded, raw := units(t, capture.YUYV, 640, 360, n)
	e := board(t, capture.YUYV, 640, 360, true)
	c := feeding(fwht, 640, 360)
	p := processing(t, c, ProcessorOptions{Out: capture.VideoFormat{FourCC: capture.YUYV}, Import: e.Memory()})
	want := capture.VideoFormat{FourCC: capture.YUYV, Width: 640, Height: 360, Stride: 1280, FPS: 30}
	if p.Format() != want {
		t.Errorf("Format = %+v, want %+v", p.Format(), want)
	}
	r := run(t, p, func(f *capture.RawFrame) {
		encode(t, e, f, false).Release()
	})
	for i, u := range coded {
		f := c.coded(u)
		f.Sequence = uint32(7 + i)
		r.feed(t, c, f)
		got := r.next(t)
		if got.PTS != raw[i].PTS || got.Sequence != f.Sequence || got.VideoFormat != want {
			t.Errorf("picture %d came out as %v, number %d, %+v; want %v, %d, %+v", i, got.PTS, got.Sequence,
				got.VideoFormat, raw[i].PTS, f.Sequence, want)
		}
		if db := psnr(layoutOf(raw[i].VideoFormat), raw[i].Data, layoutOf(want), got.Data); db < 30 {
			t.Errorf("picture %d: %.1f dB from what went in", i, db)
		}
	}
	if s := e.Stats(); s != (capture.DeviceStats{Shared: n}) {
		t.Errorf("the encoder counted %+v, want %d shared and nothing else", s, n)
	}
	if s := p.Stats(); s != (capture.DeviceStats{}) {
		t.Errorf("the decoder counted %+v, want nothing", s)
	}
}

func TestHardwareDecodesIntoPaddedMemory(t *testing.T) {
	// 360 lines are 368 to decoder and encoder: a camera's picture could not lie there, the decoder's can.
	coded, raw := units(t, capture.YU12, 640, 360, 5)
	e := board(t, capture.YU12, 640, 360, true)
	c := feeding(fwht, 640, 360)
	p := processing(t, c, ProcessorOptions{Out: capture.VideoFormat{FourCC: capture.YU12}, Import: e.Memory()})
	r := run(t, p, func(f *capture.RawFrame) { encode(t, e, f, false).Release() })
	for i, u := range coded {
		r.feed(t, c, c.coded(u))
		r.next(t)
		buffer := slices.IndexFunc(e.Memory().data, func(d []byte) bool { return &d[0] == &p.picture.Data[0] })
		if db := psnr(layoutOf(raw[i].VideoFormat), raw[i].Data, e.Memory().Layout, e.Memory().data[buffer]); db < 30 {
			t.Errorf("picture %d lies in the encoder's memory %.1f dB from what went in", i, db)
		}
	}
	if s := e.Stats(); s != (capture.DeviceStats{Shared: 5}) || p.Stats() != (capture.DeviceStats{}) {
		t.Errorf("counted %+v and %+v, want no copy", s, p.Stats())
	}
}

func TestHardwareDecoderRefusesAForeignLayout(t *testing.T) {
	// The board's encoder has its lines at multiples of 64 bytes, the decoder of 8.
	e := board(t, capture.YU12, 656, 360, true)
	_, err := OpenProcessor(ProcessorOptions{Device: mem2mem(t, fwht, capture.YU12), Import: e.Memory(),
		In:  capture.VideoFormat{FourCC: fwht, Width: 656, Height: 360},
		Out: capture.VideoFormat{FourCC: capture.YU12, Width: 656, Height: 360}})
	if !errors.Is(err, capture.ErrUnsupported) {
		t.Errorf("OpenProcessor = %v, want ErrUnsupported", err)
	}
	for _, o := range []ProcessorOptions{
		{Device: opened(t, wish, capture.YUYV).path}, {Device: mem2mem(t, fwht, capture.YU12), Export: true},
	} {
		o.In = capture.VideoFormat{FourCC: fwht, Width: 640, Height: 360}
		o.Out = capture.VideoFormat{FourCC: capture.YU12, Width: 640, Height: 360}
		if _, err := OpenProcessor(o); !errors.Is(err, capture.ErrUnsupported) {
			t.Errorf("OpenProcessor(%+v) = %v, want ErrUnsupported", o, err)
		}
	}
	p, err := OpenProcessor(ProcessorOptions{Device: mem2mem(t, fwht, capture.YU12),
		In:  capture.VideoFormat{FourCC: fwht, Width: 640, Height: 360},
		Out: capture.VideoFormat{FourCC: capture.YU12, Width: 640, Height: 360}})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := p.Wrap(feeding(fwht, 320, 240)); !errors.Is(err, capture.ErrUnsupported) {
		t.Errorf("Wrap of a camera of another size = %v, want ErrUnsupported", err)
	}
}

func TestHardwareLatePicturesAreDropped(t *testing.T) {
	const n = 12
	c, p, coded := decoding(t, n)
	r := run(t, p, nil)
	for _, u := range coded { // nobody takes what comes out, after the first
		r.feed(t, c, c.coded(u))
	}
	var got []time.Duration
	for len(got) == 0 || got[len(got)-1] != coded[n-1].PTS {
		got = append(got, r.next(t).PTS)
	}
	if !slices.IsSorted(got) {
		t.Errorf("PTS does not grow: %v", got)
	}
	if s := p.Stats(); len(got) > 1+bufferCount+workload || s != (capture.DeviceStats{Dropped: uint64(n - len(got))}) {
		t.Errorf("%d pictures of %d came out, counted %+v; want the others dropped", len(got), n, s)
	}
}

func TestHardwareDamagedPicturesAreSkipped(t *testing.T) {
	c, p, coded := decoding(t, 5)
	r := run(t, p, nil)
	for i, u := range coded {
		f := c.coded(u)
		switch i {
		case 1: // a header that makes no sense: the driver says so
			f.Data = slices.Clone(f.Data)
			f.Data[11] = 99
		case 3: // nothing that a decoder would look at: it says nothing
			f.Data = make([]byte, 1000)
		}
		r.feed(t, c, f)
		if i%2 == 1 {
			continue
		}
		if got := r.next(t); got.PTS != u.PTS {
			t.Errorf("after picture %d, %v came out, want %v", i, got.PTS, u.PTS)
		}
	}
	if s := p.Stats(); s != (capture.DeviceStats{Damaged: 2}) {
		t.Errorf("counted %+v, want 2 damaged", s)
	}
}

func TestHardwareDecoderThatGivesNothingIsStalled(t *testing.T) {
	coded, _ := units(t, capture.YUYV, 640, 360, 6)
	e := encoding(t, capture.YUYV, 640, 360, true)
	c := feeding(fwht, 640, 360)
	m := e.Memory()
	p := processing(t, c, ProcessorOptions{Out: capture.VideoFormat{FourCC: capture.YUYV}, Import: m})
	r := run(t, p, nil)
	m.busy[0], m.busy[1], m.busy[2], m.busy[3] = true, true, true, true // before any is queued: it can put nothing out
	begin := capture.Now()
	for _, u := range coded[:5] {
		r.feed(t, c, c.coded(u))
	}
	err := r.end(t)
	if took := capture.Now() - begin; !errors.Is(err, capture.ErrStalled) || took < stall || took > 2*stall {
		t.Errorf("after %v: %v, want capture.ErrStalled after %v", took, err, stall)
	}
	clear(m.busy)
	r = run(t, p, nil)
	r.passes(t, c, coded[5])
}

func TestHardwareDecoderTellsOfAnotherSize(t *testing.T) {
	c, p, first := decoding(t, 2)
	other, _ := units(t, capture.YUYV, 848, 480, 1)
	r := run(t, p, nil)
	for _, u := range first {
		r.feed(t, c, c.coded(u))
		r.next(t)
	}
	r.feed(t, c, c.coded(other[0]))
	if err := r.end(t); !errors.Is(err, capture.ErrChanged) {
		t.Errorf("Stream with pictures of another size = %v, want capture.ErrChanged", err)
	}
	p = processing(t, c, ProcessorOptions{Out: capture.VideoFormat{FourCC: capture.YUYV}})
	r = run(t, p, nil)
	r.feed(t, c, c.coded(other[0]))
	if err := r.end(t); !errors.Is(err, capture.ErrChanged) {
		t.Errorf("Stream whose first picture has another size = %v, want capture.ErrChanged", err)
	}
}

func TestHardwareDecoderThatTellsNothing(t *testing.T) {
	c, p, coded := decoding(t, 3)
	all := uapi.EventSubscription{} // VIDIOC_UNSUBSCRIBE_EVENT of V4L2_EVENT_ALL
	if _, _, err := unix.Syscall(unix.SYS_IOCTL, uintptr(p.fd), 0x4020565b, uintptr(unsafe.Pointer(&all))); err != 0 {
		t.Fatal(err)
	}
	r := run(t, p, nil)
	for _, u := range coded {
		r.passes(t, c, u)
	}
}

func TestHardwareDecoderThatEndedGoesOn(t *testing.T) {
	c, p, coded := decoding(t, 6)
	seen := 0
	r := run(t, p, func(*capture.RawFrame) {
		if seen++; seen != 3 {
			return
		}
		// VIDIOC_DECODER_CMD of V4L2_DEC_CMD_STOP: no more comes out after a buffer that is flagged as the last.
		stop := [18]uint32{1}
		if _, _, err := unix.Syscall(unix.SYS_IOCTL, uintptr(p.fd), 0xc0485660, uintptr(unsafe.Pointer(&stop))); err != 0 {
			t.Error(err)
		}
	})
	for _, u := range coded {
		r.passes(t, c, u)
	}
}

func TestHardwareProcessorEndsAsCamerasDo(t *testing.T) {
	c, p, coded := decoding(t, 4)
	for round := range 3 {
		r := run(t, p, nil)
		r.passes(t, c, coded[round])
		if err := p.Stream(t.Context(), nil); err == nil {
			t.Error("it streams twice at a time")
		}
		if round == 1 {
			c.fails <- capture.ErrGone
			if err := r.end(t); !errors.Is(err, capture.ErrGone) {
				t.Errorf("Stream of a camera that was unplugged = %v, want capture.ErrGone", err)
			}
			continue
		}
		r.stop()
		if err := r.end(t); err != nil {
			t.Errorf("Stream whose context ended = %v, want nil", err)
		}
	}
	r := run(t, p, nil)
	r.feed(t, c, c.coded(coded[3]))
	r.next(t)
	p.Close()
	p.Close()
	if err := r.end(t); !errors.Is(err, os.ErrClosed) || c.closed != 1 {
		t.Errorf("Stream of a processor that was closed = %v, its camera was closed %d times; want os.ErrClosed, once", err,
			c.closed)
	}
	if err := p.Stream(t.Context(), nil); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Stream after Close = %v, want os.ErrClosed", err)
	}
}

func TestHardwareProcessorsLeaveNothing(t *testing.T) {
	coded, _ := units(t, capture.YUYV, 640, 360, 1)
	e := encoding(t, capture.YUYV, 640, 360, true)
	leavesNothing(t, func() {
		c := feeding(fwht, 640, 360)
		p := processing(t, c, ProcessorOptions{Out: capture.VideoFormat{FourCC: capture.YUYV}, Import: e.Memory()})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- p.Stream(ctx, func(*capture.RawFrame) { cancel() }) }()
		c.pictures <- c.coded(coded[0])
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		p.Close()
	})
	if n := e.Memory().users.Load(); n != 1 {
		t.Errorf("%d users of the encoder's memory are left, want the encoder", n)
	}
}

func TestHardwareProcessedPictureAllocatesNothing(t *testing.T) {
	c, p, coded := decoding(t, 1)
	ctx, cancel := context.WithCancel(t.Context())
	came, ended := make(chan struct{}), make(chan error)
	go func() { ended <- p.Stream(ctx, func(*capture.RawFrame) { came <- struct{}{} }) }()
	f := c.coded(coded[0])
	n := testing.AllocsPerRun(50, func() {
		f.PTS += 33 * time.Millisecond
		c.pictures <- f
		<-came
	})
	cancel()
	if err := <-ended; err != nil || n != 0 {
		t.Errorf("%v allocations for a picture, and Stream = %v; want none, and nil", n, err)
	}
}
