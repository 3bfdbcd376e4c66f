package picture

import (
	"fmt"
	"image"

	"vigie/capture"
)

// Converter turns a camera's pictures into planar 4:2:0. It keeps its memory from picture to picture and allocates
// when the size changes, and for MJPEG, where image/jpeg does. The zero value is ready; it is used by one goroutine.
type Converter struct {
	own  image.YCbCr // a picture that was converted
	wrap image.YCbCr // a view of a picture that needed no conversion
	jpeg []byte      // an MJPEG picture with the tables that it lacked
	mini image.YCbCr // the preview
}

// Convert returns f in planar 4:2:0. The picture is valid until the next call, and no longer than f is; it is never
// written to, for it may be the camera's own memory. It fails with capture.ErrDamaged when f is shorter than its format
// says or a JPEG cannot be read or has another size, and with capture.ErrUnsupported for another pixel format.
func (c *Converter) Convert(f *capture.RawFrame) (*image.YCbCr, error) {
	img, err := c.convert(f)
	if err != nil {
		return nil, fmt.Errorf("picture: %s of %d×%d: %w", f.FourCC, f.Width, f.Height, err)
	}
	return img, nil
}

// maxSide bounds a picture's sides, above what H.264 can code.
const maxSide = 1 << 14

func (c *Converter) convert(f *capture.RawFrame) (*image.YCbCr, error) {
	if f.Width < 1 || f.Height < 1 || f.Width > maxSide || f.Height > maxSide {
		return nil, fmt.Errorf("%w: sides are 1 to %d pixels", capture.ErrUnsupported, maxSide)
	}
	if f.FourCC == capture.MJPEG {
		return c.fromJPEG(f)
	}
	chromaWidth, chromaHeight := (f.Width+1)/2, (f.Height+1)/2
	line, rest := f.Width, int64(0)                  // bytes: of a line of the first plane, and of what follows that plane
	lines, stride := f.PlaneLines(), int64(f.Stride) // a size may be too large for an int of 32 bits
	switch f.FourCC {
	case capture.YUYV, capture.UYVY:
		line = 4 * chromaWidth
	case capture.NV12:
		line = 2 * chromaWidth
		rest = stride*int64(chromaHeight-1) + int64(2*chromaWidth)
	case capture.YU12:
		// A line of chroma is half as long as one of luma, padding included (V4L2, "Planar YUV formats").
		rest = stride/2*int64((lines+1)/2+chromaHeight-1) + int64(chromaWidth)
	default:
		return nil, fmt.Errorf("%w: the formats are YUYV, UYVY, NV12, YU12 and MJPG", capture.ErrUnsupported)
	}
	if lines > 2*maxSide {
		return nil, fmt.Errorf("%d lines in memory for a picture of %d", lines, f.Height)
	}
	if f.Stride < line || f.Stride > 16*maxSide || f.FourCC == capture.YU12 && f.Stride/2 < chromaWidth {
		return nil, fmt.Errorf("a stride of %d bytes is too short for a line", f.Stride)
	}
	need := stride*int64(lines) + rest
	if rest == 0 {
		need = stride*int64(f.Height-1) + int64(line)
	}
	if int64(len(f.Data)) < need {
		return nil, fmt.Errorf("%w: %d bytes, need %d", capture.ErrDamaged, len(f.Data), need)
	}
	switch f.FourCC {
	case capture.YU12:
		return c.view(f), nil
	case capture.NV12:
		return c.fromNV12(f), nil
	}
	return c.fromPacked(f), nil
}

// view wraps a YU12 picture.
func (c *Converter) view(f *capture.RawFrame) *image.YCbCr {
	y := f.Stride * f.PlaneLines()
	chroma := f.Stride / 2 * ((f.PlaneLines() + 1) / 2)
	c.wrap = image.YCbCr{
		Y: f.Data[:y], Cb: f.Data[y : y+chroma], Cr: f.Data[y+chroma:],
		YStride: f.Stride, CStride: f.Stride / 2,
		SubsampleRatio: image.YCbCrSubsampleRatio420, Rect: image.Rect(0, 0, f.Width, f.Height),
	}
	return &c.wrap
}

// fromNV12 takes luma as it is and parts the chroma.
func (c *Converter) fromNV12(f *capture.RawFrame) *image.YCbCr {
	resize(&c.own, f.Width, f.Height)
	luma := f.Stride * f.PlaneLines()
	chroma := f.Data[luma:]
	for row := range (f.Height + 1) / 2 {
		cb, cr := c.own.Cb[row*c.own.CStride:][:c.own.CStride], c.own.Cr[row*c.own.CStride:][:c.own.CStride]
		pairs := chroma[row*f.Stride:][:2*len(cb)]
		for i := range cb {
			cb[i], cr[i] = pairs[2*i], pairs[2*i+1]
		}
	}
	img := &c.wrap
	*img = c.own
	img.Y, img.YStride = f.Data[:luma], f.Stride
	return img
}

// resize makes img a 4:2:0 picture of that size with planes that touch. What was in it is not kept.
func resize(img *image.YCbCr, width, height int) {
	if img.Rect.Dx() == width && img.Rect.Dy() == height {
		return
	}
	*img = *image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
}
