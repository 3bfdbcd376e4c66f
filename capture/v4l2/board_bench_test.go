//go:build bench

package v4l2

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

func TestHardwareBoard(t *testing.T) {
	b, err := FindBoard()
	if err != nil {
		t.Fatal(err)
	}
	files, _ := os.ReadDir("/sys/class/video4linux")
	if len(files) < 3 || len(b.Cameras) != 1 || len(b.Mem2Mem) == 0 {
		t.Fatalf("of %d nodes there are %d cameras and %d mem2mem devices; want vivid, and others", len(files),
			len(b.Cameras), len(b.Mem2Mem))
	}
	c := b.Cameras[0]
	if c.Name != "vivid" || !strings.HasPrefix(c.Bus, "platform:vivid-") || c.Path != c.Node || c.Signal != nil ||
		c.Contiguous || !c.Exports || !c.Imports {
		t.Errorf("the camera is %+v, want vivid, which takes any memory and has no signal to follow", c)
	}
	for _, f := range []capture.FourCC{capture.YUYV, capture.UYVY, capture.NV12, capture.YU12, capture.RGB24} {
		if o := offer(c.Queue, f); o == nil || o.Stride != loose || o.Lines != (capture.Padding{}) || len(o.Sizes) < 5 {
			t.Errorf("vivid's %s is %+v, want no padding, and more where it is asked for", f, o)
		}
	}
	if o := offer(c.Queue, "GREY"); o != nil {
		t.Errorf("a format that nothing here has is listed: %+v", o)
	}
	coder := encoderOf(t, capture.H264)
	want := map[capture.FourCC]int{capture.YU12: 64, capture.NV12: 32, capture.YUYV: 64, capture.UYVY: 64}
	bits := capture.Range{Min: 25_000, Max: 25_000_000, Step: 25_000}
	if coder.Name != "bench-encoder" || coder.Macroblocks != 245_760 || coder.Bitrate != bits ||
		len(coder.Out.Offers) != 1 || len(coder.In.Offers) != len(want) || !coder.In.Contiguous || !coder.In.Exports || !coder.In.Imports {
		t.Errorf("the encoder is %+v", coder)
	}
	side := capture.Range{Min: 32, Max: 1920, Step: 2}
	for f, align := range want {
		if o := offer(coder.In, f); o == nil || len(o.Sizes) != 1 || o.Sizes[0].Width != side || o.Sizes[0].Height != side ||
			o.Stride != (capture.Padding{Align: align, More: true}) || o.Lines != (capture.Padding{Align: 16}) {
			t.Errorf("the encoder's %s is %+v, want lines of %d bytes, in sixteens", f, o, align)
		}
	}
	foreign := encoderOf(t, fwht)
	if foreign.In.Contiguous || foreign.Macroblocks != 0 || offer(foreign.In, capture.NV12) == nil {
		t.Errorf("vicodec is %+v, want memory of any kind, and no limits", foreign)
	}
}

// loose is how vivid lays lines out: without padding, and with as much as is asked for.
var loose = capture.Padding{Align: 1, More: true}

// What was probed is true when it is done.
func TestHardwareBoardKeepsItsWord(t *testing.T) {
	b, err := FindBoard()
	if err != nil {
		t.Fatal(err)
	}
	c := capture.ChooseWay(b, capture.Wish{Width: 1280, Height: 720, FPS: 30, Encoder: capture.EncoderV4L2,
		Bitrate: 1_000_000})
	if c.Way == nil || len(c.Way.Steps) != 1 || c.Way.Steps[0].In.Handover != capture.HandTaker {
		t.Fatalf("the way is %v, want the camera's pictures in the encoder's memory; others: %v", c.Way, c.Others)
	}
	o := boardOptions(t, c.Way.Format.FourCC, 1280, 720, true)
	o.Format.Stride = c.Way.Steps[0].In.Stride
	e, err := OpenEncoder(o)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	camera, err := Open(Options{Device: c.Way.Camera, Format: c.Way.Format, Import: e.Memory()})
	if err != nil {
		t.Fatal(err)
	}
	defer camera.Close()
	take(t, camera, 5, func(_ int, f *capture.RawFrame) { encode(t, e, f, false).Release() })
	link, layout := c.Way.Steps[0].In, e.Memory().Layout
	if layout.Stride != link.Stride || layout.Lines != link.Lines || e.Stats().Copied != 0 {
		t.Errorf("the way has %+v, the memory %+v, counted %+v", link, layout, e.Stats())
	}
}

func TestHardwareLinesOfAnotherLength(t *testing.T) {
	o := chosen(t, wish, capture.YUYV)
	o.Format.Stride = 1408
	c, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if c.Format() != o.Format {
		t.Errorf("asked for %+v it has %+v", o.Format, c.Format())
	}
	take(t, c, 2, func(_ int, f *capture.RawFrame) {
		if f.Stride != 1408 || len(f.Data) < 1408*360 {
			t.Errorf("a picture of %d bytes as %+v", len(f.Data), f.VideoFormat)
		}
	})
	e := boardOptions(t, capture.YUYV, 640, 360, true)
	e.Format.Stride = 1408
	if e := must(OpenEncoder(e)); e.Memory().Layout.Stride != 1408 {
		t.Errorf("the encoder's memory is %+v", e.Memory().Layout)
	} else {
		e.Close()
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// FindBoard is called while shows run: it disturbs nothing, and leaves nothing.
func TestHardwareBoardWhileTheCameraRuns(t *testing.T) {
	c := opened(t, wish, capture.YUYV)
	idle := must(FindBoard())
	take(t, c, 20, func(i int, f *capture.RawFrame) {
		if i%5 != 2 {
			return
		}
		b := must(FindBoard())
		if len(b.Cameras) != 1 || !b.Cameras[0].Exports || !b.Cameras[0].Imports ||
			len(b.Cameras[0].Offers) != len(idle.Cameras[0].Offers) ||
			offer(b.Cameras[0].Queue, capture.NV12).Stride != loose {
			t.Errorf("a camera that is busy is %+v", b.Cameras)
		}
	})
	if used := boardParameter(t, "memory_used"); used != "0" {
		t.Errorf("%s bytes of the encoder's memory are left", used)
	}
	fd := must(openNode(c.path))
	defer unix.Close(fd)
	f := uapi.Format{Type: uint32(c.queue.kind)}
	if err := uapi.GetFmt(fd, &f); err != nil || answerOf(&f).FourCC != capture.YUYV {
		t.Errorf("its format is %+v now, %v", answerOf(&f), err)
	}
}
