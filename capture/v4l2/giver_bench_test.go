//go:build bench

package v4l2

import (
	"errors"
	"os"
	"testing"
	"time"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

// giving is a camera whose memory is for an encoder to read.
func giving(t *testing.T, format capture.FourCC, width, height int) *Camera {
	t.Helper()
	o := wish
	o.Format.Width, o.Format.Height, o.Export = width, height, true
	return opened(t, o, format)
}

// reading is an encoder that is closed with the test.
func reading(t *testing.T, m *Memory, coded capture.FourCC) (*Encoder, error) {
	t.Helper()
	o := boardOptions(t, m.Layout.FourCC, m.Layout.Width, m.Layout.Height, false)
	o.Device, o.Import = encoderOf(t, coded).Path, m
	e, err := openEncoder(o, coded)
	if err == nil {
		t.Cleanup(func() { e.Close() })
	}
	return e, err
}

func TestHardwareReadsFromTheCamerasMemory(t *testing.T) {
	camera := giving(t, capture.YUYV, 640, 480)
	m := camera.Memory()
	if m.Count() != bufferCount+slates {
		t.Errorf("the camera exports %d buffers, want %d and %d for slates", m.Count(), bufferCount, slates)
	}
	e, err := reading(t, m, fwht)
	if err != nil {
		t.Fatal(err)
	}
	if e.Memory() != nil {
		t.Error("an encoder exports memory that is a camera's")
	}
	d := newDecoder(t, capture.YUYV, 640, 480)
	slate := moving(capture.YU12, 640, 480, 0)
	taken := make(map[*byte]bool)
	take(t, camera, 30, func(i int, f *capture.RawFrame) {
		taken[&f.Data[0]] = true
		picture, least := f, 25.0
		if i%10 == 9 {
			slate.PTS = f.PTS
			picture = slate
		}
		u := encode(t, e, picture, i%10 == 0)
		defer u.Release()
		got := d.decode(t, u)
		if picture == slate {
			return
		}
		if db := psnr(layoutOf(f.VideoFormat), f.Data, layoutOf(got.VideoFormat), got.Data); db < least {
			t.Errorf("picture %d is %.1f dB from the camera's", i, db)
		}
	})
	if s := e.Stats(); s.Copied != 3 || s.Shared < 27 || s.Dropped+s.Damaged+s.Unmatched != 0 {
		t.Errorf("counted %+v, want 3 copies, of the slate", s)
	}
	if len(taken) < 2 || len(taken) > bufferCount {
		t.Errorf("the camera filled %d buffers, want no more than %d", len(taken), bufferCount)
	}
	// A camera that goes leaves the encoder its memory, for slates.
	camera.Close()
	for range 3 {
		slate.PTS += 33_333_333
		encode(t, e, slate, false).Release()
	}
	e.Close()
	if n := m.users.Load(); n != 0 || m.mapped != nil {
		t.Errorf("%d users of the memory are left", n)
	}
}

func TestHardwareTheCameraWaitsForTheEncoder(t *testing.T) {
	camera := giving(t, capture.YUYV, 640, 480)
	leavesBusyAlone(t, camera, camera.Memory())
}

// leavesBusyAlone holds that a camera writes to no memory that the encoder has, and does again once it has it no more.
func leavesBusyAlone(t *testing.T, camera *Camera, m *Memory) {
	t.Helper()
	busy, back := -1, false
	take(t, camera, 30, func(i int, f *capture.RawFrame) {
		k := m.index(f)
		switch {
		case k < 0:
			t.Fatalf("picture %d is not in the memory", i)
		case i == 0:
			busy = k
			m.busy[k] = true // the encoder is not done with it
		case i < 15 && k == busy:
			t.Errorf("picture %d is in memory that the encoder reads", i)
		case k == busy:
			back = true
		case i == 15:
			m.busy[busy] = false
		}
	})
	if !back {
		t.Errorf("buffer %d did not come back", busy)
	}
}

func TestHardwareRefusesMemoryInPieces(t *testing.T) {
	camera := giving(t, capture.YUYV, 640, 360) // vivid's, page by page
	if e, err := reading(t, camera.Memory(), capture.H264); !errors.Is(err, capture.ErrUnsupported) {
		t.Errorf("OpenEncoder = %v, %v; want ErrUnsupported", e, err)
	}
	if n := camera.Memory().users.Load(); n != 1 {
		t.Errorf("%d users of the camera's memory are left, want the camera", n)
	}
	take(t, camera, 2, func(int, *capture.RawFrame) {}) // the camera is none the worse
}

// contiguousCamera gives vivid contiguous memory until the test ends, which it reads when it is bound.
func contiguousCamera(t *testing.T) {
	t.Helper()
	const parameter = "/sys/module/vivid/parameters/allocators"
	refit := func(value string) error {
		driver(t, "unbind")
		defer driver(t, "bind")
		return os.WriteFile(parameter, []byte(value), 0)
	}
	if err := refit("1"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := refit("0"); err != nil {
			t.Error(err)
		}
	})
}

func TestHardwareOfTheBoardReadsTheCamerasMemory(t *testing.T) {
	contiguousCamera(t)
	camera := giving(t, capture.YUYV, 640, 480)
	e, err := reading(t, camera.Memory(), capture.H264)
	if err != nil {
		t.Fatal(err)
	}
	slate := moving(capture.YU12, 640, 480, 0)
	take(t, camera, 30, func(i int, f *capture.RawFrame) {
		picture := f
		if i%10 == 9 {
			slate.PTS = f.PTS
			picture = slate
		}
		encode(t, e, picture, i == 15).Release()
	})
	if s := e.Stats(); s.Copied != 3 || s.Shared < 27 || s.Dropped+s.Damaged+s.Unmatched != 0 {
		t.Errorf("counted %+v, want 3 copies, of the slate", s)
	}
	camera.Close() // before vivid is unbound
}

func TestHardwareReadsContiguousMemory(t *testing.T) {
	// Another encoder's memory stands for that of a camera whose driver has it in one piece.
	giver := board(t, capture.YUYV, 640, 360, true)
	m := giver.Memory()
	e, err := reading(t, m, capture.H264)
	if err != nil {
		t.Fatal(err)
	}
	f := moving(capture.YUYV, 640, 360, 0)
	for i := range 10 {
		k := i % m.filled
		if m.busy[k] {
			t.Fatalf("picture %d: the encoder keeps buffer %d", i, k)
		}
		copy(m.data[k], f.Data)
		shared := *f
		shared.Data, shared.PTS = m.data[k][:len(f.Data)], f.PTS+1
		f = &shared
		u := encode(t, e, f, i == 5)
		if want := i == 0 || i == 5; u.IDR != want {
			t.Errorf("picture %d is an IDR: %v, want %v", i, u.IDR, want)
		}
		u.Release()
	}
	if s := e.Stats(); s != (capture.DeviceStats{Shared: 10}) {
		t.Errorf("counted %+v, want 10 shared and nothing else", s)
	}
}

func TestHardwareLeavesTheCameraABuffer(t *testing.T) {
	e := board(t, capture.YUYV, 640, 360, true)
	m := e.Memory()
	m.filled, e.filled = 2, 2 // as with little memory
	fault(t, "latency_ms", "150")
	f := moving(capture.YUYV, 640, 360, 0)
	late := 0
	for i := range 8 {
		if m.busy[i%2] {
			t.Fatalf("picture %d: the camera has no buffer to put it in", i)
		}
		shared := *f
		shared.Data, shared.PTS = m.data[i%2][:len(f.Data)], f.PTS+33_333_333
		f = &shared
		u, err := e.Encode(f, false)
		if err != nil {
			t.Fatal(err)
		}
		if u == nil {
			late++
			continue
		}
		u.Release()
	}
	if late != 1 {
		t.Errorf("%d pictures had no unit, want the first alone: from then on the encoder is one behind", late)
	}
}

func TestHardwareForgetsWhatIsInIt(t *testing.T) {
	e := board(t, capture.YUYV, 640, 360, true)
	f := moving(capture.YUYV, 640, 360, 0)
	next := func() *capture.RawFrame { f.PTS += 33_333_333; return f }
	encode(t, e, next(), false).Release()
	fault(t, "latency_ms", "150")
	if u, err := e.Encode(next(), false); u != nil || err != nil {
		t.Fatalf("a picture that takes 150 ms is %v, %v; want neither", u, err)
	}
	e.Forget()
	var first *capture.AccessUnit
	begin := f.PTS
	for first == nil {
		var err error
		if first, err = e.Encode(next(), false); err != nil {
			t.Fatal(err)
		}
	}
	if !first.IDR || first.PTS <= begin {
		t.Errorf("the first unit after Forget has PTS %v, an IDR: %v; want one after %v, an IDR", first.PTS, first.IDR, begin)
	}
	first.Release()
	e.Forget()
	if err := e.Stop(func(u *capture.AccessUnit) { t.Errorf("Stop gave %v, which was forgotten", u.PTS) }); err != nil {
		t.Error(err)
	}
	if n := e.Stats().Discarded; n < 2 {
		t.Errorf("%d units were discarded, want those before each Forget", n)
	}
}

func TestHardwareThatRestedIsNotStalled(t *testing.T) {
	e := board(t, capture.YUYV, 640, 360, false)
	f := moving(capture.YUYV, 640, 360, 0)
	encode(t, e, f, false).Release()
	e.backlog.push(f.PTS+1, 0)   // one that it left out
	e.backlog.given -= 2 * stall // and then there was no show
	e.backlog.since -= 2 * stall
	fault(t, "latency_ms", "150")
	f.PTS += time.Minute
	if u, err := e.Encode(f, false); u != nil || err != nil {
		t.Errorf("a picture that takes 150 ms, after a rest = %v, %v; want neither", u, err)
	}
}

func TestHardwareOfAnotherSizeTakesAnotherEncoder(t *testing.T) {
	e := board(t, capture.YUYV, 640, 360, false)
	encode(t, e, moving(capture.YUYV, 640, 360, 0), false).Release()
	larger := moving(capture.YUYV, 1280, 720, 1)
	if u, err := e.Encode(larger, false); u != nil || !errors.Is(err, capture.ErrChanged) {
		t.Errorf("Encode of a picture of another size = %v, %v; want capture.ErrChanged", u, err)
	}
	e.Close()
	u := encode(t, board(t, capture.YUYV, 1280, 720, false), larger, false)
	if !u.IDR {
		t.Error("the first picture of the other encoder is no IDR")
	}
	u.Release()
	if used := boardParameter(t, "memory_used"); used == "0" {
		t.Error("an open encoder uses no memory")
	}
}

func TestHardwareFloorIsAboveTheControls(t *testing.T) {
	e := board(t, capture.YUYV, 1280, 720, false)
	if err := e.SetBitrate(e.Floor()); err != nil {
		t.Error(err)
	}
	if got := e.control(t, uapi.CtrlBitrate); got < 425_000 || got > e.Floor() {
		t.Errorf("at its floor of %d b/s the encoder has %d", e.Floor(), got)
	}
}
