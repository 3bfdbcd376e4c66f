package picture

import (
	"encoding/binary"
	"image"

	"vigie/capture"
)

// even has the bytes 0, 2, 4 and 6 of a word: eight bytes are worked on at a time, in lanes of 16 bits.
const even = 0x00ff00ff00ff00ff

// fromPacked converts YUYV and UYVY: luma as it is, chroma averaged over each pair of lines.
func (c *Converter) fromPacked(f *capture.RawFrame) *image.YCbCr {
	resize(&c.own, f.Width, f.Height)
	lumaShift := uint(0) // bits from the end of a word to its first luma
	if f.FourCC == capture.UYVY {
		lumaShift = 8
	}
	img := &c.own
	line := 4 * ((f.Width + 1) / 2)
	for row := 0; row < f.Height; row += 2 {
		below := min(row+1, f.Height-1) // an odd height: the last line is its own pair
		top, bottom := f.Data[row*f.Stride:][:line], f.Data[below*f.Stride:][:line]
		y0, y1 := img.Y[row*img.YStride:][:f.Width], img.Y[below*img.YStride:][:f.Width]
		at := row / 2 * img.CStride
		packedLines(y0, y1, img.Cb[at:][:img.CStride], img.Cr[at:][:img.CStride], top, bottom, lumaShift)
	}
	return img
}

// packedLines converts two lines, four pixels of each at a time, and the rest one pair at a time.
func packedLines(y0, y1, cb, cr, top, bottom []byte, lumaShift uint) {
	lumaShift &= 8 // the compiler then knows that it shifts by less than 64
	chromaShift := lumaShift ^ 8
	pairs := len(cb)
	i := 0
	for ; i+2 <= pairs && 2*i+4 <= len(y0); i += 2 {
		a, b := binary.LittleEndian.Uint64(top[4*i:]), binary.LittleEndian.Uint64(bottom[4*i:])
		binary.LittleEndian.PutUint32(y0[2*i:], squeeze(a>>lumaShift&even))
		binary.LittleEndian.PutUint32(y1[2*i:], squeeze(b>>lumaShift&even))
		// Lanes Cb Cr Cb Cr; a sum of two bytes and one fits its lane.
		mean := (a>>chromaShift&even + b>>chromaShift&even + 0x0001000100010001) >> 1 & even
		binary.LittleEndian.PutUint16(cb[i:], uint16(mean&0xff|mean>>24&0xff00))
		binary.LittleEndian.PutUint16(cr[i:], uint16(mean>>16&0xff|mean>>40&0xff00))
	}
	luma, chroma := int(lumaShift/8), int(chromaShift/8)
	for ; i < pairs; i++ {
		for x := 2 * i; x < min(2*i+2, len(y0)); x++ {
			y0[x], y1[x] = top[2*x+luma], bottom[2*x+luma]
		}
		cb[i] = mean2(top[4*i+chroma], bottom[4*i+chroma])
		cr[i] = mean2(top[4*i+2+chroma], bottom[4*i+2+chroma])
	}
}

// squeeze moves the low bytes of four lanes together.
func squeeze(lanes uint64) uint32 {
	lanes = (lanes | lanes>>8) & 0x0000ffff0000ffff
	return uint32(lanes | lanes>>16)
}

func mean2(a, b byte) byte { return byte((uint(a) + uint(b) + 1) / 2) }
