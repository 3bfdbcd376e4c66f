package capture_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"vigie/capture"
)

var (
	anyRaw   = rapid.SampledFrom([]capture.FourCC{capture.YUYV, capture.UYVY, capture.NV12, capture.YU12, capture.RGB24})
	anyCoded = rapid.SampledFrom([]capture.FourCC{capture.MJPEG, capture.H264, "GREY"})
	often    = rapid.Map(rapid.IntRange(0, 3), func(n int) bool { return n > 0 })
)

// anySize is one size or a range of them, without rates or with some.
var anySize = rapid.Custom(func(t *rapid.T) capture.Size {
	rates := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) capture.Rate {
		most := rapid.SampledFrom([]float64{5, 10, 15, 29.97, 30, 50, 60}).Draw(t, "fps")
		return capture.Rate{Min: rapid.SampledFrom([]float64{1, most}).Draw(t, "slowest"), Max: most}
	}), 0, 3).Draw(t, "rates")
	side := func(of ...int) capture.Range {
		least, most := rapid.SampledFrom(of).Draw(t, "a"), rapid.SampledFrom(of).Draw(t, "b")
		step := rapid.SampledFrom([]int{0, 1, 2, 8}).Draw(t, "step")
		return capture.Range{Min: min(least, most), Max: max(least, most), Step: step}
	}
	return capture.Size{Width: side(640, 848, 1280, 1920), Height: side(360, 480, 720, 1080), Rates: rates}
})

var anyPadding = rapid.Custom(func(t *rapid.T) capture.Padding {
	align := rapid.SampledFrom([]int{0, 1, 16, 48, 64}).Draw(t, "align")
	return capture.Padding{Align: align, More: rapid.Bool().Draw(t, "more")}
})

// queue draws a queue of formats, of up to so many sizes each.
func queue(t *rapid.T, formats *rapid.Generator[capture.FourCC], sizes int) capture.Queue {
	offer := rapid.Custom(func(t *rapid.T) capture.Offer {
		return capture.Offer{FourCC: formats.Draw(t, "format"), Sizes: rapid.SliceOfN(anySize, 0, sizes).Draw(t, "sizes"),
			Stride: anyPadding.Draw(t, "stride"), Lines: anyPadding.Draw(t, "lines")}
	})
	fourCC := func(o capture.Offer) capture.FourCC { return o.FourCC }
	return capture.Queue{Offers: rapid.SliceOfNDistinct(offer, 1, 3, fourCC).Draw(t, "offers"),
		Contiguous: rapid.Bool().Draw(t, "contiguous"), Exports: often.Draw(t, "exports"), Imports: often.Draw(t, "imports")}
}

// anyMem2Mem is an encoder, a decoder, a converter, or one that codes something else.
var anyMem2Mem = rapid.Custom(func(t *rapid.T) capture.Mem2Mem {
	in, out := anyRaw, anyRaw
	switch rapid.SampledFrom([]string{"encoder", "encoder", "decoder", "converter", "foreign"}).Draw(t, "role") {
	case "encoder":
		out = rapid.Just(capture.H264)
	case "decoder":
		in = rapid.Just(capture.MJPEG)
	case "foreign":
		out = rapid.SampledFrom([]capture.FourCC{"FWHT", "JPEG"})
	}
	least := rapid.IntRange(0, 1).Draw(t, "sizes")
	return capture.Mem2Mem{In: queue(t, in, least), Out: queue(t, out, 0),
		Macroblocks: rapid.SampledFrom([]int{0, 0, 108000, 245760}).Draw(t, "macroblocks")}
})

var anyBoard = rapid.Custom(func(t *rapid.T) capture.Board {
	b := capture.Board{Software: capture.Software{OpenH264: often.Draw(t, "openh264"), JPEG: often.Draw(t, "jpeg"),
		Convert: often.Draw(t, "convert")}}
	for i := range rapid.IntRange(0, 3).Draw(t, "cameras") {
		c := capture.BoardCamera{Path: fmt.Sprintf("/dev/video%d", i), Queue: queue(t, rapid.OneOf(anyRaw, anyRaw, anyCoded), 3)}
		if !often.Draw(t, "chooses its size") {
			width := rapid.SampledFrom([]int{0, 640, 1920}).Draw(t, "width")
			c.Signal = &capture.Signal{Width: width, Height: 480, FPS: 50}
		}
		b.Cameras = append(b.Cameras, c)
	}
	b.Mem2Mem = rapid.SliceOfN(anyMem2Mem, 0, 4).Draw(t, "mem2mem")
	for i := range b.Mem2Mem {
		b.Mem2Mem[i].Path = fmt.Sprintf("/dev/video1%d", i)
	}
	return b
})

var anyWish = rapid.Custom(func(t *rapid.T) capture.Wish {
	return capture.Wish{
		Width:  rapid.SampledFrom([]int{640, 1280, 1920}).Draw(t, "width"),
		Height: rapid.SampledFrom([]int{360, 720, 1080}).Draw(t, "height"),
		FPS:    rapid.SampledFrom([]int{10, 30, 60}).Draw(t, "fps"),
		Encoder: rapid.SampledFrom([]capture.EncoderChoice{capture.EncoderAuto, capture.EncoderAuto, capture.EncoderV4L2, capture.EncoderOpenH264,
			capture.EncoderPassthrough}).Draw(t, "encoder")}
})

// TestWayHolds holds of any board that the chosen way can be gone, keeps to the wish, and does not depend on the order
// in which devices are found.
func TestWayHolds(t *testing.T) {
	found := make(map[capture.Handover]int)
	holds := func(t *rapid.T) {
		b, w := anyBoard.Draw(t, "board"), anyWish.Draw(t, "wish")
		c := capture.ChooseWay(b, w)
		if c.Way != nil {
			for _, s := range c.Way.Steps {
				found[s.In.Handover]++
			}
			check(t, b, w, *c.Way)
		}
		for _, o := range c.Others {
			if o.Why == "" {
				t.Errorf("nobody says why not %s", o.Way)
			}
		}
		if len(b.Cameras) > 0 && c.Way == nil && len(c.Others) == 0 {
			t.Error("there is no way, and no reason")
		}
		if again := capture.ChooseWay(shuffled(t, b), w); !reflect.DeepEqual(c, again) {
			t.Errorf("in another order the choice is another:\n%+v\n%+v", c, again)
		}
	}
	for range 10 { // of random boards few can share memory
		rapid.Check(t, holds)
	}
	if !t.Failed() && !testing.Short() && len(found) < 5 {
		t.Errorf("the boards are too poor to test every handover: %v", found)
	}
}

func shuffled(t *rapid.T, b capture.Board) capture.Board {
	mix := func(q capture.Queue) capture.Queue {
		q.Offers = slices.Clone(q.Offers)
		for i := range q.Offers {
			q.Offers[i].Sizes = rapid.Permutation(q.Offers[i].Sizes).Draw(t, "sizes")
		}
		q.Offers = rapid.Permutation(q.Offers).Draw(t, "offers")
		return q
	}
	b.Cameras, b.Mem2Mem = slices.Clone(b.Cameras), slices.Clone(b.Mem2Mem)
	for i := range b.Cameras {
		b.Cameras[i].Queue = mix(b.Cameras[i].Queue)
	}
	for i := range b.Mem2Mem {
		b.Mem2Mem[i].In, b.Mem2Mem[i].Out = mix(b.Mem2Mem[i].In), mix(b.Mem2Mem[i].Out)
	}
	b.Cameras, b.Mem2Mem = rapid.Permutation(b.Cameras).Draw(t, "cameras"), rapid.Permutation(b.Mem2Mem).Draw(t, "mem2mem")
	return b
}
