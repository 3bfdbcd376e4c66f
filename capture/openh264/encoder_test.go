package openh264

import (
	"bytes"
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"vigie/capture"
	"vigie/capture/capturetest"
	"vigie/capture/h264"
)

func open(t testing.TB, width, height, bitrate int) *Encoder {
	t.Helper()
	e, err := New(Options{
		Format:  capture.VideoFormat{FourCC: capture.YU12, Width: width, Height: height, Stride: width, FPS: 30},
		Bitrate: bitrate,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// testPictures calls f with n test pictures, in fake time.
func testPictures(t *testing.T, width, height, n int, f func(i int, p *capture.RawFrame)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		camera := capturetest.NewCamera(capturetest.CameraOptions{
			Width: width, Height: height, FPS: 30, Channel: "Main stage",
			Now: func() time.Duration { return time.Hour + time.Since(start) },
		})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		i := 0
		if err := camera.Stream(ctx, func(p *capture.RawFrame) {
			if i < n {
				f(i, p)
			}
			if i++; i == n {
				cancel()
			}
		}); err != nil {
			t.Error(err)
		}
	})
}

func types(data []byte) (list []h264.NALType) {
	for nal := range h264.NALs(data) {
		list = append(list, h264.TypeOf(nal))
	}
	return list
}

func TestEncode(t *testing.T) {
	e := open(t, 640, 360, 1_000_000)
	var rtp h264.Depacketizer
	packetizer := h264.NewPacketizer(1200)
	sequence := uint16(0)
	testPictures(t, 640, 360, 60, func(i int, p *capture.RawFrame) {
		asked := i == 0 || i == 20 || i == 21 || i == 45
		u, err := e.Encode(p, asked && i > 0)
		if err != nil || u == nil {
			t.Fatalf("picture %d: %v, %v", i, u, err)
		}
		defer u.Release()
		if u.PTS != p.PTS || u.Filler || u.Coded == 0 {
			t.Errorf("picture %d of %v: %v, filler %v, coded at %v", i, p.PTS, u.PTS, u.Filler, u.Coded)
		}
		if asked && !u.IDR {
			t.Errorf("picture %d is not the IDR picture that was asked for", i)
		}
		list := types(u.Data)
		if u.IDR && (len(list) != 3 || list[0] != h264.SPS || list[1] != h264.PPS || list[2] != h264.SliceIDR) ||
			!u.IDR && (len(list) != 1 || list[0] != h264.Slice) {
			t.Errorf("picture %d, IDR %v, has NAL units %v", i, u.IDR, list)
		}
		for packetizer.Reset(u.Data); packetizer.More(); sequence++ {
			payload, last := packetizer.Next(nil)
			if got := rtp.Push(payload, sequence, uint32(i), last); last && h264.IsIDR(got) != u.IDR {
				t.Errorf("picture %d did not come through RTP", i)
			}
		}
	})
}

// The stream says that it is constrained baseline, of the right size, at the level of table A-1.
func TestParameterSets(t *testing.T) {
	for _, c := range []struct {
		width, height int
		level         uint8
	}{{640, 360, 30}, {1280, 720, 31}, {1920, 1080, 40}, {642, 363, 30}} {
		e := open(t, c.width, c.height, 1_000_000)
		p := &capture.RawFrame{VideoFormat: e.format, Data: make([]byte, c.width*c.height*2), PTS: time.Hour}
		u, err := e.Encode(p, false)
		if err != nil {
			t.Fatal(err)
		}
		var sets h264.ParameterSets
		sps, ok := sets.SPS(u.Data)
		if !ok || !sps.ConstrainedBaseline() || sps.Level != c.level || sps.Width != c.width&^1 || sps.Height != c.height&^1 {
			t.Errorf("%d×%d: %+v", c.width, c.height, sps)
		}
		if want := h264.Level(c.width, c.height, 30, 1_000_000); sps.Level != want {
			t.Errorf("level %d, table A-1 says %d", sps.Level, want)
		}
		u.Release()
	}
}

// moving is a run of pictures that cost bits: a texture that moves, and noise. It is drawn once.
type moving struct {
	frame    capture.RawFrame
	pictures [20][]byte
}

func newMoving(width, height, noise int) *moving {
	format := capture.VideoFormat{FourCC: capture.YU12, Width: width, Height: height, Stride: width, FPS: 30}
	m := &moving{frame: capture.RawFrame{VideoFormat: format}}
	random := rand.New(rand.NewPCG(1, 2))
	for i := range m.pictures {
		data := bytes.Repeat([]byte{128}, width*height*3/2)
		for y := range height {
			wave := 3 * math.Sin(float64(y)/31)
			for x := range width {
				data[y*width+x] = byte(100 + 60*math.Sin(float64(x+i)/17+wave) + float64(random.IntN(noise)))
			}
		}
		m.pictures[i] = data
	}
	return m
}

// next returns picture i: they run forward and backward by turns, so that there is never a new scene.
func (m *moving) next(i int) *capture.RawFrame {
	last := len(m.pictures) - 1
	m.frame.PTS = time.Hour + time.Duration(i)*time.Second/30
	m.frame.Data = m.pictures[last-abs(i%(2*last)-last)]
	return &m.frame
}

func abs(n int) int { return max(n, -n) }

// seconds encodes n seconds of moving pictures and returns the kilobits of each and the pictures that were skipped.
func seconds(t *testing.T, e *Encoder, m *moving, from, n int) (kilobits []int, skipped int) {
	t.Helper()
	for s := from; s < from+n; s++ {
		size := 0
		for i := range 30 {
			u, err := e.Encode(m.next(30*s+i), false)
			if err != nil {
				t.Fatal(err)
			}
			if u == nil {
				skipped++
				continue
			}
			size += len(u.Data)
			u.Release()
		}
		kilobits = append(kilobits, size*8/1000)
	}
	return kilobits, skipped
}

// The bitrate follows SetBitrate within a second, down and up, and no picture is skipped for it.
func TestSetBitrate(t *testing.T) {
	e, m := open(t, 640, 360, 1_000_000), newMoving(640, 360, 8)
	at := 0
	for _, want := range []int{1000, 400, 2000, 1000} {
		if err := e.SetBitrate(want * 1000); err != nil {
			t.Fatal(err)
		}
		got, skipped := seconds(t, e, m, at, 3)
		at += 3
		t.Logf("target %d kb/s: %v, %d skipped", want, got, skipped)
		for i, kilobits := range got {
			// The first second holds the change, and at the very beginning an IDR picture.
			if tolerance := want * 15 / 100; i > 0 && (kilobits < want-tolerance || kilobits > want+tolerance) {
				t.Errorf("target %d kb/s, second %d: %d kb/s", want, i, kilobits)
			}
		}
		if skipped > 0 {
			t.Errorf("target %d kb/s: %d pictures skipped", want, skipped)
		}
	}
}

// What cannot be coded at the bitrate comes with fewer pictures, never with a standstill; and an IDR picture that was
// asked for comes at once.
func TestPicturesAreSkippedEvenly(t *testing.T) {
	e, m := open(t, 640, 360, 100_000), newMoving(640, 360, 100)
	skipped, inRow, longest, asks := 0, 0, 0, 0
	for i := range 150 {
		// In a row of skipped pictures, where the next would be skipped as well.
		asked := i > 50 && inRow == 1 && asks == 0
		if asked {
			asks++
		}
		u, err := e.Encode(m.next(i), asked)
		if err != nil {
			t.Fatal(err)
		}
		if u == nil {
			skipped++
			inRow++
			longest = max(longest, inRow)
			if asked {
				t.Error("the IDR picture that was asked for was skipped")
			}
			continue
		}
		inRow = 0
		if asked && !u.IDR {
			t.Error("the picture after the request is not an IDR picture")
		}
		u.Release()
	}
	if longest < 2 || longest > maxSkips || asks == 0 {
		t.Errorf("%d of 150 pictures skipped, %d in a row, %d IDR pictures asked for", skipped, longest, asks)
	}
}

func TestNewRefuses(t *testing.T) {
	for _, o := range []Options{
		{Format: capture.VideoFormat{Width: 8, Height: 8}, Bitrate: 1_000_000},
		{Format: capture.VideoFormat{Width: 8000, Height: 6000}, Bitrate: 1_000_000},
		{Format: capture.VideoFormat{Width: 640, Height: 360}},
	} {
		if _, err := New(o); !errors.Is(err, capture.ErrUnsupported) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	e, m := open(t, 64, 48, 100_000), newMoving(64, 48, 8)
	other := newMoving(32, 32, 8).next(0)
	short := *m.next(0)
	short.Data = short.Data[:100]
	if _, err := e.Encode(m.next(0), false); err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]*capture.RawFrame{"another size": other, "short data": &short} {
		if _, err := e.Encode(p, true); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	// The IDR picture that was asked for with a broken picture is the next good one.
	if u, err := e.Encode(m.next(1), false); err != nil || !u.IDR {
		t.Errorf("after errors: %v, IDR %v", err, u != nil && u.IDR)
	}
	if err := e.SetBitrate(0); err == nil {
		t.Error("bitrate 0: no error")
	}
}

func TestClosed(t *testing.T) {
	e, m := open(t, 64, 48, 100_000), newMoving(64, 48, 8)
	for range 2 {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := e.Encode(m.next(0), false); err == nil {
		t.Error("Encode: no error")
	}
	if err := e.SetBitrate(200_000); err == nil {
		t.Error("SetBitrate: no error")
	}
}
