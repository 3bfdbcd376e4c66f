package v4l2

import (
	"testing"
	"time"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

// owing is an intake whose driver owes the pictures of these stamps.
func owing(pts ...time.Duration) (*intake, *processorCounters) {
	stats := &processorCounters{}
	in := &intake{stats: stats}
	for i, p := range pts {
		in.backlog.push(p, uint32(100+i))
	}
	return in, stats
}

func TestWhatComesOutOfAProcessor(t *testing.T) {
	const first, second, third = time.Second, 2 * time.Second, 3 * time.Second
	for _, c := range []struct {
		name      string
		at        time.Duration
		whole     bool
		want      uint32 // sequence; 0 is none
		left      int
		damaged   uint64
		unmatched uint64
	}{
		{"in order", first, true, 100, 2, 0, 0},
		{"nothing came of one before it", second, true, 101, 1, 1, 0},
		{"damaged", second, false, 0, 2, 1, 0},
		{"a damaged one that nobody gave", time.Hour, false, 0, 3, 0, 0},
		{"a stamp that was lost", 0, true, 100, 2, 0, 1},
	} {
		in, stats := owing(first, second, third)
		p, ok := in.came(uapi.TimevalOf(c.at), c.whole)
		if ok != (c.want > 0) || p.sequence != c.want || len(in.backlog.list) != c.left {
			t.Errorf("%s: came = %+v, %v with %d left; want number %d with %d left", c.name, p, ok, len(in.backlog.list), c.want,
				c.left)
		}
		if stats.damaged.Load() != c.damaged || stats.unmatched.Load() != c.unmatched {
			t.Errorf("%s: %d damaged, %d unmatched; want %d, %d", c.name, stats.damaged.Load(), stats.unmatched.Load(), c.damaged,
				c.unmatched)
		}
	}
	in, _ := owing()
	if p, ok := in.came(uapi.TimevalOf(first), true); ok {
		t.Errorf("a picture that nobody gave is %+v", p)
	}
}

func TestADamagedPictureCountsOnce(t *testing.T) {
	in, stats := owing(time.Second, 2*time.Second)
	at := uapi.TimevalOf(time.Second)
	in.damaged(at) // as the OUTPUT queue tells it
	in.came(at, false)
	if n := stats.damaged.Load(); n != 1 || len(in.backlog.list) != 1 {
		t.Errorf("%d damaged, %d left; want 1, 1", n, len(in.backlog.list))
	}
}

func TestWhenAProcessorIsStalled(t *testing.T) {
	const now = time.Hour
	for _, c := range []struct {
		name         string
		owed, queued int
		since, given time.Duration // before now
		want         bool
	}{
		{"nothing is owed", 0, 0, 2 * stall, 2 * stall, false},
		{"not for long", 2, 2, stall / 2, 0, false},
		{"it keeps what it was given", 1, 1, stall, stall, true},
		{"it reads picture after picture", 9, 0, stall, 0, true},
		{"it read one, and the camera pauses", 1, 0, stall, stall, false},
	} {
		in, _ := owing(make([]time.Duration, c.owed)...)
		in.queued, in.backlog.since, in.backlog.given = c.queued, now-c.since, now-c.given
		if got := in.stalled(now); got != c.want {
			t.Errorf("%s: stalled = %v, want %v", c.name, got, c.want)
		}
	}
}

func TestPicturesWithPaddedPlanesAreCopied(t *testing.T) {
	for _, format := range []capture.FourCC{capture.YU12, capture.NV12} {
		f := painted(format, 8, 4, 8)
		padded := Layout{FourCC: format, Width: 8, Height: 4, Stride: 8, Lines: 6}
		src, dst := make([]byte, padded.need()), make([]byte, len(f.Data))
		padded.take(src, f.Data, layoutOf(f.VideoFormat))
		f.Lines = padded.Lines
		if got := layoutOf(f.VideoFormat); got.Size != len(src) {
			t.Errorf("%s: a padded picture has %d bytes, want %d", format, got.Size, len(src))
		}
		f.Lines = 0
		layoutOf(f.VideoFormat).take(dst, src, padded)
		if string(dst) != string(f.Data) {
			t.Errorf("%s: %x became %x", format, f.Data, dst)
		}
	}
}
