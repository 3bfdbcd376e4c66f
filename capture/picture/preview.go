package picture

import (
	"fmt"
	"image"
	"image/jpeg"
	"io"

	"vigie/capture"
)

// previewQuality is image/jpeg's scale of 1 to 100: about 10 kB at 320×180.
const previewQuality = 70

// Preview writes f as a JPEG that is width pixels wide, or as wide as f where that is less. It takes some
// milliseconds, more where f is MJPEG: it is meant for once a second. It ends what an earlier Convert returned.
func (c *Converter) Preview(w io.Writer, f *capture.RawFrame, width int) error {
	src, err := c.Convert(f)
	if err != nil {
		return err
	}
	width = max(min(width, f.Width)&^1, 2)
	height := max((f.Height*width/f.Width)&^1, 2)
	if f.Width < width || f.Height < height {
		return fmt.Errorf("picture: preview: %w: %d×%d is too small", capture.ErrUnsupported, f.Width, f.Height)
	}
	resize(&c.mini, width, height)
	dst := &c.mini
	shrink(dst.Y, width, height, src.Y, src.YStride, f.Width, f.Height, &lumaToFull)
	chromaWidth, chromaHeight := (f.Width+1)/2, (f.Height+1)/2
	shrink(dst.Cb, width/2, height/2, src.Cb, src.CStride, chromaWidth, chromaHeight, &chromaToFull)
	shrink(dst.Cr, width/2, height/2, src.Cr, src.CStride, chromaWidth, chromaHeight, &chromaToFull)
	if err := jpeg.Encode(w, image.Image(dst), &jpeg.Options{Quality: previewQuality}); err != nil {
		return fmt.Errorf("picture: preview: %w", err)
	}
	return nil
}

// shrink makes a plane smaller: each value is the mean of the box of src that it covers, mapped by t. No side of dst
// is longer than src's; the lines of dst touch.
func shrink(dst []byte, width, height int, src []byte, stride, srcWidth, srcHeight int, t *[256]byte) {
	for y := range height {
		top, bottom := y*srcHeight/height, (y+1)*srcHeight/height
		for x := range width {
			left, right := x*srcWidth/width, (x+1)*srcWidth/width
			sum := 0
			for row := top; row < bottom; row++ {
				for _, v := range src[row*stride+left : row*stride+right] {
					sum += int(v)
				}
			}
			n := (bottom - top) * (right - left)
			dst[y*width+x] = t[(sum+n/2)/n]
		}
	}
}
