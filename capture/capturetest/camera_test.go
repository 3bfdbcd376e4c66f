package capturetest

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"vigie/capture"
)

// mediaTime is a media clock that runs with package time, real or fake, and does not begin at a whole second.
func mediaTime() func() time.Duration {
	start := time.Now()
	return func() time.Duration { return 5003*time.Second + 210*time.Millisecond + time.Since(start) }
}

// shot is what a test keeps of a picture.
type shot struct {
	pts      time.Duration
	sequence uint32
	flash    bool
	data     []byte
}

// film lets a camera run for a time and returns what it delivered. each is called with each picture.
func film(t *testing.T, o CameraOptions, length time.Duration, each func(*capture.RawFrame)) (shots []shot, err error) {
	t.Helper()
	o.Now = mediaTime()
	c := NewCamera(o)
	defer c.Close()
	ctx, cancel := context.WithTimeout(t.Context(), length)
	defer cancel()
	flash := FlashRect(o.Width, o.Height)
	err = c.Stream(ctx, func(f *capture.RawFrame) {
		if late := o.Now() - f.PTS; late < 0 || late > time.Second/time.Duration(o.FPS) {
			t.Errorf("the picture of %v is delivered %v later", f.PTS, late)
		}
		luma := f.Data[flash.Dy()/2*f.Stride+flash.Dx()/2]
		if luma != FlashOn && luma != FlashOff {
			t.Errorf("luma in FlashRect is %d", luma)
		}
		shots = append(shots, shot{f.PTS, f.Sequence, luma == FlashOn, bytes.Clone(f.Data)})
		if each != nil {
			each(f)
		}
	})
	return shots, err
}

var small = CameraOptions{Width: 160, Height: 120, FPS: 30, Channel: "Main stage"}

func TestCamera(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shots, err := film(t, small, 3*time.Second, nil)
		if err != nil || len(shots) != 90 {
			t.Fatalf("%d pictures in 3 s, %v", len(shots), err)
		}
		flashes := 0
		for i, s := range shots {
			if s.sequence != uint32(i) {
				t.Errorf("picture %d has sequence %d", i, s.sequence)
			}
			if at := s.pts % time.Second; s.flash != (at < FlashLength) {
				t.Errorf("at %v flash is %v", s.pts, s.flash)
			}
			if s.flash {
				flashes++
			}
			if i > 0 && bytes.Equal(s.data, shots[i-1].data) {
				t.Errorf("picture %d is the one before it", i)
			}
			// The grid: a picture at each whole second, and all the others a thirtieth apart.
			if i >= 30 && s.pts != shots[i-30].pts+time.Second {
				t.Errorf("%v is not a second after %v", s.pts, shots[i-30].pts)
			}
		}
		if flashes != 9 {
			t.Errorf("%d pictures flash, want 3 in each second", flashes)
		}
	})
}

// Who takes too long loses pictures, and sees that in Sequence and PTS alike.
func TestCameraLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := true
		shots, err := film(t, small, time.Second, func(*capture.RawFrame) {
			if first {
				<-time.After(100 * time.Millisecond)
			}
			first = false
		})
		if err != nil || len(shots) < 2 {
			t.Fatalf("%d pictures, %v", len(shots), err)
		}
		if gap := shots[1].sequence - shots[0].sequence; gap != 3 && gap != 4 {
			t.Errorf("sequence %d after %d", shots[1].sequence, shots[0].sequence)
		}
		if got := shots[1].pts - shots[0].pts; got < 99*time.Millisecond || got > 134*time.Millisecond {
			t.Errorf("the next picture is %v later", got)
		}
	})
}

func TestCameraScript(t *testing.T) {
	o := small
	o.Script = Script{
		{Freeze, 1 * time.Second, 500 * time.Millisecond},
		{Stall, 2 * time.Second, time.Second},
		{Drop, 4 * time.Second, time.Second},
		{Kind: Vanish, At: 6 * time.Second},
	}
	synctest.Test(t, func(t *testing.T) {
		shots, err := film(t, o, time.Minute, nil)
		if !errors.Is(err, capture.ErrGone) {
			t.Fatalf("error %v, want ErrGone", err)
		}
		var perSecond [6]int
		frozen := 0
		for i, s := range shots {
			perSecond[s.sequence/30]++
			if i > 0 && bytes.Equal(s.data, shots[i-1].data) {
				frozen++
			}
		}
		if want := [6]int{30, 30, 0, 30, 15, 30}; perSecond != want {
			t.Errorf("pictures in each second: %v, want %v", perSecond, want)
		}
		if frozen != 15 {
			t.Errorf("%d pictures are frozen, want 15", frozen)
		}
	})
}

// A camera that is gone stays gone.
func TestCameraVanishesForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewCamera(CameraOptions{Width: 64, Height: 48, FPS: 10, Script: Script{{Kind: Vanish}}, Now: mediaTime()})
		for range 2 {
			if err := c.Stream(t.Context(), func(*capture.RawFrame) {}); !errors.Is(err, capture.ErrGone) {
				t.Errorf("error %v, want ErrGone", err)
			}
		}
	})
}

func TestCameraFormat(t *testing.T) {
	for _, size := range [][4]int{{1280, 720, 1280, 720}, {641, 361, 640, 360}, {1, 1, 2, 2}} {
		c := NewCamera(CameraOptions{Width: size[0], Height: size[1], FPS: 25})
		want := capture.VideoFormat{FourCC: capture.YU12, Width: size[2], Height: size[3], Stride: size[2], FPS: 25}
		if got := c.Format(); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		c.scene.draw(0, time.Time{}, 0) // no size may crash it
	}
}

func TestDrawDoesNotAllocate(t *testing.T) {
	s := newScene(320, 240, "Main stage")
	pts, wall := time.Duration(0), time.Now()
	if n := testing.AllocsPerRun(100, func() {
		pts += time.Second / 30
		s.draw(pts, wall.Add(pts), uint32(pts))
	}); n != 0 {
		t.Errorf("%v allocations a picture", n)
	}
}

// The clock in the picture is the venue's: the bubble's time begins at midnight UTC.
func TestClockIsTheVenues(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		c := NewCamera(CameraOptions{Width: 1280, Height: 720, FPS: 30, Zone: time.FixedZone("", 3600),
			Now: func() time.Duration { return time.Since(began) }})
		ctx, cancel := context.WithCancel(t.Context())
		if err := c.Stream(ctx, func(*capture.RawFrame) { cancel() }); err != nil {
			t.Fatal(err)
		}
		for i, want := range []byte("01:00") {
			if got := c.scene.read(c.scene.clock.X + i*c.scene.glyphs.width); got != want {
				t.Errorf("character %d of the clock is %q, want %q", i, got, want)
			}
		}
	})
}

// The clock and the count in the picture are the glyphs of what they say.
func TestClockIsReadable(t *testing.T) {
	s := newScene(1280, 720, "Main stage")
	s.draw(time.Second, time.Date(2026, 11, 22, 21, 7, 45, 678e6, time.UTC), 90817263)
	for at, text := range map[int]string{s.clock.X: "21:07:45.678", s.count.X: "90817263"} {
		for i := range text {
			if got := s.read(at + i*s.glyphs.width); got != text[i] {
				t.Errorf("%q, character %d reads %q", text, i, got)
			}
		}
	}
}

// read returns the character whose glyph is at x in the line of the clock.
func (s *scene) read(x int) byte {
	for i, glyph := range s.glyphs.luma {
		same := true
		for y := range s.glyphs.height {
			line := s.canvas.Luma(s.clock.Y + y)[x:][:s.glyphs.width]
			same = same && bytes.Equal(line, glyph[y*s.glyphs.width:][:s.glyphs.width])
		}
		if same {
			return glyphSet[i]
		}
	}
	return '?'
}

func BenchmarkDraw(b *testing.B) {
	for name, size := range map[string][2]int{"720p": {1280, 720}, "1080p": {1920, 1080}} {
		b.Run(name, func(b *testing.B) {
			s := newScene(size[0], size[1], "Main stage")
			pts, wall := time.Duration(0), time.Now()
			b.ReportAllocs()
			for b.Loop() {
				pts += time.Second / 30
				s.draw(pts, wall.Add(pts), uint32(pts))
			}
		})
	}
}
