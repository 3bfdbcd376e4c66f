//go:build bench

package v4l2

import (
	"errors"
	"os"
	"testing"

	"vigie/capture"
)

// sharing is a camera that fills an encoder's memory.
func sharing(t *testing.T, format capture.FourCC, width, height int) (*Camera, *Encoder) {
	t.Helper()
	e := encoding(t, format, width, height, true)
	o := wish
	o.Format.Width, o.Format.Height, o.Import = width, height, e.Memory()
	return opened(t, o, format), e
}

func TestHardwareCopiesNoPixel(t *testing.T) {
	for _, c := range []struct {
		format capture.FourCC
		height int
	}{{capture.YU12, 480}, {capture.NV12, 480}, {capture.YUYV, 480}, {capture.YUYV, 360}} {
		camera, e := sharing(t, c.format, 640, c.height)
		d := newDecoder(t, c.format, 640, c.height)
		units := 0
		take(t, camera, 30, func(i int, f *capture.RawFrame) {
			u := encode(t, e, f, false)
			defer u.Release()
			units++
			got := d.decode(t, u)
			if db := psnr(layoutOf(f.VideoFormat), f.Data, layoutOf(got.VideoFormat), got.Data); db < 25 {
				t.Errorf("%s: picture %d is %.1f dB from the camera's", c.format, i, db)
			}
		})
		if s := e.Stats(); units != 30 || s.Copied != 0 || s.Shared < 30 {
			t.Errorf("%s: %d units of 30, counted %+v; want no copy", c.format, units, s)
		}
		camera.Close()
		e.Close()
		if err := camera.Stream(t.Context(), nil); !errors.Is(err, os.ErrClosed) {
			t.Errorf("Stream of a closed camera = %v", err)
		}
	}
}

func TestHardwareSlateBetweenSharedPictures(t *testing.T) {
	camera, e := sharing(t, capture.YUYV, 640, 360)
	slate := moving(capture.YU12, 640, 360, 0)
	take(t, camera, 10, func(i int, f *capture.RawFrame) {
		if i%2 == 0 {
			encode(t, e, f, i == 4).Release()
			return
		}
		slate.PTS = f.PTS
		encode(t, e, slate, false).Release()
	})
	if s := e.Stats(); s.Copied != 5 || s.Shared < 5 || s.Dropped != 0 {
		t.Errorf("counted %+v, want 5 copies, of the slate", s)
	}
}

func TestHardwareRefusesAForeignLayout(t *testing.T) {
	// vicodec pads planar pictures of 360 lines to 368, so the chroma would land 8 lines off.
	for _, format := range []capture.FourCC{capture.YU12, capture.NV12} {
		e := encoding(t, format, 640, 360, true)
		o := wish
		o.Import = e.Memory()
		if c, err := Open(chosen(t, o, format)); !errors.Is(err, capture.ErrUnsupported) {
			t.Errorf("%s: Open = %v, %v; want ErrUnsupported", format, c, err)
		}
	}
	take(t, opened(t, wish, capture.YU12), 2, func(int, *capture.RawFrame) {}) // and without, it works
}

func TestHardwareCameraLeavesBusyMemoryAlone(t *testing.T) {
	camera, e := sharing(t, capture.YUYV, 640, 480)
	leavesBusyAlone(t, camera, e.Memory())
}

func TestHardwareMemoryEndsWithTheEncoder(t *testing.T) {
	camera, e := sharing(t, capture.YUYV, 640, 480)
	e.Close()
	if err := camera.Stream(t.Context(), func(*capture.RawFrame) {}); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Stream into the memory of an encoder that was closed = %v, want os.ErrClosed", err)
	}
}

func TestHardwareRefusesWhatIsNoMemory(t *testing.T) {
	e := encoding(t, capture.YUYV, 640, 480, true)
	o := wish
	o.Format.Height = 480
	o = chosen(t, o, capture.YUYV)
	m := *e.Memory()
	m.fds = []int{0, 0, 0, 0}
	o.Import = &m
	if c, err := Open(o); !errors.Is(err, capture.ErrUnsupported) {
		t.Errorf("Open with memory that the driver does not take = %v, %v; want ErrUnsupported", c, err)
	}
	o.Import = nil // and without, it works
	take(t, opened(t, o, capture.YUYV), 2, func(int, *capture.RawFrame) {})
}
