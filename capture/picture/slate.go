package picture

import (
	"image"
	"image/color"

	"vigie/capture"
)

// night is the slate's background, a dark blue.
var night = color.YCbCr{Y: 34, Cb: 142, Cr: 122}

// Slate draws the picture that viewers get instead of the camera's: a title and a line below it on a dark ground,
// "Main stage" and "Paused by the crew, back in a moment": who it is, and why. It takes tens of milliseconds: it is drawn once and kept.
//
// The picture is YU12 of that size, odd sides rounded down; the caller sets FPS, PTS and Sequence.
func Slate(width, height int, title, line string) *capture.RawFrame {
	c := NewCanvas(width, height)
	c.Fill(c.Bounds(), night)
	width, height = c.Bounds().Dx(), c.Bounds().Dy()
	margin := width / 12
	c.Text(image.Rect(margin, height*34/100, width-margin, height*52/100), title)
	c.Text(image.Rect(margin, height*54/100, width-margin, height*64/100), line)
	return c.Frame()
}
