//go:build bench

package v4l2

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

func TestDroppedPicturesAreCounted(t *testing.T) {
	c := opened(t, wish, capture.YUYV)
	set(t, c.path, "percentage_of_dropped_buffers", 40)
	defer set(t, c.path, "percentage_of_dropped_buffers", 0)
	var begin, end uint32
	take(t, c, 30, func(i int, f *capture.RawFrame) {
		if i == 0 {
			begin = f.Sequence
		}
		end = f.Sequence
	})
	gaps := uint64(end - begin - 29)
	if gaps == 0 || c.Lost() < gaps || c.Lost() > gaps+3 { // Stream may have seen a few more than we did
		t.Errorf("Lost = %d; the sequence has %d gaps between the first and the last picture", c.Lost(), gaps)
	}
}

func TestDamagedPicturesAreDroppedAndCounted(t *testing.T) {
	c := opened(t, wish, capture.YUYV)
	missing := false
	var last uint32
	take(t, c, 20, func(i int, f *capture.RawFrame) {
		if i == 5 {
			set(t, c.path, "inject_v4l2_buf_flag_error", 1)
		}
		missing = missing || i > 0 && f.Sequence != last+1
		last = f.Sequence
	})
	if !missing || c.Lost() == 0 {
		t.Errorf("Lost = %d, a picture was left out: %v; want the damaged picture dropped and counted", c.Lost(), missing)
	}
}

func TestAQueueThatFailsIsStartedAgain(t *testing.T) {
	o, text := logging()
	c := opened(t, o, capture.YUYV)
	var at []time.Duration
	take(t, c, 30, func(i int, f *capture.RawFrame) {
		if i == 5 || i == 15 {
			set(t, c.path, "inject_fatal_streaming_error", 1)
		}
		at = append(at, f.PTS)
	})
	grows(t, at)
	if n := strings.Count(text.String(), "queue failed"); n != 1 {
		t.Errorf("told of %d restarts, want the first of two:\n%s", n, text.String())
	}
}

// logging is wish with a log that can be read.
func logging() (Options, *bytes.Buffer) {
	o, text := wish, new(bytes.Buffer)
	o.Log = slog.New(slog.NewTextHandler(text, nil))
	return o, text
}

func TestTimestampsThatJumpAreNotBelieved(t *testing.T) {
	o, text := logging()
	c := opened(t, o, capture.YUYV)
	set(t, c.path, "wrap_timestamp", 1) // they begin near the end of 32 bits
	defer set(t, c.path, "wrap_timestamp", 0)
	var at []time.Duration
	take(t, c, 20, func(_ int, f *capture.RawFrame) { at = append(at, f.PTS) })
	grows(t, at)
	if n := strings.Count(text.String(), "not monotonic"); n != 1 {
		t.Errorf("%d warnings about timestamps, want one:\n%s", n, text.String())
	}
}

func TestControlsAreSetAndWhatIsMissingIsAWarning(t *testing.T) {
	o, text := logging()
	o.Controls = map[string]string{
		"brightness": "77", "horizontal_flip": "true", "test_pattern": "100% red",
		"contrast": "9000", "power_line_frequency": "50Hz",
	}
	c := opened(t, o, capture.YUYV)
	want := map[string]int32{"brightness": 77, "horizontal_flip": 1}
	red := false
	for _, k := range controls(c.fd) {
		v := uapi.Control{ID: k.id}
		if err := uapi.GetControl(c.fd, &v); err != nil {
			continue
		}
		if w, ok := want[k.name]; ok && v.Value != w {
			t.Errorf("%s = %d, want %d", k.name, v.Value, w)
		}
		for _, it := range k.items {
			red = red || k.name == "test_pattern" && it.index == v.Value && it.name == "100% Red"
		}
	}
	if !red {
		t.Error("the menu test_pattern is not at 100% Red")
	}
	for _, s := range []string{"no such control", "power_line_frequency", "a number from 0 to 255"} {
		if !strings.Contains(text.String(), s) {
			t.Errorf("the log does not say %q:\n%s", s, text.String())
		}
	}
	set(t, c.path, "test_pattern", 0)
	set(t, c.path, "horizontal_flip", 0)
}

func TestOpenAndCloseLeaveNothing(t *testing.T) {
	o := chosen(t, wish, capture.YUYV)
	leavesNothing(t, func() {
		c, err := Open(o)
		if err != nil {
			t.Fatal(err)
		}
		take(t, c, 1, func(int, *capture.RawFrame) {})
		c.Close()
		c.Close()
	})
}

// leavesNothing holds that 50 rounds leave no file open and no goroutine.
func leavesNothing(t *testing.T, round func()) {
	t.Helper()
	count := func() int {
		files, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(files)
	}
	round() // whatever the runtime opens once
	files, routines := count(), runtime.NumGoroutine()
	for range 50 {
		round()
	}
	if n := count(); n != files {
		t.Errorf("%d open files after 50 rounds, %d before", n, files)
	}
	if n := runtime.NumGoroutine(); n != routines {
		t.Errorf("%d goroutines after 50 rounds, %d before", n, routines)
	}
}

func TestAPictureAllocatesNothing(t *testing.T) {
	c := opened(t, wish, capture.YU12)
	var before, after runtime.MemStats
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	err := c.Stream(ctx, func(*capture.RawFrame) {
		switch n++; n {
		case 10:
			runtime.ReadMemStats(&before)
		case 60:
			runtime.ReadMemStats(&after)
			cancel()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	// The runtime's own are a few.
	if made := after.Mallocs - before.Mallocs; made >= 25 {
		t.Errorf("%d allocations in 50 pictures, want none of ours", made)
	} else {
		t.Logf("%d allocations in 50 pictures", made)
	}
}
