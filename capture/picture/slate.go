package picture

import (
	"image"
	"image/color"

	"vigie/capture"
)

// night is the slate's background, a dark blue.
var night = color.YCbCr{Y: 34, Cb: 142, Cr: 122}

// Slate draws the picture that viewers get instead of the camera's: a title and smaller lines below it on a dark ground,
// "Main stage", "Friday's concert" and "Paused by the crew, back in a moment": who it is, what, and why. Lines that are
// empty take no room. It takes tens of milliseconds: it is drawn once and kept.
//
// The picture is YU12 of that size, odd sides rounded down; the caller sets FPS, PTS and Sequence.
func Slate(width, height int, title string, lines ...string) *capture.RawFrame {
	c := NewCanvas(width, height)
	c.Fill(c.Bounds(), night)
	width, height = c.Bounds().Dx(), c.Bounds().Dy()
	margin := width / 12
	c.Text(image.Rect(margin, height*34/100, width-margin, height*52/100), title)
	top := 54 // percent of the height
	for _, line := range lines {
		if line != "" {
			c.Text(image.Rect(margin, height*top/100, width-margin, height*(top+10)/100), line)
			top += 14
		}
	}
	return c.Frame()
}
