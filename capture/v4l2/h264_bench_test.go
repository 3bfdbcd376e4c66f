//go:build bench

package v4l2

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"vigie/capture"
	"vigie/capture/h264"
	"vigie/capture/v4l2/uapi"
)

// These run against the bench's own encoder (bench/kernel/encoder.c), which behaves as a Raspberry Pi's.

// board is an encoder of H.264 that is closed with the test.
func board(t *testing.T, format capture.FourCC, width, height int, export bool) *Encoder {
	t.Helper()
	e, err := OpenEncoder(boardOptions(t, format, width, height, export))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

// encoders is what encoderOf found. It is looked for once: in a loop that never rests, the bench's kernel does not get
// round to unmapping what FindBoard had allocated.
var encoders = make(map[capture.FourCC]capture.Mem2Mem)

// encoderOf is the device that makes that of raw pictures.
func encoderOf(t *testing.T, coded capture.FourCC) capture.Mem2Mem {
	t.Helper()
	if m, known := encoders[coded]; known {
		return m
	}
	b, err := FindBoard()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(b.Mem2Mem, func(m capture.Mem2Mem) bool {
		return offer(m.Out, coded) != nil && offer(m.In, coded) == nil
	})
	if i < 0 {
		t.Fatalf("no encoder of %s on %+v", coded, b)
	}
	encoders[coded] = b.Mem2Mem[i]
	return b.Mem2Mem[i]
}

func offer(q capture.Queue, f capture.FourCC) *capture.Offer {
	if i := slices.IndexFunc(q.Offers, func(o capture.Offer) bool { return o.FourCC == f }); i >= 0 {
		return &q.Offers[i]
	}
	return nil
}

func boardOptions(t *testing.T, format capture.FourCC, width, height int, export bool) EncoderOptions {
	return EncoderOptions{
		Device: encoderOf(t, capture.H264).Path, Bitrate: 1_000_000, Export: export,
		Format: capture.VideoFormat{FourCC: format, Width: width, Height: height, FPS: 30},
		Log:    slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
}

const boardParameters = "/sys/module/bench_encoder/parameters/"

// fault sets one of the board's parameters until the test ends.
func fault(t *testing.T, name, value string) {
	t.Helper()
	before := boardParameter(t, name)
	if err := os.WriteFile(boardParameters+name, []byte(value), 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.WriteFile(boardParameters+name, []byte(before), 0) })
}

func boardParameter(t *testing.T, name string) string {
	t.Helper()
	value, err := os.ReadFile(boardParameters + name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(value))
}

func (e *Encoder) control(t *testing.T, id uint32) int {
	t.Helper()
	c := uapi.Control{ID: id}
	if err := uapi.GetControl(e.fd, &c); err != nil {
		t.Fatal(err)
	}
	return int(c.Value)
}

func TestHardwareMakesTheH264ThatWasAskedFor(t *testing.T) {
	e := board(t, capture.YUYV, 640, 360, false)
	f := moving(capture.YUYV, 640, 360, 0)
	for n := range 70 { // past the driver's own GOP of 60
		f.PTS += 33_333_333
		u := encode(t, e, f, n == 20)
		if want := n == 0 || n == 20; u.IDR != want || h264.IsIDR(u.Data) != want {
			t.Errorf("picture %d is an IDR: %v, want %v", n, u.IDR, want)
		}
		if s, ok := new(h264.ParameterSets).SPS(u.Data); ok != u.IDR || ok &&
			(!s.ConstrainedBaseline() || s.Level != 30 || s.Width != 640 || s.Height != 360) {
			t.Errorf("picture %d has the parameters %+v, want constrained baseline, level 3.0, 640x360", n, s)
		}
		u.Release()
	}
	if s := e.Stats(); s != (capture.DeviceStats{Copied: 70}) {
		t.Errorf("counted %+v, want 70 copies and nothing else", s)
	}
	for asked, want := range map[int]int{1_000_000: 1_000_000, 310_000: 300_000, 1: 25_000, 1 << 30: 25_000_000} {
		if err := e.SetBitrate(asked); err != nil {
			t.Error(err)
		}
		if got := e.control(t, uapi.CtrlBitrate); got != want {
			t.Errorf("asked for %d b/s while streaming it is %d, want %d", asked, got, want)
		}
	}
	n := testing.AllocsPerRun(30, func() {
		f.PTS += 33_333_333
		encode(t, e, f, false).Release()
	})
	if n != 0 {
		t.Errorf("%v allocations for a picture, want none", n)
	}
}

func TestHardwareWithoutRepeatedParameterSets(t *testing.T) {
	e := board(t, capture.YUYV, 640, 360, false)
	if err := uapi.SetControl(e.fd, &uapi.Control{ID: uapi.CtrlRepeatHeaders, Value: 0}); err != nil {
		t.Fatal(err)
	}
	f := moving(capture.YUYV, 640, 360, 0)
	for n := range 6 {
		f.PTS += 33_333_333
		u := encode(t, e, f, n == 3)
		if _, ok := new(h264.ParameterSets).SPS(u.Data); ok != (n%3 == 0) {
			t.Errorf("picture %d has an SPS: %v", n, ok)
		}
		u.Release()
	}
}

func TestHardwareOfTheBoardCopiesNoPixel(t *testing.T) {
	e := board(t, capture.YUYV, 640, 360, true)
	o := wish
	o.Import = e.Memory()
	camera := opened(t, o, capture.YUYV)
	take(t, camera, 30, func(i int, f *capture.RawFrame) {
		encode(t, e, f, i == 15).Release()
	})
	camera.Close()
	if s := e.Stats(); s.Copied != 0 || s.Shared < 30 || s.Damaged+s.Discarded+s.Unmatched != 0 {
		t.Errorf("counted %+v, want no copy and nothing thrown away", s)
	}
	planar := board(t, capture.YU12, 640, 360, true)
	o.Import = planar.Memory()
	if c, err := Open(chosen(t, o, capture.YU12)); !errors.Is(err, capture.ErrUnsupported) {
		t.Errorf("planar pictures of 360 lines into planes of 368: %v, %v; want ErrUnsupported", c, err)
	}
}

// received is a sink that passes on what each unit was.
type received chan struct{ idr, filler bool }

func (r received) WriteVideo(u *capture.AccessUnit) {
	select {
	case r <- struct{ idr, filler bool }{u.IDR, u.Filler}:
	default:
	}
}

func (r received) WriteAudio(*capture.AudioPacket) {}

// videoOf is a pipeline of what is open; it is not opened again.
func videoOf(t *testing.T, camera capture.Camera, e capture.Encoder) *capture.Video {
	opened := false
	return capture.NewVideo(capture.VideoOptions{
		Open: func(kept capture.Chain, _ capture.Demand) (capture.Chain, error) {
			if opened {
				return kept, capture.ErrNotFound
			}
			opened = true
			return capture.Chain{Camera: camera, Encoder: e, Format: camera.Format()}, nil
		},
		Slate: func(f capture.VideoFormat, _ bool) *capture.RawFrame {
			return moving(capture.YU12, f.Width, f.Height, 0)
		},
		Found: func(bool) {}, Lost: func(err error) { t.Error(err) },
	})
}

func TestHardwareInThePipeline(t *testing.T) {
	e := board(t, capture.YUYV, 640, 360, true)
	o := wish
	o.Import = e.Memory()
	v := videoOf(t, opened(t, o, capture.YUYV), e)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); v.Run(ctx) }()
	sink := make(received, 100)
	for _, cut := range []bool{false, true, false} {
		v.SetSink(nil)
		v.SetCut(cut)
		for len(sink) > 0 {
			<-sink
		}
		v.SetSink(sink)
		for i := range 10 {
			if u := <-sink; u.filler != cut || u.idr != (i == 0) {
				t.Errorf("cut %v: unit %d is filler: %v, an IDR: %v", cut, i, u.filler, u.idr)
			}
		}
		v.SetBitrate(300_000)
	}
	cancel()
	<-ended
	if s := e.Stats(); s.Copied < 10 || s.Shared < 20 || s.Dropped+s.Damaged+s.Unmatched != 0 {
		t.Errorf("counted %+v, want the slate copied and the camera's pictures not", s)
	}
}

func TestHardwareFaults(t *testing.T) {
	f := moving(capture.YUYV, 640, 360, 0)
	next := func() *capture.RawFrame { f.PTS += 33_333_333; return f }

	t.Run("stall", func(t *testing.T) {
		e := board(t, capture.YUYV, 640, 360, false)
		encode(t, e, next(), false).Release()
		fault(t, "stall", "1")
		begin := capture.Now()
		var err error
		for err == nil && capture.Now()-begin < 5*time.Second {
			_, err = e.Encode(next(), false)
		}
		if took := capture.Now() - begin; !errors.Is(err, capture.ErrStalled) || took < stall || took > 2*stall {
			t.Errorf("after %v: %v, want capture.ErrStalled after %v", took, err, stall)
		}
		e.Close()
		again := board(t, capture.YUYV, 640, 360, false)
		u := encode(t, again, next(), false)
		if !u.IDR {
			t.Error("the first picture after a stall is no IDR")
		}
		u.Release()
	})
	t.Run("damaged", func(t *testing.T) {
		e := board(t, capture.YUYV, 640, 360, false)
		encode(t, e, next(), false).Release()
		fault(t, "errors", "1")
		if u, err := e.Encode(next(), false); u != nil || err != nil || e.Stats().Damaged != 1 {
			t.Errorf("a damaged picture is %v, %v, counted %+v; want it dropped and counted", u, err, e.Stats())
		}
		u := encode(t, e, next(), false)
		if !u.IDR {
			t.Error("the picture after a damaged one is no IDR")
		}
		u.Release()
	})
	t.Run("stamps", func(t *testing.T) {
		e := board(t, capture.YUYV, 640, 360, false)
		fault(t, "lose_timestamps", "1")
		for range 5 {
			encode(t, e, next(), false).Release()
		}
		if n := e.Stats().Unmatched; n != 5 {
			t.Errorf("%d units took the oldest picture's stamp, want 5", n)
		}
	})
	t.Run("slow", func(t *testing.T) {
		e := board(t, capture.YUYV, 640, 360, false)
		fault(t, "latency_ms", "150")
		if u, err := e.Encode(next(), false); u != nil || err != nil {
			t.Errorf("a picture that takes 150 ms is %v, %v; want neither", u, err)
		}
		late := f.PTS
		if u, err := e.Encode(next(), false); err != nil || u == nil || u.PTS != late {
			t.Errorf("the next call = %v, %v; want the picture before", u, err)
		} else {
			u.Release()
		}
	})
	t.Run("memory", func(t *testing.T) {
		fault(t, "memory_limit", "4000000") // 512 KiB and 471 kB a buffer
		e := board(t, capture.YUYV, 640, 360, true)
		if n := len(e.output.memory); n < 3 || n >= spare+bufferCount {
			t.Errorf("it has %d buffers for pictures, want fewer than there would be", n)
		}
		encode(t, e, next(), false).Release()
		e.Close()
		fault(t, "memory_limit", "1000000")
		if e, err := OpenEncoder(boardOptions(t, capture.YUYV, 640, 360, true)); !errors.Is(err, capture.ErrNoMemory) {
			t.Errorf("OpenEncoder without memory = %v, %v; want capture.ErrNoMemory", e, err)
		}
		if used := boardParameter(t, "memory_used"); used != "0" {
			t.Errorf("%s bytes of buffers are left", used)
		}
	})
}
