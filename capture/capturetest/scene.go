package capturetest

import (
	"image"
	"image/color"
	"time"

	"vigie/capture"
	"vigie/capture/picture"
)

// The flash, for who measures. In FlashRect there is nothing else: its luma is FlashOff, and FlashOn in the pictures
// whose PTS is less than FlashLength after a whole second.
const (
	FlashLength = 100 * time.Millisecond
	FlashOn     = 235
	FlashOff    = 16
)

// FlashRect returns where a picture of that size flashes: its upper third.
func FlashRect(width, height int) image.Rectangle {
	return image.Rect(0, 0, width&^1, height/3&^1)
}

// flashes reports whether a picture at pts shows the flash.
func flashes(pts time.Duration) bool { return pts%time.Second < FlashLength }

// bars are 75 % colour bars (BT.601).
var bars = [...]color.YCbCr{
	{Y: 180, Cb: 128, Cr: 128}, {Y: 162, Cb: 44, Cr: 142}, {Y: 131, Cb: 156, Cr: 44}, {Y: 112, Cb: 72, Cr: 58},
	{Y: 84, Cb: 184, Cr: 198}, {Y: 65, Cb: 100, Cr: 212}, {Y: 35, Cb: 212, Cr: 114},
}

const (
	clockFormat = "15:04:05.000"
	countDigits = 8
	sweep       = 4 * time.Second // the block's way from left to right
)

// scene is the test picture. What never changes is drawn once; draw replaces the flash, the clock, the count and the
// moving block, in luma alone, without allocating.
//
//	+--------------------------+
//	|          flash           |
//	+--------------------------+
//	|         channel          |
//	|   12:34:56.789  00000042 |
//	+--------------------------+
//	| colour bars              |
//	|  ## ->    TEST PICTURE   |
//	+--------------------------+
type scene struct {
	canvas *picture.Canvas
	frame  capture.RawFrame
	glyphs glyphs
	flash  image.Rectangle
	clock  image.Point // upper left corner
	count  image.Point
	track  image.Rectangle // the block's
	flashy bool            // the flash is drawn
	text   []byte
}

func newScene(width, height int, channel string) *scene {
	s := &scene{canvas: picture.NewCanvas(width, height), text: make([]byte, 0, 32)}
	width, height = s.canvas.Bounds().Dx(), s.canvas.Bounds().Dy()
	s.frame = *s.canvas.Frame()
	s.flash = FlashRect(width, height)
	line := func(from, to int) image.Rectangle { // between parts of the height, in hundredths
		return image.Rect(width/20, height*from/100, width-width/20, height*to/100)
	}
	s.canvas.Text(line(35, 46), channel)
	s.canvas.Text(line(88, 99), "TEST PICTURE")
	for i, colour := range bars {
		s.canvas.Fill(image.Rect(width*i/len(bars), height*62/100, width*(i+1)/len(bars), height*78/100), colour)
	}
	row := line(48, 60)
	s.track = image.Rect(0, height*80/100, width, height*87/100)
	columns := len(clockFormat) + 1 + countDigits
	s.glyphs = newGlyphs(row.Dx()/columns, row.Dy())
	s.clock = row.Min
	s.count = row.Min.Add(image.Pt((len(clockFormat)+1)*s.glyphs.width, 0))
	return s
}

// draw changes the picture to that of pts, which is wall on the wall clock.
func (s *scene) draw(pts time.Duration, wall time.Time, count uint32) {
	if now := flashes(pts); now != s.flashy {
		s.flashy = now
		colour := picture.Black
		if now {
			colour = picture.White
		}
		s.canvas.Fill(s.flash, colour)
	}
	s.text = wall.AppendFormat(s.text[:0], clockFormat)
	s.glyphs.draw(s.canvas, s.clock, s.text)
	s.text = appendCount(s.text[:0], count)
	s.glyphs.draw(s.canvas, s.count, s.text)
	side := max(s.track.Dy(), 2)
	x := int(pts % sweep * time.Duration(max(s.track.Dx()-side, 0)) / sweep)
	s.canvas.Fill(s.track, picture.Black)
	s.canvas.Fill(image.Rect(x, s.track.Min.Y, x+side, s.track.Max.Y), picture.White)
}

// appendCount appends n with countDigits digits, the highest cut off.
func appendCount(dst []byte, n uint32) []byte {
	for div := uint32(10_000_000); div > 0; div /= 10 {
		dst = append(dst, '0'+byte(n/div%10))
	}
	return dst
}
