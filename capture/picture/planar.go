package picture

import (
	"fmt"
	"image"

	"vigie/capture"
)

// planar is a YU12 picture with memory of its own, that others are converted into.
type planar struct {
	frame   capture.RawFrame
	convert Converter // its own picture lies over frame.Data
}

// planarFormat is what pictures of that format become: YU12 with lines that touch, of an even length.
func planarFormat(f capture.VideoFormat) capture.VideoFormat {
	return capture.VideoFormat{
		FourCC: capture.YU12, Width: f.Width, Height: f.Height, Stride: (f.Width + 1) &^ 1, FPS: f.FPS,
	}
}

func newPlanar(f capture.VideoFormat) *planar {
	p := &planar{frame: capture.RawFrame{VideoFormat: f}}
	luma, chroma := f.Stride*f.Height, f.Stride/2*((f.Height+1)/2)
	data := make([]byte, luma+2*chroma)
	p.frame.Data = data
	p.convert.own = image.YCbCr{
		Y: data[:luma], Cb: data[luma : luma+chroma], Cr: data[luma+chroma:],
		YStride: f.Stride, CStride: f.Stride / 2,
		SubsampleRatio: image.YCbCrSubsampleRatio420, Rect: image.Rect(0, 0, f.Width, f.Height),
	}
	return p
}

// take converts f into p, and gives it f's time and number.
func (p *planar) take(f *capture.RawFrame) error {
	if f.Width != p.frame.Width || f.Height != p.frame.Height {
		return fmt.Errorf("picture: %w: %d×%d instead of %d×%d: open the camera again", capture.ErrChanged,
			f.Width, f.Height, p.frame.Width, p.frame.Height)
	}
	img, err := p.convert.Convert(f)
	if err != nil {
		return err
	}
	// What needed no conversion is still the camera's memory: all of YU12, the luma of NV12.
	own := &p.convert.own
	copyPlane(own.Y, own.YStride, img.Y, img.YStride, f.Width, f.Height)
	copyPlane(own.Cb, own.CStride, img.Cb, img.CStride, (f.Width+1)/2, (f.Height+1)/2)
	copyPlane(own.Cr, own.CStride, img.Cr, img.CStride, (f.Width+1)/2, (f.Height+1)/2)
	p.frame.PTS, p.frame.Sequence = f.PTS, f.Sequence
	return nil
}

// copyPlane copies a plane unless it is the same.
func copyPlane(dst []byte, dstStride int, src []byte, srcStride, width, height int) {
	if &dst[0] == &src[0] {
		return
	}
	for row := range height {
		copy(dst[row*dstStride:][:width], src[row*srcStride:])
	}
}
