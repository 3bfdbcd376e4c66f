package v4l2

import (
	"fmt"

	"vigie/capture"
)

// need is how many bytes a picture takes, with padding.
func (l Layout) need() int {
	return pictureSize(capture.VideoFormat{FourCC: l.FourCC, Stride: l.Stride, Height: l.Lines})
}

// fill copies a picture into dst as the layout wants it. The padding is left as it is: it is not coded.
func (l Layout) fill(dst []byte, f *capture.RawFrame) error {
	size := pictureSize(f.VideoFormat)
	if len(f.Data) < size || size == 0 || f.FourCC != l.FourCC && f.FourCC != capture.YU12 {
		return fmt.Errorf("a picture of %s with %d bytes, want %d of %s: %w", f.FourCC, len(f.Data), size, l.FourCC,
			capture.ErrUnsupported)
	}
	if l.fits(f.VideoFormat) == nil {
		copy(dst, f.Data[:size])
		return nil
	}
	src := planesOf(f.Data, f.FourCC, f.Stride, f.Height)
	to := planesOf(dst, l.FourCC, l.Stride, l.Lines)
	if f.FourCC != l.FourCC {
		l.convert(to, src)
		return nil
	}
	for i := range to {
		if to[i].data == nil {
			break
		}
		width, height := l.Width, l.Height
		switch {
		case l.FourCC == capture.YUYV || l.FourCC == capture.UYVY:
			width *= 2
		case i > 0 && l.FourCC == capture.NV12:
			width, height = (width+1)/2*2, (height+1)/2
		case i > 0:
			width, height = (width+1)/2, (height+1)/2
		}
		for y := range height {
			copy(to[i].line(y)[:width], src[i].line(y))
		}
	}
	return nil
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
