package v4l2

import (
	"cmp"
	"slices"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

// rounded is what was needed, in bytes or lines, and what the driver made of it.
type rounded struct{ need, got int }

// padding finds out how a driver rounds up the lines of a raw format and, where its pictures are cropped out of the
// buffer, their number: it is asked (try) for sizes that are hard to align. Of a camera, which is not cropped, another
// height is another picture. What cannot be found out is no padding; the two devices then differ when they are opened.
func padding(o capture.Offer, cropped bool, try func(capture.VideoFormat) (answer capture.VideoFormat, ok bool)) (
	stride, lines capture.Padding) {
	var across, down []rounded
	var last capture.VideoFormat
	for _, s := range awkward(o.Sizes) {
		got, ok := try(capture.VideoFormat{FourCC: o.FourCC, Width: s.width, Height: s.height})
		if !ok || got.FourCC != o.FourCC {
			continue
		}
		width := got.Width
		if cropped {
			width = min(width, s.width)
		}
		across = append(across, rounded{lineBytes(o.FourCC, width), got.Stride})
		if cropped && got.Height >= s.height {
			down = append(down, rounded{s.height, got.Height})
		}
		last = got
	}
	stride.Align, lines.Align = alignment(across), alignment(down)
	if len(across) > 0 {
		longer := last
		longer.Stride += 8 * max(stride.Align, 32) // a multiple of whatever it aligns to
		got, ok := try(longer)
		stride.More = ok && got == longer
	}
	return stride, lines
}

// alignment is the least number of which all that was got is the next multiple of what was needed; 0 where there is no
// such number, or nothing to tell by.
func alignment(all []rounded) int {
	const most = 4096
	for a := 1; a <= most && len(all) > 0; a++ {
		if !slices.ContainsFunc(all, func(r rounded) bool { return (r.need+a-1)/a*a != r.got }) {
			return a
		}
	}
	return 0
}

type pixels struct{ width, height int }

// hard are sizes that no alignment of 4 or more leaves alone in width, with the common heights, of which 360 and 1080
// are no whole number of macroblocks.
var hard = []pixels{{642, 360}, {850, 480}, {1282, 720}, {1918, 1080}}

// awkward picks some of a format's sizes, those first whose width is the hardest to align. Each costs a question, which
// a USB camera takes some milliseconds to answer.
func awkward(sizes []capture.Size) []pixels {
	if len(sizes) == 0 {
		return hard
	}
	var all []pixels
	for _, s := range sizes {
		for _, h := range hard {
			all = append(all, pixels{s.Width.Nearest(h.width), s.Height.Nearest(h.height)})
		}
	}
	easy := func(n int) int { return n & -n } // the highest power of two that it is a multiple of
	slices.SortFunc(all, func(a, b pixels) int {
		return cmp.Or(easy(a.width)-easy(b.width), easy(a.height)-easy(b.height), a.width-b.width, a.height-b.height)
	})
	all = slices.Compact(all)
	return all[:min(len(all), len(hard))]
}

// try asks the driver what it would answer, without setting anything.
func try(fd int, kind int32, want capture.VideoFormat) (capture.VideoFormat, bool) {
	f := uapi.Format{Type: uint32(kind)}
	request(&f, want)
	err := uapi.TryFmt(fd, &f)
	return answerOf(&f), err == nil
}
