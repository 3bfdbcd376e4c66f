package openh264

import "time"

// What pace allows: output that is ahead by slack, and then a rate of pictures that falls to a quarter, evenly,
// rather than a standstill.
const (
	slack    = 500 * time.Millisecond
	maxSkips = 3 // in a row
)

// pace skips pictures when the codec cannot get its output down to the bitrate: a leaky bucket over media time.
// Its level is a time, not a number of bytes, so that it stays right when the bitrate changes.
type pace struct {
	bitrate int           // bits a second
	ahead   time.Duration // of sending that is still to be done for what was coded
	last    time.Duration // PTS of the last picture
	skipped int           // in a row
}

// skip reports whether the picture at pts is to be skipped.
func (p *pace) skip(pts time.Duration) bool {
	p.ahead = max(p.ahead-max(pts-p.last, 0), 0)
	p.last = pts
	if p.ahead <= slack || p.skipped == maxSkips {
		return false
	}
	p.skipped++
	return true
}

// coded counts a picture of that many bytes.
func (p *pace) coded(bytes int) {
	p.ahead += time.Duration(bytes) * 8 * time.Second / time.Duration(p.bitrate)
	p.skipped = 0
}
