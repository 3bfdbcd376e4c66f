package capture_test

import (
	"slices"

	"pgregory.net/rapid"

	"vigie/capture"
)

// check follows a way step by step with its own eyes: what each step gives, the next one must take, in memory that both
// can use, where both see the same lines.
func check(t *rapid.T, b capture.Board, w capture.Wish, way capture.Way) {
	t.Helper()
	i := slices.IndexFunc(b.Cameras, func(c capture.BoardCamera) bool { return c.Path == way.Camera })
	if i < 0 {
		t.Fatalf("%s: there is no such camera", way)
	}
	camera, f := b.Cameras[i], way.Format
	offer := find(camera.Queue, f.FourCC)
	if offer == nil {
		t.Fatalf("%s: the camera has not this format", way)
	}
	if s := camera.Signal; s != nil {
		if f.Width != s.Width || f.Height != s.Height || f.FPS != s.FPS {
			t.Fatalf("%s: the signal is %+v", way, *s)
		}
	} else if !deliver(offer.Sizes, f) {
		t.Fatalf("%s: the camera has not this size and rate: %+v", way, offer.Sizes)
	}
	if len(way.Steps) == 0 && way.Every != 1 {
		t.Fatalf("%s: of coded pictures none can be left out", way)
	}
	queue, given := &camera.Queue, offer
	for _, s := range way.Steps {
		in, out := capture.Queue{}, capture.Queue{}
		if !s.Software {
			m := b.Mem2Mem[slices.IndexFunc(b.Mem2Mem, func(m capture.Mem2Mem) bool { return m.Path == s.Path })]
			in, out = m.In, m.Out
			taken, made := find(in, given.FourCC), find(out, s.Out)
			if taken == nil || made == nil || !has(taken.Sizes, f) || !has(made.Sizes, f) {
				t.Fatalf("%s: %s cannot make %s of %s at this size", way, s.Path, s.Out, given.FourCC)
			}
			blocks := float64((f.Width + 15) / 16 * ((f.Height + 15) / 16))
			blocks *= f.FPS / float64(way.Every)
			if s.Role == capture.Coder && m.Macroblocks > 0 && blocks > float64(m.Macroblocks)+1 {
				t.Fatalf("%s: more than %d macroblocks a second", way, m.Macroblocks)
			}
			shared(t, way, s, *queue, in, *given, *taken)
			queue, given = &out, made
			continue
		}
		if known := map[string]bool{"OpenH264": b.Software.OpenH264 && given.FourCC == capture.YU12,
			"CPU":        b.Software.Convert && given.FourCC != capture.MJPEG && given.FourCC != capture.RGB24,
			"image/jpeg": b.Software.JPEG && given.FourCC == capture.MJPEG}[s.Path]; !known {
			t.Fatalf("%s: %s cannot take %s here", way, s.Path, given.FourCC)
		}
		if s.In.Handover != capture.HandMapped && s.In.Handover != capture.HandOwn {
			t.Fatalf("%s: this program has no %s", way, s.In.Handover)
		}
		queue, given = &capture.Queue{}, &capture.Offer{FourCC: s.Out}
	}
	if given.FourCC != capture.H264 {
		t.Fatalf("%s ends as %s", way, given.FourCC)
	}
	encoder, ours := way.Step(capture.Coder)
	kept := map[capture.EncoderChoice]bool{capture.EncoderAuto: true, capture.EncoderV4L2: ours && !encoder.Software,
		capture.EncoderOpenH264: ours && encoder.Software, capture.EncoderPassthrough: !ours}
	if !kept[w.Encoder] {
		t.Fatalf("%s: %s was asked for", way, w.Encoder)
	}
}

// shared checks that buffers are shared only where both devices can.
func shared(t *rapid.T, way capture.Way, s capture.Step, from, to capture.Queue, given, taken capture.Offer) {
	t.Helper()
	taker := to.Exports && from.Imports && (to.Contiguous || !from.Contiguous)
	giver := from.Exports && to.Imports && (from.Contiguous || !to.Contiguous)
	switch {
	case s.In.Handover == capture.HandCopied:
		return
	case s.In.Handover == capture.HandTaker && !taker, s.In.Handover == capture.HandGiver && !giver,
		s.In.Handover != capture.HandTaker && s.In.Handover != capture.HandGiver:
		t.Fatalf("%s: the memory of %s cannot be shared by %s", way, s.Path, s.In.Handover)
	}
	bytes := map[capture.FourCC]int{capture.YU12: 1, capture.NV12: 1, capture.YUYV: 2, capture.UYVY: 2,
		capture.RGB24: 3}[given.FourCC]
	if bytes == 0 {
		t.Fatalf("%s: %s is of no fixed length", way, given.FourCC)
	}
	line := bytes * ((way.Format.Width + 1) / 2 * 2)
	x, y := lay(given.Stride, line, s.In.Stride), lay(taken.Stride, line, s.In.Stride)
	if !x || !y {
		t.Fatalf("%s: lines of %d bytes do not suit %+v and %+v", way, s.In.Stride, given.Stride, taken.Stride)
	}
	whose := map[capture.Handover]capture.Offer{capture.HandTaker: taken, capture.HandGiver: given}[s.In.Handover]
	other := given
	if s.In.Handover == capture.HandGiver {
		other = taken
	}
	if !lay(whose.Lines, way.Format.Height, s.In.Lines) || least(other.Lines, way.Format.Height) > s.In.Lines {
		t.Fatalf("%s: the buffer of %d lines is too short for the other", way, s.In.Lines)
	}
	if bytes == 1 && (!lay(given.Lines, way.Format.Height, s.In.Lines) || !lay(taken.Lines, way.Format.Height, s.In.Lines)) {
		t.Fatalf("%s: planes of %d lines do not suit %+v and %+v", way, s.In.Lines, given.Lines, taken.Lines)
	}
}

// least is what a driver makes of n at least; lay tells whether it can make it got.
func least(p capture.Padding, n int) int {
	a := max(p.Align, 1)
	return (n + a - 1) / a * a
}

func lay(p capture.Padding, n, got int) bool {
	return got == least(p, n) || p.More && got > n && got%max(p.Align, 1) == 0
}

func find(q capture.Queue, f capture.FourCC) *capture.Offer {
	for i := range q.Offers {
		if q.Offers[i].FourCC == f {
			return &q.Offers[i]
		}
	}
	return nil
}

func in(r capture.Range, n int) bool {
	return n >= r.Min && n <= r.Max && (n-r.Min)%max(r.Step, 1) == 0
}

// has tells whether a size is among them; no list is no limit.
func has(all []capture.Size, f capture.VideoFormat) bool {
	return len(all) == 0 || slices.ContainsFunc(all, func(s capture.Size) bool {
		return in(s.Width, f.Width) && in(s.Height, f.Height)
	})
}

// deliver tells whether a camera has the size at the rate.
func deliver(all []capture.Size, f capture.VideoFormat) bool {
	return slices.ContainsFunc(all, func(s capture.Size) bool {
		if !in(s.Width, f.Width) || !in(s.Height, f.Height) {
			return false
		}
		return len(s.Rates) == 0 && f.FPS == 0 || slices.ContainsFunc(s.Rates, func(r capture.Rate) bool {
			return f.FPS >= r.Min && f.FPS <= r.Max
		})
	})
}
