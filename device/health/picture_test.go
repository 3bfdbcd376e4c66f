package health

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"vigie/capture"
	"vigie/capture/capturetest"
)

// paint makes a picture of a format from the luma of each pixel; lines and planes are padded, with what is no luma.
func paint(c capture.FourCC, width, height int, luma func(x, y int) byte) *capture.RawFrame {
	step := map[capture.FourCC]int{capture.YUYV: 2, capture.UYVY: 2}[c]
	f := &capture.RawFrame{VideoFormat: capture.VideoFormat{
		FourCC: c, Width: width, Height: height, Stride: width*max(step, 1) + 6, Lines: height + 2}}
	f.Data = make([]byte, f.Stride*f.Lines*2)
	for i := range f.Data {
		f.Data[i] = 200
	}
	for y := range height {
		for x := range width {
			at := y*f.Stride + x*max(step, 1)
			if c == capture.UYVY {
				at++
			}
			f.Data[at] = luma(x, y)
		}
	}
	return f
}

func TestTakeSeesTheSameInEachFormat(t *testing.T) {
	for _, size := range [][2]int{{1280, 720}, {320, 180}, {63, 35}, {2, 1}} {
		width, height := size[0], size[1]
		slope := func(x, y int) byte { return byte(16 + (x*7+y*3)%180) }
		var first Picture
		for i, c := range []capture.FourCC{capture.YU12, capture.NV12, capture.YUYV, capture.UYVY} {
			var p Picture
			if !p.Take(paint(c, width, height, slope)) {
				t.Fatalf("%s of %v was not taken", c, size)
			}
			if first = map[bool]Picture{true: p, false: first}[i == 0]; p != first {
				t.Errorf("%s of %v is another picture", c, size)
			}
		}
		x, y := width*(4*5+places[1][0])/(4*columns), height*(4*7+places[1][1])/(4*rows)
		if first.turn != 1 || first.luma[7*columns+5] != slope(x, y) {
			t.Errorf("%v: point 5, 7 is not pixel %d, %d", size, x, y)
		}
	}
}

func TestTakeRefuses(t *testing.T) {
	gray := func(int, int) byte { return 128 }
	for name, change := range map[string]func(*capture.RawFrame){
		"coded":     func(f *capture.RawFrame) { f.FourCC = capture.H264 },
		"a JPEG":    func(f *capture.RawFrame) { f.FourCC = capture.MJPEG },
		"short":     func(f *capture.RawFrame) { f.Data = f.Data[:f.Stride*f.Height-f.Stride] },
		"empty":     func(f *capture.RawFrame) { f.Data = nil },
		"no stride": func(f *capture.RawFrame) { f.Stride = 0 },
		"no size":   func(f *capture.RawFrame) { f.Width, f.Height = 0, 0 },
	} {
		f := paint(capture.YUYV, 64, 36, gray)
		if change(f); new(Picture).Take(f) {
			t.Errorf("%s: taken", name)
		}
	}
}

// watch has a judge look at a picture a second, and returns the codes that are on after each.
func watch(j part, seconds int, seen func(second int) Seen) (codes []string) {
	for i := range seconds {
		codes = append(codes, watchAt(j, start.Add(time.Duration(i)*time.Second), seen(i)))
	}
	return codes
}

func watchAt(j part, at time.Time, s Seen) (codes string) {
	for _, c := range j.judge(at, s) {
		codes += c.Code
	}
	return codes
}

// changes are the seconds at which what is on became another.
func changes(codes []string) string {
	text, last := "", ""
	for i, c := range codes {
		if c != last {
			text += fmt.Sprintf(" %d:%s", i, c)
		}
		last = c
	}
	return text
}

// seenAs is a look, in one of the turns, at a picture each of whose pixels is a point of one of them.
func seenAs(turn int, luma func(x, y int) byte) Seen {
	p := &Picture{turn: turn % turns}
	p.Take(paint(capture.YU12, columns*2, rows*2, luma))
	return Seen{Picture: p}
}

func TestBlackAndFrozen(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	noise := func(base, spread int) func(int, int) byte {
		return func(int, int) byte { return byte(base + random.IntN(spread)) }
	}
	hall := func(x, y int) byte { return byte(40 + (x+y)%150) }
	capped := func(int, int) byte { return 16 }
	for _, c := range []struct {
		name string
		seen func(second int) Seen
		want string
	}{
		{"a hall", func(i int) Seen { return seenAs(i, noise(100, 3)) }, ""},
		{"a cap, with a sensor's noise", func(i int) Seen {
			if i < 10 || i >= 20 {
				return seenAs(i, noise(100, 3))
			}
			return seenAs(i, noise(16, 12))
		}, " 15:picture_black 22:"},
		{"a cap, without", func(i int) Seen { return seenAs(i, capped) }, " 5:picture_black"},
		{"a dark stage with one face on it", func(i int) Seen {
			return seenAs(i, func(x, y int) byte {
				if x > 150 && x < 156 && y > 75 && y < 80 {
					return 120
				}
				return noise(16, 6)(x, y)
			})
		}, ""},
		{"stands still", func(i int) Seen { return seenAs(i, hall) }, " 10:picture_frozen"},
		{"stands still but for a counter in a corner", func(i int) Seen {
			return seenAs(i, func(x, y int) byte {
				if x == 4 && y == 8 { // one turn alone looks there
					return byte(i)
				}
				return hall(x, y)
			})
		}, ""},
		{"stands still, then moves", func(i int) Seen {
			if i >= 15 {
				return seenAs(i, noise(100, 3))
			}
			return seenAs(i, hall)
		}, " 10:picture_frozen 17:"},
		{"the camera goes meanwhile", func(i int) Seen {
			if i == 8 || i == 25 {
				return Seen{}
			}
			return seenAs(i, hall)
		}, " 19:picture_frozen 25:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := changes(watch(newPictureJudge(), 30, c.seen)); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// TestHDMI holds that a slide which is played in may stand for minutes, and that a source which sends nothing may not.
func TestHDMI(t *testing.T) {
	hall := func(x, y int) byte { return byte(40 + (x+y)%150) }
	looks := func(late func(second int) bool) func(int) Seen {
		turn := 0
		return func(i int) Seen {
			if !late(i) {
				turn++
			}
			s := seenAs(turn, hall)
			s.HDMI = true
			return s
		}
	}
	for _, c := range []struct {
		name string
		seen func(second int) Seen
		want string
	}{
		{"a slide", looks(func(int) bool { return false }), " 600:picture_frozen"},
		{"a slide, and a picture now and then comes late", looks(func(i int) bool { return i%50 == 9 }), " 600:picture_frozen"},
		{"no picture comes", looks(func(i int) bool { return i >= 20 }), " 26:picture_frozen"},
		{"none came for a moment", looks(func(i int) bool { return i >= 20 && i < 40 }), " 26:picture_frozen 42: 600:picture_frozen"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := changes(watch(newPictureJudge(), 650, c.seen)); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// TestTestPictureMoves holds that the test picture is none that stands still, until its script says so.
func TestTestPictureMoves(t *testing.T) {
	for _, width := range []int{320, 1280} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			camera := capturetest.NewCamera(capturetest.CameraOptions{
				Width: width, Height: width * 9 / 16, FPS: 5, Now: func() time.Duration { return time.Since(began) },
				Script: capturetest.Script{{Kind: capturetest.Freeze, At: 20 * time.Second, For: 15 * time.Second}},
			})
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			j, n, got := newPictureJudge(), 0, ""
			var p Picture
			err := camera.Stream(ctx, func(f *capture.RawFrame) {
				if n++; n%5 != 0 {
					return
				}
				if !p.Take(f) {
					t.Error("not taken")
				}
				for _, c := range j.judge(time.Now(), Seen{Picture: &p}) {
					got += fmt.Sprintf(" %d:%s", int(time.Since(began).Seconds()), c.Code)
				}
				if time.Since(began) > 45*time.Second {
					stop()
				}
			})
			want := ""
			for s := 29; s <= 36; s++ { // the look at 23.8 s sees what that at 19.8 s saw
				want += fmt.Sprintf(" %d:picture_frozen", s)
			}
			if err != nil || got != want {
				t.Errorf("%v, %q, want %q", err, got, want)
			}
		})
	}
}
