package v4l2

import "math"

// faulty is the bitrate, in bits for each macroblock of 16x16 pixels, under which the Raspberry Pi's encoder was reported
// to make faults: about 1 Mb/s at 1080p30, which has 8160 macroblocks a picture.
const faulty = 1_000_000.0 / (8160 * 30)

// Floor is the bitrate, in bits a second, under which the encoder should not be driven at its size and rate: the lowest
// that its control takes, or about 4 bits for each macroblock of each picture where that is more. Where the network has
// less, send fewer pictures or smaller ones, not fewer bits.
func (e *Encoder) Floor() int {
	blocks := (e.format.Width + 15) / 16 * ((e.format.Height + 15) / 16)
	return max(int(e.bitrate.min), int(math.Ceil(faulty*float64(blocks)*e.format.FPS)))
}
