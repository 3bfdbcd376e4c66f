//go:build bench

package v4l2

import (
	"encoding/binary"
	"errors"
	"log/slog"
	"math"
	"os"
	"testing"
	"time"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

// These run against the kernel's virtual codec, vicodec, which codes FWHT.

// encoding is an encoder that is closed with the test.
func encoding(t *testing.T, format capture.FourCC, width, height int, export bool) *Encoder {
	t.Helper()
	e, err := openEncoder(EncoderOptions{
		Device: encoderOf(t, fwht).Path, Bitrate: 1_000_000, Export: export,
		Format: capture.VideoFormat{FourCC: format, Width: width, Height: height, FPS: 30},
		Log:    slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug})),
	}, fwht)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

// moving is the n-th picture of something smooth that moves.
func moving(format capture.FourCC, width, height, n int) *capture.RawFrame {
	stride := width
	if format == capture.YUYV {
		stride *= 2
	}
	f := &capture.RawFrame{
		VideoFormat: capture.VideoFormat{FourCC: format, Width: width, Height: height, Stride: stride},
		PTS:         time.Hour + time.Duration(n)*33_333_333,
	}
	f.Data = make([]byte, pictureSize(f.VideoFormat))
	each(layoutOf(f.VideoFormat), f.Data, func(p *byte, plane, x, y int) {
		*p = byte(128 + 60*math.Sin(float64(x+4*n)/40+float64(plane)) + 40*math.Cos(float64(y)/30))
	})
	return f
}

// psnr is how alike two pictures are, in dB.
func psnr(a Layout, x []byte, b Layout, y []byte) float64 {
	var values []byte
	each(a, x, func(p *byte, _, _, _ int) { values = append(values, *p) })
	var sum float64
	i := 0
	b.Height = a.Height
	each(b, y, func(p *byte, _, _, _ int) {
		d := float64(*p) - float64(values[i])
		sum += d * d
		i++
	})
	return 10 * math.Log10(255*255*float64(i)/max(sum, 1e-9))
}

// independent tells an FWHT picture that needs no other (V4L2_FWHT_FL_I_FRAME) by its header, which is big-endian:
// two words of magic, version, width, height, flags.
func independent(unit []byte) bool { return binary.BigEndian.Uint32(unit[20:])&(1<<10) != 0 }

// encode codes one picture, and ends the test where nothing comes of it. The unit is the caller's.
func encode(t *testing.T, e *Encoder, f *capture.RawFrame, idr bool) *capture.AccessUnit {
	t.Helper()
	u, err := e.Encode(f, idr)
	if err != nil || u == nil {
		t.Fatalf("Encode = %v, %v", u, err)
	}
	if u.PTS != f.PTS || u.Coded == 0 {
		t.Errorf("the unit has PTS %v and was coded at %v, want %v and some time", u.PTS, u.Coded, f.PTS)
	}
	return u
}

func TestHardwareRefusesWhatItCannotCode(t *testing.T) {
	raw := capture.VideoFormat{FourCC: capture.NV12, Width: 640, Height: 360}
	for device, format := range map[string]capture.VideoFormat{
		encoderOf(t, fwht).Path:              {FourCC: capture.MJPEG, Width: 640, Height: 360},
		encoderOf(t, capture.H264).Path:      raw, // it makes no FWHT
		chosen(t, wish, capture.YUYV).Device: raw, // a camera
		mem2mem(t, fwht, capture.NV12):       raw, // a decoder
	} {
		e, err := openEncoder(EncoderOptions{Device: device, Bitrate: 1, Format: format}, fwht)
		if !errors.Is(err, capture.ErrUnsupported) {
			t.Errorf("%s as an encoder of %s to FWHT: %v, %v; want ErrUnsupported", device, format.FourCC, e, err)
		}
	}
}

func TestHardwareRoundTrip(t *testing.T) {
	for _, format := range []capture.FourCC{capture.NV12, capture.YU12} {
		for _, height := range []int{480, 360} {
			e, d := encoding(t, format, 640, height, false), newDecoder(t, format, 640, height)
			for n := range 20 {
				f := moving(format, 640, height, n)
				u := encode(t, e, f, false)
				if h := int(binary.BigEndian.Uint32(u.Data[16:])); h != height {
					t.Fatalf("%d lines were coded, want %d: the padding is cropped", h, height)
				}
				got := d.decode(t, u)
				if got.PTS != f.PTS {
					t.Errorf("picture %d came out of the decoder with %v, want %v", n, got.PTS, f.PTS)
				}
				if db := psnr(layoutOf(f.VideoFormat), f.Data, layoutOf(got.VideoFormat), got.Data); db < 30 {
					t.Errorf("%s, %d lines, picture %d: %.1f dB from what went in", format, height, n, db)
				}
				u.Release()
			}
			if s := e.Stats(); s != (capture.DeviceStats{Copied: 20}) {
				t.Errorf("counted %+v, want 20 copies and nothing else", s)
			}
			e.Close()
		}
	}
}

func TestHardwareMakesAnIDRWhenAsked(t *testing.T) {
	e := encoding(t, capture.NV12, 640, 480, false)
	still := moving(capture.NV12, 640, 480, 0)
	for n := range 12 { // within a GOP of 16
		still.PTS += 33 * time.Millisecond
		u := encode(t, e, still, n == 5)
		if want := n == 0 || n == 5; independent(u.Data) != want {
			t.Errorf("picture %d is independent: %v, want %v", n, !want, want)
		}
		u.Release()
	}
}

func TestHardwareStopGivesAllPictures(t *testing.T) {
	e := encoding(t, capture.NV12, 640, 480, false)
	for round := range 3 {
		var want, got []time.Duration
		for n := range spare { // more go in than come out
			f := moving(capture.NV12, 640, 480, 10*round+n)
			i, err := e.place(f)
			if err != nil || i < 0 {
				t.Fatalf("place = %d, %v", i, err)
			}
			if err := e.give(i, f); err != nil {
				t.Fatal(err)
			}
			want = append(want, f.PTS)
		}
		err := e.Stop(func(u *capture.AccessUnit) {
			if first := len(got) == 0; independent(u.Data) != first {
				t.Errorf("round %d: picture %d is independent: %v", round, len(got), !first)
			}
			got = append(got, u.PTS)
		})
		if err != nil || len(got) != len(want) {
			t.Fatalf("round %d: Stop = %v and %v, want %v", round, err, got, want)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("round %d: Stop gave %v, want %v", round, got, want)
			}
		}
		if err := e.Stop(func(*capture.AccessUnit) { t.Error("a unit of an encoder that rests") }); err != nil {
			t.Error(err)
		}
	}
}

func TestHardwareStartsAndStopsLeaveNothing(t *testing.T) {
	count := func() int {
		files, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(files)
	}
	f := moving(capture.NV12, 640, 480, 0)
	round := func() {
		e := encoding(t, capture.NV12, 640, 480, true)
		for range 2 {
			f.PTS += time.Second
			encode(t, e, f, true).Release()
			if err := e.Stop(func(*capture.AccessUnit) {}); err != nil {
				t.Fatal(err)
			}
		}
		e.Close()
		e.Close()
		if _, err := e.Encode(f, false); !errors.Is(err, os.ErrClosed) {
			t.Fatalf("Encode after Close = %v, want os.ErrClosed", err)
		}
	}
	round()
	files := count()
	for range 50 {
		round()
	}
	if n := count(); n != files {
		t.Errorf("%d open files after 50 rounds, %d before", n, files)
	}
}

func TestHardwareThatGivesNothingIsStalled(t *testing.T) {
	e := encoding(t, capture.NV12, 640, 480, false)
	f := moving(capture.NV12, 640, 480, 0)
	encode(t, e, f, false).Release()
	e.capture.stop() // and without buffers it can put nothing out
	if err := uapi.StreamOn(e.fd, e.capture.kind); err != nil {
		t.Fatal(err)
	}
	begin := capture.Now()
	for calls := 0; ; calls++ {
		f.PTS += 33 * time.Millisecond
		u, err := e.Encode(f, false)
		if errors.Is(err, capture.ErrStalled) {
			break
		}
		if u != nil || err != nil || calls > 20 {
			t.Fatalf("after %d calls and %v: Encode = %v, %v; want capture.ErrStalled", calls, capture.Now()-begin, u, err)
		}
	}
	if took := capture.Now() - begin; took < stall {
		t.Errorf("stalled after %v, want %v", took, stall)
	}
	if err := e.Stop(func(*capture.AccessUnit) {}); !errors.Is(err, capture.ErrStalled) {
		t.Errorf("Stop = %v, want capture.ErrStalled", err)
	}
	f.PTS += time.Second
	encode(t, e, f, false).Release()
}

func TestHardwareBehindByAPicture(t *testing.T) {
	e := encoding(t, capture.NV12, 640, 480, false)
	encode(t, e, moving(capture.NV12, 640, 480, 0), false).Release()
	e.capture.stop()
	if err := uapi.StreamOn(e.fd, e.capture.kind); err != nil { // and without buffers it can put nothing out
		t.Fatal(err)
	}
	first, second := moving(capture.NV12, 640, 480, 1), moving(capture.NV12, 640, 480, 2)
	if u, err := e.Encode(first, false); u != nil || err != nil {
		t.Fatalf("Encode without room for what it codes = %v, %v, want neither", u, err)
	}
	if err := e.capture.put(0, 0, uapi.Timeval{}); err != nil {
		t.Fatal(err)
	}
	u, err := e.Encode(second, false)
	if err != nil || u == nil || u.PTS != first.PTS {
		t.Fatalf("the unit after it = %v, %v, want the first picture's", u, err)
	}
	u.Release()
	// The second picture is in the encoder yet.
	encode(t, e, moving(capture.NV12, 640, 480, 3), true).Release()
	if s := e.Stats(); s != (capture.DeviceStats{Copied: 4, Discarded: 1}) {
		t.Errorf("counted %+v, want 4 copies and the picture before the IDR discarded", s)
	}
}

func TestHardwareTakesOneSize(t *testing.T) {
	e := encoding(t, capture.NV12, 640, 480, false)
	if _, err := e.Encode(moving(capture.NV12, 640, 360, 0), false); err == nil {
		t.Error("a picture of another size was taken")
	}
	if err := e.SetBitrate(300_000); err != nil {
		t.Errorf("SetBitrate of an encoder without a bitrate = %v", err)
	}
}

func TestHardwarePictureAllocatesNothing(t *testing.T) {
	e := encoding(t, capture.NV12, 640, 480, false)
	f := moving(capture.NV12, 640, 480, 0)
	n := testing.AllocsPerRun(50, func() {
		f.PTS += 33 * time.Millisecond
		encode(t, e, f, false).Release()
	})
	if n != 0 {
		t.Errorf("%v allocations for a picture, want none", n)
	}
}
