package rpicam

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"vigie/capture"
	"vigie/capture/rpicam/rpicamtest"
)

func raw() Options {
	return Options{Program: os.Args[0], Width: 256, Height: 64, FPS: 100, Codec: capture.YU12}
}

func coded() Options {
	return Options{Program: os.Args[0], Width: 256, Height: 64, FPS: 50, Codec: capture.H264, Bitrate: 1_000_000}
}

// start opens the stand-in, with little patience where it is not to deliver.
func start(t *testing.T, what string, o Options) (*Camera, error) {
	t.Helper()
	t.Setenv(rpicamtest.Scenario, what)
	begin, patience := 20*time.Second, 20*time.Second
	switch what {
	case "silent":
		begin = 100 * time.Millisecond
	case "hangs", "gone":
		patience = 100 * time.Millisecond
	}
	c, err := open(o, begin, patience)
	if err == nil {
		t.Cleanup(func() { c.Close(); alone(t, c.child.cmd.Process.Pid) })
	}
	return c, err
}

// alone holds that the program is gone, no zombie of ours either.
func alone(t *testing.T, pid int) {
	t.Helper()
	if err := unix.Kill(pid, 0); err != unix.ESRCH {
		t.Errorf("something is left of the program: %v", err)
	}
}

// dead holds that a process which is not our child has ended; that it may still be a zombie is up to init.
func dead(t *testing.T, pid int) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; runtime.Gosched() {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if _, state, _ := strings.Cut(string(stat), ") "); err != nil || strings.HasPrefix(state, "Z") {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("the program's child runs on: %s", stat)
		}
	}
}

func mustStart(t *testing.T, what string, o Options) *Camera {
	t.Helper()
	c, err := start(t, what, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// take streams until there were n pictures, and again, for a Stream that was ended is no end of the camera.
func take(t *testing.T, c *Camera, n int, f func(i int, p *capture.RawFrame)) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	i := 0
	if err := c.Stream(ctx, func(p *capture.RawFrame) {
		if i < n {
			f(i, p)
		}
		if i++; i == n {
			cancel()
		}
	}); err != nil || i < n {
		t.Fatalf("%d pictures, %v", i, err)
	}
}

func TestRaw(t *testing.T) {
	c := mustStart(t, "runs", raw())
	want := capture.VideoFormat{FourCC: capture.YU12, Width: 256, Height: 64, Stride: 256, FPS: 100}
	if c.Format() != want || !strings.HasPrefix(c.Name(), "CSI camera (") {
		t.Errorf("%s: %+v", c.Name(), c.Format())
	}
	var pts time.Duration
	last := -1
	for range 2 {
		take(t, c, 10, func(_ int, p *capture.RawFrame) {
			if p.VideoFormat != want || len(p.Data) != 256*64*3/2 {
				t.Fatalf("%+v, %d bytes", p.VideoFormat, len(p.Data))
			}
			n := int(p.Sequence)
			luma, chroma := byte(16), byte(16)
			if n%2 == 1 {
				luma, chroma = 235, 240
			}
			if n <= last || p.PTS <= pts || p.PTS > capture.Now() || p.Data[1] != luma || p.Data[256*64-1] != luma ||
				p.Data[256*64] != chroma || p.Data[len(p.Data)-1] != chroma {
				t.Errorf("picture %d after %d at %v after %v: %v", n, last, p.PTS, pts, p.Data[:2])
			}
			last, pts = n, p.PTS
		})
	}
}

// A picture is not written to while Stream's function has it, and the program does not wait: of the others the newest is
// kept.
func TestRawDropsLate(t *testing.T) {
	c := mustStart(t, "flood", raw())
	first := uint32(0)
	take(t, c, 2, func(i int, p *capture.RawFrame) {
		if i == 1 {
			if p.Sequence < first+20 {
				t.Errorf("picture %d after %d, %d dropped", p.Sequence, first, c.Stats().Dropped)
			}
			return
		}
		before := bytes.Clone(p.Data)
		first = p.Sequence
		for dropped := c.Stats().Dropped; c.Stats().Dropped < dropped+20; {
			runtime.Gosched()
		}
		if !bytes.Equal(before, p.Data) {
			t.Error("the picture was written to")
		}
	})
}

func TestCoded(t *testing.T) {
	for _, what := range []string{"runs", "old", "hesitates"} {
		t.Run(what, func(t *testing.T) {
			c := mustStart(t, what, coded())
			want := capture.VideoFormat{FourCC: capture.H264, Width: 256, Height: 64, FPS: 50}
			n := 0
			var pts time.Duration
			for range 2 {
				take(t, c, 12, func(_ int, p *capture.RawFrame) {
					if !bytes.Equal(p.Data, rpicamtest.Coded(n)) || int(p.Sequence) != n || p.VideoFormat != want || p.PTS <= pts {
						t.Fatalf("unit %d: number %d, %d bytes of %d, at %v after %v", n, p.Sequence, len(p.Data),
							len(rpicamtest.Coded(n)), p.PTS, pts)
					}
					n++
					pts = p.PTS
				})
			}
			if s := c.Stats(); s != (capture.DeviceStats{}) {
				t.Errorf("counted %+v, want nothing lost", s)
			}
		})
	}
}

func TestAdjusted(t *testing.T) {
	c := mustStart(t, "adjusted", raw())
	if f := c.Format(); f.Width != 512 || f.Height != 384 || f.Stride != 512 {
		t.Errorf("%+v", f)
	}
	take(t, c, 3, func(_ int, p *capture.RawFrame) {
		if len(p.Data) != 512*384*3/2 || p.Data[1] != p.Data[2] || p.Data[1] != 16 && p.Data[1] != 235 {
			t.Errorf("%d bytes: %v", len(p.Data), p.Data[:3])
		}
	})
}

// What the program says and does when it fails, and what it is here.
func TestFails(t *testing.T) {
	for what, c := range map[string]struct {
		at   string // "open" or "stream"
		err  error  // nil: any
		says string
	}{
		"no camera": {"open", capture.ErrNotFound, "no cameras available"},
		"busy":      {"open", capture.ErrBusy, "failed to acquire camera"},
		"silent":    {"open", capture.ErrStalled, "no picture for 100ms: it said nothing"},
		"hangs":     {"stream", capture.ErrStalled, "no picture for"},
		"gone":      {"stream", capture.ErrGone, "frontend has timed out"},
		"half":      {"stream", nil, "exit status 255: "},
		"dies":      {"stream", nil, "signal: killed"},
		"ends":      {"stream", nil, "it ended: "},
	} {
		for _, o := range []Options{raw(), coded()} {
			t.Run(what+" "+string(o.Codec), func(t *testing.T) {
				camera, err := start(t, what, o)
				if c.at == "stream" {
					if err != nil {
						t.Fatal(err)
					}
					seen := 0
					if err = camera.Stream(t.Context(), func(*capture.RawFrame) { seen++ }); seen == 0 {
						t.Error("no picture came before")
					}
					if what == "hangs" && o.Codec == capture.H264 && seen != 5 {
						t.Errorf("%d units of 5: the last has nothing behind it and is whole", seen)
					}
				}
				if err == nil || c.err != nil && !errors.Is(err, c.err) || !strings.Contains(fmt.Sprint(err), c.says) {
					t.Errorf("%v", err)
				}
			})
		}
	}
}

// A camera that is not there is looked for each second: that fills no log, and each time it fails with the same words.
func TestFailsQuietly(t *testing.T) {
	var log bytes.Buffer
	o := raw()
	o.Log = slog.New(slog.NewTextHandler(&log, nil))
	_, first := start(t, "no camera", o)
	_, second := start(t, "no camera", o)
	if first == nil || second == nil || first.Error() != second.Error() || !strings.Contains(first.Error(), "ERROR IPAProxy") {
		t.Errorf("%v\n%v", first, second)
	}
	if log.Len() > 0 {
		t.Errorf("it logs %s", &log)
	}
}

func TestRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Options)
		want   error
	}{
		"no program":   {func(o *Options) { o.Program = "rpicam-of-nobody" }, capture.ErrNotFound},
		"no file":      {func(o *Options) { o.Program = "/nowhere/rpicam-vid" }, capture.ErrNotFound},
		"odd":          {func(o *Options) { o.Width = 255 }, capture.ErrUnsupported},
		"no rate":      {func(o *Options) { o.FPS = 0 }, capture.ErrUnsupported},
		"padding":      {func(o *Options) { o.Width = 800 }, capture.ErrUnsupported},
		"codec":        {func(o *Options) { o.Codec = capture.MJPEG }, capture.ErrUnsupported},
		"no bitrate":   {func(o *Options) { o.Codec = capture.H264 }, capture.ErrUnsupported},
		"none in PATH": {func(o *Options) { o.Program = "" }, capture.ErrNotFound},
	} {
		t.Setenv("PATH", t.TempDir())
		o := raw()
		c.change(&o)
		if _, err := Open(o); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An option that the program does not have is told, and not taken for a broken camera.
func TestUnknownOption(t *testing.T) {
	t.Setenv(rpicamtest.Scenario, "runs")
	c, err := launch(os.Args[0], []string{"--colour", "blue"}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	how := c.end(20 * time.Second)
	if err := c.said.explain(c.name, how, nil); !errors.Is(err, capture.ErrUnsupported) || !strings.Contains(err.Error(), "--colour") {
		t.Error(err)
	}
	alone(t, c.cmd.Process.Pid)
}

// Close ends a Stream, takes a program that refuses to go and its children, and can be called twice.
func TestClose(t *testing.T) {
	for _, o := range []Options{raw(), coded()} {
		c := mustStart(t, "stubborn", o)
		begun := make(chan struct{})
		var once sync.Once
		done := make(chan error)
		go func() { done <- c.Stream(t.Context(), func(*capture.RawFrame) { once.Do(func() { close(begun) }) }) }()
		<-begun
		if err := c.Stream(t.Context(), nil); err == nil {
			t.Error("two at a time")
		}
		for range 2 {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		}
		if err := <-done; !errors.Is(err, os.ErrClosed) {
			t.Errorf("%s: ended with %v", o.Codec, err)
		}
		pid := 0
		for _, line := range c.child.said.last {
			fmt.Sscanf(line, "child %d", &pid)
		}
		if pid == 0 {
			t.Fatalf("it said %q", c.child.said.last)
		}
		dead(t, pid)
		if err := c.Stream(t.Context(), nil); !errors.Is(err, os.ErrClosed) {
			t.Errorf("%s: after Close: %v", o.Codec, err)
		}
	}
}

func TestMessages(t *testing.T) {
	var log bytes.Buffer
	m := newMessages(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	for _, part := range []string{"one\ntw", "o\n\n", "ERROR: three\n", strings.Repeat("x", 2000), "\nfour", "\nfive\nsix\nseven\n"} {
		if n, err := m.Write([]byte(part)); n != len(part) || err != nil {
			t.Errorf("%d, %v", n, err)
		}
	}
	if len(m.last) != keptLines || m.last[0] != "ERROR: three" || len(m.last[1]) != longest {
		t.Errorf("kept %.40q", m.last)
	}
	if text := log.String(); strings.Count(text, "level=DEBUG") != 8 {
		t.Errorf("logged %s", text)
	}
}
