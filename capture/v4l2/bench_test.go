//go:build bench

package v4l2

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

// These run against the kernel's virtual camera, vivid, inside the bench's kernel:
//
//	go test -tags bench -exec "$PWD/bench/exec" ./capture/v4l2

var wish = Options{Format: capture.VideoFormat{Width: 640, Height: 360, FPS: 30}}

// chosen adds to the options the camera that is nearest to them in one pixel format.
func chosen(t *testing.T, o Options, format capture.FourCC) Options {
	t.Helper()
	b, err := FindBoard()
	if err != nil {
		t.Fatal(err)
	}
	b.Mem2Mem, b.Software = nil, capture.Software{OpenH264: true, Convert: true}
	for i := range b.Cameras {
		b.Cameras[i].Offers = slices.DeleteFunc(b.Cameras[i].Offers, func(o capture.Offer) bool { return o.FourCC != format })
	}
	c := capture.ChooseWay(b, capture.Wish{Width: o.Format.Width, Height: o.Format.Height, FPS: int(o.Format.FPS),
		Encoder: capture.EncoderAuto})
	if c.Way == nil {
		t.Fatalf("no camera for %+v on %+v: %v", o, b, c.Others)
	}
	o.Device, o.Format = c.Way.Camera, c.Way.Format
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	return o
}

// opened is that camera; it is closed with the test.
func opened(t *testing.T, o Options, format capture.FourCC) *Camera {
	t.Helper()
	c, err := Open(chosen(t, o, format))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// take streams n pictures through look, which gets them numbered from 0.
func take(t *testing.T, c *Camera, n int, look func(i int, f *capture.RawFrame)) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	i := 0
	err := c.Stream(ctx, func(f *capture.RawFrame) {
		if i < n {
			look(i, f)
		}
		if i++; i == n {
			cancel()
		}
	})
	if err != nil {
		t.Fatalf("after %d pictures: %v", i, err)
	}
}

// set turns one of vivid's own knobs, through a file of its own, as v4l2-ctl would.
func set(t *testing.T, node, name string, value int32) {
	t.Helper()
	fd, err := openNode(node)
	if err != nil {
		t.Fatal(err)
	}
	defer os.NewFile(uintptr(fd), node).Close()
	for _, k := range controls(fd) {
		if k.name != name {
			continue
		}
		if err := uapi.SetControl(fd, &uapi.Control{ID: k.id, Value: value}); err != nil {
			t.Fatalf("%s = %d: %v", name, value, err)
		}
		return
	}
	t.Fatalf("vivid has no control %s", name)
}

func TestPicturesOfEachFormat(t *testing.T) {
	for format, size := range map[capture.FourCC]int{
		capture.YUYV: 640 * 360 * 2, capture.UYVY: 640 * 360 * 2,
		capture.NV12: 640 * 360 * 3 / 2, capture.YU12: 640 * 360 * 3 / 2,
	} {
		t.Run(string(format), func(t *testing.T) {
			c := opened(t, wish, format)
			stride := 640
			if size == 640*360*2 {
				stride = 1280
			}
			want := capture.VideoFormat{FourCC: format, Width: 640, Height: 360, Stride: stride, FPS: 30}
			if c.Format() != want {
				t.Fatalf("Format = %+v, want %+v", c.Format(), want)
			}
			var at []time.Duration
			var counts []uint32
			take(t, c, 30, func(i int, f *capture.RawFrame) {
				if len(f.Data) != size || f.VideoFormat != want {
					t.Errorf("picture %d has %d bytes as %+v, want %d", i, len(f.Data), f.VideoFormat, size)
				}
				if slices.Max(f.Data) == slices.Min(f.Data) {
					t.Errorf("picture %d has one colour, want vivid's bars", i)
				}
				at, counts = append(at, f.PTS), append(counts, f.Sequence)
			})
			grows(t, at)
			// By vivid's own count, for a slow machine makes it leave pictures out.
			apart := (at[29] - at[0]) / time.Duration(counts[29]-counts[0])
			if apart < 28*time.Millisecond || apart > 40*time.Millisecond {
				t.Errorf("pictures are %v apart, want 33.3 ms: %v, %v", apart, at, counts)
			}
			if c.clock.distrust {
				t.Error("vivid's timestamps were not believed")
			}
		})
	}
}

// grows checks that the PTS of pictures grow, and that they are CLOCK_MONOTONIC.
func grows(t *testing.T, at []time.Duration) {
	t.Helper()
	for i := 1; i < len(at); i++ {
		if at[i] <= at[i-1] {
			t.Errorf("PTS does not grow: %v", at)
		}
	}
	if since := capture.Now() - at[len(at)-1]; since < -newest || since > time.Minute {
		t.Errorf("the last PTS is %v ago: that is not CLOCK_MONOTONIC", since)
	}
}

func TestASecondUserIsToldThatTheCameraIsBusy(t *testing.T) {
	o := chosen(t, wish, capture.YUYV)
	take(t, opened(t, wish, capture.YUYV), 2, func(int, *capture.RawFrame) {
		if second, err := Open(o); !errors.Is(err, capture.ErrBusy) || !strings.Contains(err.Error(), "fuser -v") {
			t.Errorf("Open of a camera that streams = %v, %v; want ErrBusy and fuser", second, err)
		}
	})
}

func TestCancelAndCloseEndTheWaitForAPicture(t *testing.T) {
	c := opened(t, wish, capture.YUYV)
	set(t, c.path, "percentage_of_dropped_buffers", 100)
	defer set(t, c.path, "percentage_of_dropped_buffers", 0)

	// Were it not woken, each would go on until its wait for a picture is over.
	begin := capture.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := c.Stream(ctx, func(*capture.RawFrame) {}); err != nil {
		t.Errorf("Stream whose context ended = %v, want nil", err)
	}
	set(t, c.path, "percentage_of_dropped_buffers", 0)
	streams, ended := make(chan struct{}), make(chan error)
	var once sync.Once
	go func() {
		ended <- c.Stream(t.Context(), func(*capture.RawFrame) {
			once.Do(func() {
				set(t, c.path, "percentage_of_dropped_buffers", 100)
				close(streams)
			})
		})
	}()
	<-streams
	c.Close()
	if err := <-ended; !errors.Is(err, os.ErrClosed) {
		t.Errorf("Stream of a camera that was closed = %v, want os.ErrClosed", err)
	}
	if took := capture.Now() - begin; took >= patience {
		t.Errorf("Stream was not woken: it took %v", took)
	}
}

func TestACameraWithoutPicturesIsStalled(t *testing.T) {
	c := opened(t, wish, capture.YUYV)
	set(t, c.path, "percentage_of_dropped_buffers", 100)
	err := c.Stream(t.Context(), func(*capture.RawFrame) {})
	if err == nil || !strings.Contains(err.Error(), "stalled: no picture for 5s") {
		t.Errorf("Stream without pictures = %v, want stalled", err)
	}
	set(t, c.path, "percentage_of_dropped_buffers", 0)
	take(t, c, 3, func(int, *capture.RawFrame) {})
}

func TestUnpluggedAndPluggedInAgain(t *testing.T) {
	o := chosen(t, wish, capture.YUYV)
	c := opened(t, wish, capture.YUYV)
	var unbinding sync.WaitGroup
	seen := 0
	err := c.Stream(t.Context(), func(*capture.RawFrame) {
		if seen++; seen == 5 {
			unbinding.Go(func() { driver(t, "unbind") })
		}
	})
	unbinding.Wait()
	if !errors.Is(err, capture.ErrGone) || !strings.Contains(err.Error(), c.path) {
		t.Errorf("Stream of a camera that was unplugged = %v, want ErrGone of %s", err, c.path)
	}
	c.Close()
	if c, err := Open(o); !errors.Is(err, capture.ErrNotFound) {
		t.Errorf("Open without a camera = %v, %v; want ErrNotFound", c, err)
	}
	driver(t, "bind")
	take(t, opened(t, wish, capture.YUYV), 5, func(int, *capture.RawFrame) {})
}

func driver(t *testing.T, verb string) {
	if err := os.WriteFile("/sys/bus/platform/drivers/vivid/"+verb, []byte("vivid.0"), 0o200); err != nil {
		t.Error(err)
	}
}
