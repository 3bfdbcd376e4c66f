package capturetest

import (
	"image"
	"strings"

	"vigie/capture/picture"
)

const glyphSet = "0123456789:."

// glyphs are the luma of the characters of glyphSet, each in a cell of the same size.
type glyphs struct {
	width, height int
	luma          [len(glyphSet)][]byte // lines that touch
}

func newGlyphs(width, height int) glyphs {
	// A canvas has even sides: so have the cells.
	g := glyphs{width: max(width&^1, 2), height: max(height&^1, 2)}
	for i, r := range glyphSet {
		cell := picture.NewCanvas(g.width, g.height)
		cell.Text(cell.Bounds(), string(r))
		for y := range g.height {
			g.luma[i] = append(g.luma[i], cell.Luma(y)...)
		}
	}
	return g
}

// draw copies text to c, beginning at the corner at. What is outside of c, or not in glyphSet, is left out.
func (g *glyphs) draw(c *picture.Canvas, at image.Point, text []byte) {
	for _, b := range text {
		index := strings.IndexByte(glyphSet, b)
		cell := image.Rectangle{Min: at, Max: at.Add(image.Pt(g.width, g.height))}
		if index >= 0 && cell.In(c.Bounds()) {
			for y := range g.height {
				copy(c.Luma(at.Y + y)[at.X:], g.luma[index][y*g.width:][:g.width])
			}
		}
		at.X += g.width
	}
}
