package openh264

import (
	"math"
	"runtime"
	"time"

	"github.com/pion/mediadevices/pkg/codec/openh264"
)

// safetyIDR is the longest time between two IDR pictures. They come on request; this one is for who cannot ask, a
// relay that does not pass PLIs on or a file that is cut out of the middle.
const safetyIDR = 10 * time.Second

// params are the codec's for that size and rate.
//
// Its frame skip is off. With it on, a bitrate that falls from 4 to 1 Mb/s, or an IDR picture at a low one, cost 15
// pictures in a row and more at 720p: half a second of standstill. With it off the rate control alone holds the
// bitrate within some percent while its coarsest quantiser suffices, and pace skips for the rest.
func params(width, height int, fps float64) openh264.Params {
	p := openh264.Params{
		UsageType:         openh264.CameraVideoRealTime,
		RCMode:            openh264.RCBitrateMode,
		EnableFrameSkip:   false,
		IntraPeriod:       uint(math.Round(safetyIDR.Seconds() * fps)),
		MultipleThreadIdc: 1,
		SliceMode:         openh264.SMSingleSlice,
		SliceNum:          1,
	}
	// A slice per core makes a large picture ready in time. It is not free: the rate control is less exact, and takes
	// more pictures for new scenes. Up to 720p one core is enough.
	if n := min(runtime.NumCPU(), 4); n > 1 && width*height > 1280*720 {
		p.MultipleThreadIdc, p.SliceMode, p.SliceNum = n, openh264.SMFixedslcnumSlice, uint(n)
	}
	return p
}
