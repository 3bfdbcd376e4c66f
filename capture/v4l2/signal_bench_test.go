//go:build bench

package v4l2

import (
	"context"
	"errors"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"vigie/capture"
)

// hdmi turns vivid into an HDMI bridge until the test ends. Its signal is one of the presets of v4l2-dv-timings.h.
func hdmi(t *testing.T) string {
	t.Helper()
	b := must(FindBoard())
	node := b.Cameras[0].Node
	ctl := func(args ...string) {
		t.Helper()
		if out, err := exec.Command("v4l2-ctl", append([]string{"-d", node}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("v4l2-ctl %v: %v\n%s", args, err, out)
		}
	}
	ctl("-i", "1")
	t.Cleanup(func() { ctl("-c", "dv_timings_signal_mode=0"); ctl("-i", "0") })
	signal(t, node, "1280x720p50")
	return node
}

// The items of vivid's menu "DV Timings Signal Mode".
const noSignal, noLock, outOfRange, selected = 1, 2, 3, 4

// signal plugs a source into vivid's HDMI input.
func signal(t *testing.T, node, preset string) {
	t.Helper()
	set(t, node, "dv_timings_signal_mode", selected)
	fd := must(openNode(node))
	defer unix.Close(fd)
	for _, k := range controls(fd) {
		if k.name == "dv_timings" {
			i := slices.IndexFunc(k.items, func(i item) bool { return strings.Contains(i.name, preset) })
			if i < 0 {
				t.Fatalf("vivid has no %s among %v", preset, k.items)
			}
			set(t, node, "dv_timings", k.items[i].index)
			return
		}
	}
	t.Fatal("vivid has no menu of DV timings")
}

func TestHardwareSignalIsFollowed(t *testing.T) {
	node := hdmi(t)
	for _, c := range []struct {
		preset string
		want   capture.Signal
	}{
		{"1280x720p50", capture.Signal{Width: 1280, Height: 720, FPS: 50}},
		{"1920x1080p60", capture.Signal{Width: 1920, Height: 1080, FPS: 60}},
		{"720x576p50", capture.Signal{Width: 720, Height: 576, FPS: 50}},
	} {
		signal(t, node, c.preset)
		b := must(FindBoard())
		if s := b.Cameras[0].Signal; s == nil || *s != c.want {
			t.Fatalf("the signal is %+v, want %+v", s, c.want)
		}
		camera := opened(t, wish, capture.YUYV) // 640x360 is asked for
		f := capture.VideoFormat{FourCC: capture.YUYV, Width: c.want.Width, Height: c.want.Height,
			Stride: 2 * c.want.Width, FPS: c.want.FPS}
		if camera.Format() != f {
			t.Errorf("its pictures are %+v, want %+v", camera.Format(), f)
		}
		take(t, camera, 3, func(i int, f *capture.RawFrame) {
			if len(f.Data) != f.Stride*f.Height {
				t.Errorf("picture %d has %d bytes", i, len(f.Data))
			}
		})
		camera.Close()
	}
}

func TestHardwareSignalChanges(t *testing.T) {
	node := hdmi(t)
	set := func(name string, value int32) { set(t, node, name, value) }
	for _, c := range []struct {
		name   string
		change func()
		is     error
		says   string
	}{
		{"another", func() { signal(t, node, "1920x1080p60") }, capture.ErrChanged, "it was 1280x720 at 50 and is 1920x1080 at 60"},
		{"another rate", func() { signal(t, node, "1280x720p60") }, capture.ErrChanged, "at 60"},
		{"none", func() { set("dv_timings_signal_mode", noSignal) }, nil, "no signal at its input: plug the source in"},
		{"one that wavers", func() { set("dv_timings_signal_mode", noLock) }, nil, "no signal at its input that it can lock to"},
		{"one that is too much", func() { set("dv_timings_signal_mode", outOfRange) }, nil, "no signal at its input that it can take"},
	} {
		signal(t, node, "1280x720p50")
		camera := opened(t, wish, capture.YUYV)
		n := 0
		err := camera.Stream(t.Context(), func(*capture.RawFrame) {
			if n++; n == 5 {
				c.change()
			}
		})
		if err == nil || errors.Is(err, capture.ErrChanged) != (c.is != nil) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: Stream = %v, want %v that says %q", c.name, err, c.is, c.says)
		}
		if n > 6 {
			t.Errorf("%s: %d pictures came after it", c.name, n-5)
		}
		camera.Close()
	}
}

func TestHardwareSignalThatIsMissing(t *testing.T) {
	node := hdmi(t)
	o := chosen(t, wish, capture.YUYV)
	set(t, node, "dv_timings_signal_mode", noSignal)
	if c, err := Open(o); err == nil || !strings.Contains(err.Error(), "no signal") {
		t.Errorf("Open without a signal = %v, %v", c, err)
	}
	b := must(FindBoard())
	if s := b.Cameras[0].Signal; s == nil || *s != (capture.Signal{}) {
		t.Errorf("the signal is %+v, want none", s)
	}
}

// A receiver that loses the signal for a moment stops, and there is nothing to open anew.
func TestHardwareSignalComesBackTheSame(t *testing.T) {
	node := hdmi(t)
	camera := opened(t, wish, capture.YUYV)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n, restarts := 0, 0
	err := camera.Stream(ctx, func(f *capture.RawFrame) {
		if n++; n == 5 {
			set(t, node, "dv_timings_signal_mode", noSignal)
			signal(t, node, "1280x720p50")
		}
		if n > 1 && f.Sequence == 0 { // vivid counts anew
			restarts++
		}
		if n == 15 {
			cancel()
		}
	})
	if err != nil || restarts != 1 {
		t.Errorf("Stream = %v with %d restarts, want one and no error", err, restarts)
	}
}
