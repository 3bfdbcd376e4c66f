package capture

// engine is a mem2mem device, or a piece of this program that does the work of one.
type engine struct {
	Mem2Mem
	software bool
}

// The limits of OpenH264, as in package openh264, which crops odd sizes.
var openh264Sizes = []Size{{Width: Range{16, 4096, 1}, Height: Range{16, 2304, 1}}}

// enginesOf lists the devices, and this program's pieces in the form of devices.
func enginesOf(b Board) []engine {
	var all []engine
	for _, m := range b.Mem2Mem {
		all = append(all, engine{Mem2Mem: m})
	}
	piece := func(built bool, path string, blocks int, sizes []Size, out FourCC, in ...FourCC) {
		if !built {
			return
		}
		m := Mem2Mem{Path: path, Macroblocks: blocks, Out: Queue{Offers: []Offer{{FourCC: out}}}}
		for _, f := range in {
			m.In.Offers = append(m.In.Offers, Offer{FourCC: f, Sizes: sizes})
		}
		all = append(all, engine{m, true})
	}
	piece(b.Software.JPEG, "image/jpeg", 0, nil, YU12, MJPEG)
	piece(b.Software.Convert, "CPU", 0, nil, YU12, YUYV, UYVY, NV12)
	piece(b.Software.OpenH264, "OpenH264", b.Software.Macroblocks, openh264Sizes, H264, YU12)
	return all
}

// roleOf is what an engine does that takes in and makes out.
func roleOf(in, out FourCC) Role {
	switch {
	case in == MJPEG && isRaw(out):
		return Decoder
	case isRaw(in) && out == H264:
		return Coder
	case isRaw(in) && isRaw(out) && in != out:
		return Converter
	}
	return ""
}
