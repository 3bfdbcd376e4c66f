package picture

import (
	"image"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// typeface is Go Bold (golang.org/x/image, BSD): Latin, Greek and Cyrillic.
var typeface = sync.OnceValue(func() *sfnt.Font {
	f, err := opentype.Parse(gobold.TTF)
	if err != nil {
		panic("picture: the font that is compiled in does not parse: " + err.Error())
	}
	return f
})

// lineHeight is a line's height in font sizes, with room for accents and descenders.
const lineHeight = 1.25

// Text writes s in white, centred in r, as large as r's height allows and smaller where s would be wider than r.
func (c *Canvas) Text(r image.Rectangle, s string) {
	r = r.Intersect(c.Bounds())
	if r.Empty() || s == "" {
		return
	}
	size := float64(r.Dy()) / lineHeight
	face := newFace(size)
	if width := font.MeasureString(face, s).Ceil(); width > r.Dx() {
		_ = face.Close()
		face = newFace(size * float64(r.Dx()) / float64(width))
	}
	defer face.Close()
	metrics := face.Metrics()
	mask := image.NewAlpha(r)
	pen := font.Drawer{Dst: mask, Src: image.Opaque, Face: face}
	pen.Dot = fixed.Point26_6{
		X: fixed.I(r.Min.X) + max(fixed.I(r.Dx())-pen.MeasureString(s), 0)/2,
		Y: fixed.I(r.Min.Y) + (fixed.I(r.Dy())+metrics.Ascent-metrics.Descent)/2,
	}
	pen.DrawString(s)
	c.blend(mask)
}

func newFace(size float64) font.Face {
	face, err := opentype.NewFace(typeface(), &opentype.FaceOptions{Size: max(size, 1), DPI: 72})
	if err != nil {
		panic("picture: " + err.Error()) // it has no way to fail with a size above 0
	}
	return face
}

// blend paints White through a mask.
func (c *Canvas) blend(mask *image.Alpha) {
	r := mask.Rect
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			a := int(mask.Pix[mask.PixOffset(x, y)])
			if a == 0 {
				continue
			}
			mix(&c.img.Y[c.img.YOffset(x, y)], White.Y, a)
			if x%2 == 0 && y%2 == 0 {
				at := c.img.COffset(x, y)
				mix(&c.img.Cb[at], White.Cb, a)
				mix(&c.img.Cr[at], White.Cr, a)
			}
		}
	}
}

func mix(v *byte, to byte, alpha int) {
	*v = byte((int(*v)*(255-alpha) + int(to)*alpha + 127) / 255)
}
