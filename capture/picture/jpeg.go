package picture

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"

	"vigie/capture"
)

// fromJPEG decodes an MJPEG picture of any chroma subsampling, or a gray one.
func (c *Converter) fromJPEG(f *capture.RawFrame) (*image.YCbCr, error) {
	data := f.Data
	if at, ok := scanWithoutTables(data); ok {
		// Most cameras leave the Huffman tables out (USB Video Class 1.5, Motion-JPEG payload, 3.3).
		c.jpeg = append(append(append(c.jpeg[:0], data[:at]...), huffmanTables...), data[at:]...)
		data = c.jpeg
	}
	// The size is checked first: a broken header must not have us allocate gigabytes.
	config, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", capture.ErrDamaged, err)
	}
	if config.Width != f.Width || config.Height != f.Height {
		return nil, fmt.Errorf("%w: the JPEG is of %d×%d", capture.ErrDamaged, config.Width, config.Height)
	}
	decoded, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", capture.ErrDamaged, err)
	}
	resize(&c.own, f.Width, f.Height)
	switch img := decoded.(type) {
	case *image.YCbCr:
		if err := resample(&c.own, img); err != nil {
			return nil, err
		}
	case *image.Gray:
		for row := range f.Height {
			limit(c.own.Y[row*c.own.YStride:][:f.Width], img.Pix[row*img.Stride:], &lumaToLimited)
		}
		fill(c.own.Cb, 128)
		fill(c.own.Cr, 128)
	default:
		return nil, fmt.Errorf("%w: a JPEG of colours other than YCbCr and gray", capture.ErrUnsupported)
	}
	return &c.own, nil
}

// resample brings a decoded JPEG to 4:2:0 and limited range. Chroma that is denser than 4:2:0 is averaged; image/jpeg
// pads its planes to whole blocks, so that the neighbours of an edge exist.
func resample(dst, src *image.YCbCr) error {
	width, height := dst.Rect.Dx(), dst.Rect.Dy()
	for row := range height {
		limit(dst.Y[row*dst.YStride:][:width], src.Y[row*src.YStride:], &lumaToLimited)
	}
	var across, down int // chroma values of src that make one of dst
	switch src.SubsampleRatio {
	case image.YCbCrSubsampleRatio444:
		across, down = 2, 2
	case image.YCbCrSubsampleRatio422:
		across, down = 1, 2
	case image.YCbCrSubsampleRatio440:
		across, down = 2, 1
	case image.YCbCrSubsampleRatio420:
		across, down = 1, 1
	default:
		return fmt.Errorf("%w: a JPEG with chroma %v", capture.ErrUnsupported, src.SubsampleRatio)
	}
	rows := height // chroma lines of src
	if down == 1 {
		rows = (height + 1) / 2
	}
	columns := width
	if across == 1 {
		columns = (width + 1) / 2
	}
	for row := range (height + 1) / 2 {
		top, bottom := row*down*src.CStride, min(row*down+down-1, rows-1)*src.CStride
		out := row * dst.CStride
		for i := range dst.CStride {
			left, right := i*across, min(i*across+across-1, columns-1)
			dst.Cb[out+i] = chromaToLimited[mean4(src.Cb, top+left, top+right, bottom+left, bottom+right)]
			dst.Cr[out+i] = chromaToLimited[mean4(src.Cr, top+left, top+right, bottom+left, bottom+right)]
		}
	}
	return nil
}

func mean4(p []byte, a, b, c, d int) byte {
	return byte((uint(p[a]) + uint(p[b]) + uint(p[c]) + uint(p[d]) + 2) / 4)
}

// scanWithoutTables returns where the first scan of a JPEG begins, if no Huffman tables come before it. It walks the
// markers (T.81, B.1.1); what is not well formed is left to the decoder to refuse.
func scanWithoutTables(data []byte) (at int, ok bool) {
	const soi, sos, dht = 0xd8, 0xda, 0xc4
	if len(data) < 2 || data[0] != 0xff || data[1] != soi {
		return 0, false
	}
	for at = 2; at+4 <= len(data) && data[at] == 0xff; {
		switch data[at+1] {
		case 0xff: // a fill byte
			at++
			continue
		case sos:
			return at, true
		case dht:
			return 0, false
		}
		at += 2 + int(data[at+2])<<8 + int(data[at+3])
	}
	return 0, false
}
