package picture

import (
	"image"
	"image/color"

	"vigie/capture"
)

// Colours of limited range.
var (
	Black = color.YCbCr{Y: 16, Cb: 128, Cr: 128}
	White = color.YCbCr{Y: 235, Cb: 128, Cr: 128}
)

// Canvas is a YU12 picture to draw on.
type Canvas struct {
	frame capture.RawFrame
	img   image.YCbCr // over frame.Data
}

// NewCanvas returns a black one. Odd sides are rounded down, and none is less than 2 pixels.
func NewCanvas(width, height int) *Canvas {
	width, height = max(width&^1, 2), max(height&^1, 2)
	luma := width * height
	c := &Canvas{frame: capture.RawFrame{
		VideoFormat: capture.VideoFormat{FourCC: capture.YU12, Width: width, Height: height, Stride: width},
		Data:        make([]byte, luma*3/2),
	}}
	c.img = image.YCbCr{
		Y: c.frame.Data[:luma], Cb: c.frame.Data[luma : luma*5/4], Cr: c.frame.Data[luma*5/4:],
		YStride: width, CStride: width / 2,
		SubsampleRatio: image.YCbCrSubsampleRatio420, Rect: image.Rect(0, 0, width, height),
	}
	c.Fill(c.Bounds(), Black)
	return c
}

// Frame returns the picture itself, not a copy: what is drawn later changes it. The caller sets FPS, PTS and Sequence.
func (c *Canvas) Frame() *capture.RawFrame { return &c.frame }

// Bounds returns the canvas' rectangle, from (0, 0).
func (c *Canvas) Bounds() image.Rectangle { return c.img.Rect }

// Fill paints a rectangle, clipped to the canvas. Chroma has half of the resolution: an odd edge is a pixel off in it.
func (c *Canvas) Fill(r image.Rectangle, colour color.YCbCr) {
	r = r.Intersect(c.Bounds())
	if r.Empty() {
		return
	}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		fill(c.img.Y[y*c.img.YStride:][r.Min.X:r.Max.X], colour.Y)
	}
	for y := r.Min.Y / 2; y < (r.Max.Y+1)/2; y++ {
		line := y * c.img.CStride
		fill(c.img.Cb[line:][r.Min.X/2:(r.Max.X+1)/2], colour.Cb)
		fill(c.img.Cr[line:][r.Min.X/2:(r.Max.X+1)/2], colour.Cr)
	}
}

// Luma returns the luma of a line: a part of the picture, for drawing that Fill and Text cannot do cheaply enough.
func (c *Canvas) Luma(y int) []byte { return c.img.Y[y*c.img.YStride:][:c.img.YStride] }
