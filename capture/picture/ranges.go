package picture

import "vigie/capture"

// Full range to limited range and back, by value (BT.601, 2.5.3; JFIF 1.02).
var (
	lumaToLimited   = table(func(v float64) float64 { return 16 + v*219/255 })
	chromaToLimited = table(func(v float64) float64 { return 128 + (v-128)*224/255 })
	lumaToFull      = table(func(v float64) float64 { return (v - 16) * 255 / 219 })
	chromaToFull    = table(func(v float64) float64 { return 128 + (v-128)*255/224 })
)

func table(f func(float64) float64) (t [256]byte) {
	for i := range t {
		t[i] = byte(min(max(f(float64(i))+0.5, 0), 255))
	}
	return t
}

// limit maps as many values as dst has.
func limit(dst, src []byte, t *[256]byte) {
	src = src[:len(dst)]
	for i := range dst {
		dst[i] = t[src[i]]
	}
}

func fill(p []byte, v byte) {
	for i := range p {
		p[i] = v
	}
}

// Limit brings a YU12 picture of full range to limited range, in place: what libcamera calls sYCC. Data must hold the
// picture that its format says. Bytes that pad the lines are changed with it.
func Limit(f *capture.RawFrame) {
	luma := f.Data[:f.Stride*f.PlaneLines()]
	limit(luma, luma, &lumaToLimited)
	chroma := f.Data[len(luma):]
	limit(chroma, chroma, &chromaToLimited)
}
