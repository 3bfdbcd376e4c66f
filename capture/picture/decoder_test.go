package picture

import (
	"bytes"
	"context"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"vigie/capture"
)

// feed is a camera that delivers what it is given, and spoils the memory afterwards as a driver does.
type feed struct {
	format capture.VideoFormat
	frames chan *capture.RawFrame
	fails  chan error
	closed chan struct{}
	once   sync.Once
	keep   bool          // leave the memory alone
	slow   time.Duration // to end
	ended  atomic.Int32
}

func newFeed(format capture.VideoFormat) *feed {
	return &feed{
		format: format, frames: make(chan *capture.RawFrame), fails: make(chan error), closed: make(chan struct{}),
	}
}

func (c *feed) Name() string                { return "feed" }
func (c *feed) Format() capture.VideoFormat { return c.format }

func (c *feed) Stream(ctx context.Context, f func(*capture.RawFrame)) error {
	defer c.ended.Add(1)
	for {
		select {
		case p := <-c.frames:
			f(p)
			for i := range p.Data {
				if c.keep {
					break
				}
				p.Data[i] = 0xaa
			}
		case err := <-c.fails:
			return err
		case <-c.closed:
			return os.ErrClosed
		case <-ctx.Done():
			<-time.After(c.slow)
			return nil
		}
	}
}

func (c *feed) Close() error {
	c.once.Do(func() { close(c.closed) })
	return nil
}

// stream starts d and returns where its end is told.
func stream(ctx context.Context, d *Decoder, f func(*capture.RawFrame)) <-chan error {
	done := make(chan error, 1)
	go func() { done <- d.Stream(ctx, f) }()
	return done
}

func newDecoder(t testing.TB, c capture.Camera) *Decoder {
	t.Helper()
	d, err := NewDecoder(c)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Every format comes out as what Converter makes of it, in memory of its own, with its time and number.
func TestDecoder(t *testing.T) {
	inputs := []*capture.RawFrame{jpegFrame(t, colours(70, 50)), jpegFrame(t, colours(63, 47))}
	for _, format := range rawFormats {
		inputs = append(inputs, rawFrame(format, 64, 48, 10), rawFrame(format, 63, 47, 10), rawFrame(format, 63, 47, 0))
	}
	for _, in := range inputs {
		synctest.Test(t, func(t *testing.T) {
			in.PTS, in.Sequence = time.Hour, 77
			var c Converter
			img, err := c.Convert(in)
			if err != nil {
				t.Fatal(err)
			}
			var want bytes.Buffer
			for row := range in.Height {
				want.Write(img.Y[row*img.YStride:][:in.Width])
			}
			camera := newFeed(in.VideoFormat)
			d := newDecoder(t, camera)
			seen := make(chan struct{})
			ctx, cancel := context.WithCancel(t.Context())
			done := stream(ctx, d, func(f *capture.RawFrame) {
				defer close(seen)
				if f.VideoFormat != d.Format() || f.PTS != in.PTS || f.Sequence != 77 {
					t.Errorf("%s: %+v at %v, number %d", in.FourCC, f.VideoFormat, f.PTS, f.Sequence)
				}
				var again Converter
				out, err := again.Convert(f)
				if err != nil {
					t.Error(err)
					return
				}
				if in.FourCC != capture.MJPEG {
					checkPicture(t, out, in.Width, in.Height)
				}
				var got bytes.Buffer
				for row := range f.Height {
					got.Write(out.Y[row*out.YStride:][:f.Width])
				}
				if !bytes.Equal(got.Bytes(), want.Bytes()) {
					t.Errorf("%s of %d×%d: another picture", in.FourCC, in.Width, in.Height)
				}
			})
			camera.frames <- in
			<-seen
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
		})
	}
}

// flat is a picture of one luma.
func flat(t testing.TB, fourCC capture.FourCC, n int) *capture.RawFrame {
	f := rawFrame(capture.YU12, 16, 16, 0)
	fill(f.Data, byte(16+8*n))
	if fourCC == capture.MJPEG {
		var c Converter
		img, err := c.Convert(f)
		if err != nil {
			t.Fatal(err)
		}
		f = jpegFrame(t, img)
	}
	f.PTS, f.Sequence = time.Hour+time.Duration(n)*time.Second/30, uint32(n)
	return f
}

// While Stream's function has a picture, others come: its memory is left alone, and of the others it sees the newest.
// One more is decoded already where that is work, so that the cores are busy.
func TestDecoderDropsLate(t *testing.T) {
	for fourCC, want := range map[capture.FourCC][]uint32{capture.YU12: {0, 5}, capture.MJPEG: {0, 1, 5}} {
		t.Run(string(fourCC), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				camera := newFeed(flat(t, fourCC, 0).VideoFormat)
				d := newDecoder(t, camera)
				ctx, cancel := context.WithCancel(t.Context())
				var seen []uint32
				hold := make(chan struct{})
				done := stream(ctx, d, func(f *capture.RawFrame) {
					before := bytes.Clone(f.Data)
					<-hold
					if !bytes.Equal(before, f.Data) {
						t.Errorf("picture %d was written to", f.Sequence)
					}
					seen = append(seen, f.Sequence)
				})
				for n := range 6 {
					camera.frames <- flat(t, fourCC, n)
					synctest.Wait()
				}
				close(hold)
				synctest.Wait()
				cancel()
				if err := <-done; err != nil {
					t.Error(err)
				}
				if len(seen) != len(want) || seen[len(seen)-1] != 5 {
					t.Errorf("saw %v, want %v", seen, want)
				}
				converted := uint64(6) // raw ones before it is known that they are late
				if fourCC == capture.MJPEG {
					converted = uint64(len(want))
				}
				if s := d.Stats(); s != (capture.DeviceStats{Converted: converted, Dropped: uint64(6 - len(want))}) {
					t.Errorf("counted %+v, want %d converted and %d dropped", s, converted, 6-len(want))
				}
			})
		})
	}
}

// A damaged picture is left out. Five seconds of nothing else are the end.
func TestDecoderDamaged(t *testing.T) {
	for _, fourCC := range []capture.FourCC{capture.YUYV, capture.MJPEG} {
		t.Run(string(fourCC), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				whole := rawFrame(fourCC, 16, 16, 0)
				if fourCC == capture.MJPEG {
					whole = jpegFrame(t, colours(16, 16))
				}
				camera := newFeed(whole.VideoFormat)
				camera.keep = true
				seen := 0
				d := newDecoder(t, camera)
				done := stream(t.Context(), d, func(*capture.RawFrame) { seen++ })
				send := func(second int, damaged bool) {
					f := *whole
					f.PTS = time.Duration(second) * time.Second
					if damaged {
						f.Data = f.Data[:len(f.Data)/2]
					}
					camera.frames <- &f
					synctest.Wait()
				}
				for second, damaged := range []bool{false, true, true, true, true, false, true, true, true, true} {
					send(100+second, damaged)
				}
				select {
				case err := <-done:
					t.Fatalf("ended early: %v", err)
				default:
				}
				send(110, true)
				if err := <-done; !errors.Is(err, capture.ErrDamaged) {
					t.Errorf("ended with %v", err)
				}
				if seen != 2 || d.Stats().Damaged != 9 {
					t.Errorf("saw %d, %d damaged", seen, d.Stats().Damaged)
				}
			})
		})
	}
}

func TestDecoderEnds(t *testing.T) {
	for _, fourCC := range []capture.FourCC{capture.YU12, capture.MJPEG} {
		t.Run(string(fourCC), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				camera := newFeed(flat(t, fourCC, 0).VideoFormat)
				camera.slow = time.Second
				d := newDecoder(t, camera)
				nothing := func(*capture.RawFrame) {}
				done := stream(t.Context(), d, nothing)
				if synctest.Wait(); d.Stream(t.Context(), nothing) == nil {
					t.Error("two at a time")
				}
				camera.fails <- capture.ErrGone
				if err := <-done; !errors.Is(err, capture.ErrGone) {
					t.Errorf("unplugged: %v", err)
				}
				done = stream(t.Context(), d, nothing)
				camera.frames <- flat(t, fourCC, 1) // it streams again
				changed := flat(t, fourCC, 2)
				changed.Width, changed.Height = 32, 8
				camera.frames <- changed
				if err := <-done; !errors.Is(err, capture.ErrChanged) || camera.ended.Load() != 2 {
					t.Errorf("another size: %v, the camera ended %d times", err, camera.ended.Load())
				}
				done = stream(t.Context(), d, nothing)
				synctest.Wait()
				for range 2 {
					if err := d.Close(); err != nil {
						t.Error(err)
					}
				}
				if err := <-done; !errors.Is(err, os.ErrClosed) {
					t.Errorf("closed: %v", err)
				}
				if err := d.Stream(t.Context(), nothing); !errors.Is(err, os.ErrClosed) {
					t.Errorf("after Close: %v", err)
				}
			})
		})
	}
	if _, err := NewDecoder(newFeed(capture.VideoFormat{FourCC: capture.H264, Width: 16, Height: 16})); !errors.Is(err, capture.ErrUnsupported) {
		t.Errorf("H264: %v", err)
	}
}

// A picture of an earlier Stream is not shown in the next.
func TestDecoderForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		camera := newFeed(flat(t, capture.YU12, 0).VideoFormat)
		d := newDecoder(t, camera)
		ctx, cancel := context.WithCancel(t.Context())
		hold := make(chan struct{})
		done := stream(ctx, d, func(*capture.RawFrame) { <-hold })
		camera.frames <- flat(t, capture.YU12, 1)
		synctest.Wait()
		camera.frames <- flat(t, capture.YU12, 2)
		synctest.Wait()
		cancel()
		close(hold)
		<-done
		ctx, cancel = context.WithCancel(t.Context())
		done = stream(ctx, d, func(f *capture.RawFrame) {
			if f.Sequence != 3 {
				t.Errorf("number %d", f.Sequence)
			}
		})
		synctest.Wait()
		camera.frames <- flat(t, capture.YU12, 3)
		synctest.Wait()
		cancel()
		<-done
	})
}

func TestDecoderDoesNotAllocate(t *testing.T) {
	for _, format := range rawFormats {
		in := rawFrame(format, 64, 48, 0)
		camera := newFeed(in.VideoFormat)
		d := newDecoder(t, camera)
		ctx, cancel := context.WithCancel(t.Context())
		seen := make(chan struct{})
		done := stream(ctx, d, func(*capture.RawFrame) { seen <- struct{}{} })
		if n := testing.AllocsPerRun(100, func() { camera.frames <- in; <-seen }); n != 0 {
			t.Errorf("%s: %v allocations a picture", format, n)
		}
		cancel()
		<-done
	}
}
