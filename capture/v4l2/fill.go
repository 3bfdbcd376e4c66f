package v4l2

import (
	"fmt"

	"vigie/capture"
)

// layoutOf is how a picture of that format lies in memory.
func layoutOf(f capture.VideoFormat) Layout {
	l := Layout{FourCC: f.FourCC, Width: f.Width, Height: f.Height, Stride: f.Stride, Lines: f.PlaneLines()}
	l.Size = l.need()
	return l
}

// need is how many bytes a picture takes, with padding; 0 for a format whose pictures differ, or that is not known here.
func (l Layout) need() int {
	switch {
	case l.planar(): // chroma has half the lines; two half strides, or one of pairs
		return l.Stride * (l.Lines + (l.Lines+1)/2)
	case l.pixel() > 0:
		return l.Stride * l.Lines
	}
	return 0
}

func (l Layout) planar() bool { return l.FourCC == capture.YU12 || l.FourCC == capture.NV12 }

// pixel is how many bytes a pixel of the first plane has, 0 where that is not known.
func (l Layout) pixel() int {
	switch l.FourCC {
	case capture.YU12, capture.NV12:
		return 1
	case capture.YUYV, capture.UYVY:
		return 2
	case capture.RGB24:
		return 3
	}
	return 0
}

// fill copies a picture into dst as the layout wants it. The padding is left as it is: it is not coded.
func (l Layout) fill(dst []byte, f *capture.RawFrame) error {
	from := layoutOf(f.VideoFormat)
	converts := f.FourCC == capture.YU12 && l.FourCC != capture.RGB24
	if len(f.Data) < from.Size || from.Size == 0 || f.FourCC != l.FourCC && !converts {
		return fmt.Errorf("a picture of %s with %d bytes, want %d of %s: %w", f.FourCC, len(f.Data), from.Size, l.FourCC,
			capture.ErrUnsupported)
	}
	l.take(dst, f.Data, from)
	return nil
}

// take copies a picture that lies otherwise.
func (l Layout) take(dst, src []byte, from Layout) {
	if l.holds(from) == nil {
		copy(dst, src[:from.need()])
		return
	}
	planes := planesOf(src, from.FourCC, from.Stride, from.Lines)
	to := planesOf(dst, l.FourCC, l.Stride, l.Lines)
	if from.FourCC != l.FourCC {
		l.convert(to, planes)
		return
	}
	for i := range to {
		if to[i].data == nil {
			break
		}
		width, height := l.Width*l.pixel(), l.Height
		switch {
		case i > 0 && l.FourCC == capture.NV12:
			width, height = (width+1)/2*2, (height+1)/2
		case i > 0:
			width, height = (width+1)/2, (height+1)/2
		}
		for y := range height {
			copy(to[i].line(y)[:width], planes[i].line(y))
		}
	}
}

// plane is one plane of a picture.
type plane struct {
	data   []byte
	stride int
}

func (p plane) line(y int) []byte { return p.data[y*p.stride:][:p.stride] }

// planesOf cuts a picture into its planes; those that the format has not are empty.
func planesOf(data []byte, format capture.FourCC, stride, lines int) [3]plane {
	chroma, half := stride*lines, (lines+1)/2
	switch format {
	case capture.NV12:
		return [3]plane{{data, stride}, {data[chroma:], stride}}
	case capture.YU12:
		return [3]plane{{data, stride}, {data[chroma:], stride / 2}, {data[chroma+stride/2*half:], stride / 2}}
	}
	return [3]plane{{data, stride}}
}

// convert writes a YU12 picture into planes of another format. It is for the slate, which comes as YU12.
func (l Layout) convert(to, src [3]plane) {
	luma := 0 // the place of Y in a pair of UYVY
	if l.FourCC == capture.UYVY {
		luma = 1
	}
	for y := range l.Height {
		from, cb, cr := src[0].line(y), src[1].line(y/2), src[2].line(y/2)
		if l.FourCC == capture.NV12 {
			copy(to[0].line(y)[:l.Width], from)
			pairs := to[1].line(y / 2)
			for x := 0; x < l.Width/2; x++ {
				pairs[2*x], pairs[2*x+1] = cb[x], cr[x]
			}
			continue
		}
		line := to[0].line(y)
		for x := 0; x < l.Width/2; x++ {
			four := line[4*x:][:4]
			four[luma], four[luma+2] = from[2*x], from[2*x+1]
			four[1-luma], four[3-luma] = cb[x], cr[x]
		}
	}
}
