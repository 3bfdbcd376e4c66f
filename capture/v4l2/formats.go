package v4l2

import (
	"slices"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

// Format is one pixel format of a device and the sizes it comes in.
type Format struct {
	FourCC capture.FourCC
	Coded  bool   // MJPEG, H.264 and the like
	Sizes  []Size // none of a format that this program does not take
}

// Size is one size, or a range of sizes, and the rates it comes at.
type Size struct {
	Width, Height Range  // pixels
	Rates         []Rate // of a range, those of its largest size; none where the driver does not say
}

// Range is Min, Min+Step and so on to Max; a single value is a Min that equals Max.
type Range struct{ Min, Max, Step int }

// nearest is the value of the range that is closest to n.
func (r Range) nearest(n int) int {
	n = min(max(n, r.Min), r.Max)
	step := max(r.Step, 1)
	return min(r.Min+(n-r.Min+step/2)/step*step, r.Max-(r.Max-r.Min)%step)
}

// Rate is a rate in pictures a second, or a range of them; a single one is a Min that equals Max.
type Rate struct{ Min, Max float64 }

// maxEntries ends the enumeration of a driver that would never say that there are no more.
const maxEntries = 256

// formats lists what the driver says it can deliver. An enumeration ends with the first error: EINVAL says that there
// are no more, and any other is met again, with a name, when the camera is opened.
func formats(fd int, bufType int32) []Format {
	var list []Format
	for i := range uint32(maxEntries) {
		d := uapi.FmtDesc{Index: i, Type: uint32(bufType)}
		if uapi.EnumFmt(fd, &d) != nil {
			break
		}
		f := Format{FourCC: fourCC(d.PixelFormat), Coded: d.Flags&uapi.FmtFlagCompressed != 0}
		if slices.Contains(taken, f.FourCC) || f.Coded {
			f.Sizes = sizes(fd, d.PixelFormat)
			if len(f.Sizes) == 0 { // HDMI bridges have the size of their signal, and do not enumerate it
				f.Sizes = currentSize(fd, bufType)
			}
		}
		list = append(list, f)
	}
	return list
}

func sizes(fd int, pixelFormat uint32) []Size {
	var list []Size
	for i := range uint32(maxEntries) {
		e := uapi.FrmSizeEnum{Index: i, PixelFormat: pixelFormat}
		if uapi.EnumFrameSizes(fd, &e) != nil {
			break
		}
		s := Size{}
		if e.Type == uapi.TypeDiscrete {
			w, h := e.Discrete()
			s.Width, s.Height = single(w), single(h)
		} else {
			w, h := e.Stepwise()
			s.Width = Range{int(w[0]), int(w[1]), int(w[2])}
			s.Height = Range{int(h[0]), int(h[1]), int(h[2])}
		}
		s.Rates = rates(fd, pixelFormat, s.Width.Max, s.Height.Max)
		list = append(list, s)
	}
	return list
}

func rates(fd int, pixelFormat uint32, width, height int) []Rate {
	var list []Rate
	for i := range uint32(maxEntries) {
		e := uapi.FrmIvalEnum{Index: i, PixelFormat: pixelFormat, Width: uint32(width), Height: uint32(height)}
		if uapi.EnumFrameIntervals(fd, &e) != nil {
			break
		}
		r := Rate{Min: e.Max.PerSecond(), Max: e.Min.PerSecond()} // the longest interval is the lowest rate
		if e.Type == uapi.TypeDiscrete {
			r.Min = r.Max
		}
		list = append(list, r)
	}
	return list
}

func currentSize(fd int, bufType int32) []Size {
	f := uapi.Format{Type: uint32(bufType)}
	if uapi.GetFmt(fd, &f) != nil {
		return nil
	}
	a := answerOf(&f)
	return []Size{{Width: Range{Min: a.Width, Max: a.Width}, Height: Range{Min: a.Height, Max: a.Height}}}
}

func single(n uint32) Range { return Range{Min: int(n), Max: int(n)} }

// fourCC is a pixel format's number as text; pixelFormat the way back.
func fourCC(n uint32) capture.FourCC {
	return capture.FourCC([]byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)})
}

func pixelFormat(f capture.FourCC) uint32 {
	return uint32(f[0]) | uint32(f[1])<<8 | uint32(f[2])<<16 | uint32(f[3])<<24
}
