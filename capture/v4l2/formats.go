package v4l2

import (
	"slices"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

// known are the pixel formats that ways are made of.
var known = []capture.FourCC{capture.YU12, capture.NV12, capture.YUYV, capture.UYVY, capture.RGB24, capture.MJPEG,
	capture.H264}

// listed is a line of a driver's list.
type listed struct {
	fourCC capture.FourCC
	coded  bool // MJPEG, H.264 and the like
}

// maxEntries ends the enumeration of a driver that would never say that there are no more.
const maxEntries = 256

// formats lists the pixel formats of a queue. An enumeration ends with the first error: EINVAL says that there are no
// more, and any other is met again, with a name, when the device is opened.
func formats(fd int, kind int32) []listed {
	var list []listed
	for i := range uint32(maxEntries) {
		d := uapi.FmtDesc{Index: i, Type: uint32(kind)}
		if uapi.EnumFmt(fd, &d) != nil {
			break
		}
		f := listed{fourCC(d.PixelFormat), d.Flags&uapi.FmtFlagCompressed != 0}
		if !slices.Contains(list, f) {
			list = append(list, f)
		}
	}
	return list
}

func has(list []listed, f capture.FourCC) bool {
	return slices.ContainsFunc(list, func(l listed) bool { return l.fourCC == f })
}

// sizes lists the sizes of a format, and the rates they come at.
func sizes(fd int, f capture.FourCC) []capture.Size {
	var list []capture.Size
	for i := range uint32(maxEntries) {
		e := uapi.FrmSizeEnum{Index: i, PixelFormat: pixelFormat(f)}
		if uapi.EnumFrameSizes(fd, &e) != nil {
			break
		}
		s := capture.Size{}
		if e.Type == uapi.TypeDiscrete {
			w, h := e.Discrete()
			s.Width, s.Height = single(w), single(h)
		} else {
			w, h := e.Stepwise()
			s.Width = capture.Range{Min: int(w[0]), Max: int(w[1]), Step: int(w[2])}
			s.Height = capture.Range{Min: int(h[0]), Max: int(h[1]), Step: int(h[2])}
		}
		s.Rates = rates(fd, f, s.Width.Max, s.Height.Max) // of a range, those of its largest
		list = append(list, s)
	}
	return list
}

func rates(fd int, f capture.FourCC, width, height int) []capture.Rate {
	var list []capture.Rate
	for i := range uint32(maxEntries) {
		e := uapi.FrmIvalEnum{Index: i, PixelFormat: pixelFormat(f), Width: uint32(width), Height: uint32(height)}
		if uapi.EnumFrameIntervals(fd, &e) != nil {
			break
		}
		r := capture.Rate{Min: e.Max.PerSecond(), Max: e.Min.PerSecond()} // the longest interval is the lowest rate
		if e.Type == uapi.TypeDiscrete {
			r.Min = r.Max
		}
		list = append(list, r)
	}
	return list
}

// currentSize is the size that a camera has at present, for one that lists none.
func currentSize(fd int, kind int32) []capture.Size {
	f := uapi.Format{Type: uint32(kind)}
	if uapi.GetFmt(fd, &f) != nil {
		return nil
	}
	a := answerOf(&f)
	return []capture.Size{{Width: single(uint32(a.Width)), Height: single(uint32(a.Height))}}
}

func single(n uint32) capture.Range { return capture.Range{Min: int(n), Max: int(n)} }

// fourCC is a pixel format's number as text; pixelFormat the way back.
func fourCC(n uint32) capture.FourCC {
	return capture.FourCC([]byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)})
}

func pixelFormat(f capture.FourCC) uint32 {
	return uint32(f[0]) | uint32(f[1])<<8 | uint32(f[2])<<16 | uint32(f[3])<<24
}
