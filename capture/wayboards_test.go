package capture_test

import "vigie/capture"

// What devices can do, as their drivers report it. Cameras are shortened to the sizes that matter; sizes and rates are
// what v4l2-ctl --list-formats-ext prints, padding what TRY_FMT answers.

func sizes(rates []capture.Rate, all ...[2]int) []capture.Size {
	var list []capture.Size
	for _, s := range all {
		list = append(list, capture.Size{Width: capture.Range{Min: s[0], Max: s[0]}, Height: capture.Range{Min: s[1], Max: s[1]}, Rates: rates})
	}
	return list
}

func fps(all ...float64) []capture.Rate {
	var list []capture.Rate
	for _, f := range all {
		list = append(list, capture.Rate{Min: f, Max: f})
	}
	return list
}

func square(least, most, step int) []capture.Size {
	r := capture.Range{Min: least, Max: most, Step: step}
	return []capture.Size{{Width: r, Height: r}}
}

// usb is a uvcvideo camera: vb2_vmalloc, no padding; it imports and exports (drivers/media/usb/uvc/uvc_queue.c).
func usb(path string, offers ...capture.Offer) capture.BoardCamera {
	return capture.BoardCamera{Path: path, Queue: capture.Queue{Offers: offers, Exports: true, Imports: true}}
}

var (
	// cheap is a webcam that USB 2 leaves raw pictures up to 640x480, as in the listing of
	// github.com/motioneye-project/motioneyeos/issues/574 without that camera's slow raw sizes.
	cheap = usb("/dev/v4l/by-id/usb-cheap",
		capture.Offer{FourCC: capture.YUYV, Sizes: sizes(fps(30, 20, 15, 10, 7.5), [2]int{640, 480}, [2]int{640, 360}, [2]int{320, 240})},
		capture.Offer{FourCC: capture.MJPEG, Sizes: sizes(fps(30, 15), [2]int{640, 480}, [2]int{640, 360}, [2]int{1280, 720}, [2]int{1920, 1080})})

	// c920 is a Logitech C920 of the first make, with H264: github.com/Motion-Project/motion/issues/86 and
	// github.com/pikvm/ustreamer/issues/213.
	c920 = usb("/dev/v4l/by-id/usb-c920",
		capture.Offer{FourCC: capture.YUYV, Sizes: append(append(append(
			sizes(fps(30, 24, 20, 15, 10, 7.5, 5), [2]int{640, 480}, [2]int{640, 360}), sizes(fps(10, 7.5, 5), [2]int{1280, 720})...),
			sizes(fps(5), [2]int{1920, 1080})...), sizes(fps(2), [2]int{2304, 1296}, [2]int{2304, 1536})...)},
		capture.Offer{FourCC: capture.H264, Sizes: sizes(fps(30, 24, 20, 15, 10, 7.5, 5), [2]int{640, 480}, [2]int{1280, 720}, [2]int{1920, 1080})},
		capture.Offer{FourCC: capture.MJPEG, Sizes: sizes(fps(30, 24, 20, 15, 10, 7.5, 5), [2]int{640, 480}, [2]int{1280, 720}, [2]int{1920, 1080})})

	// planar is a USB 3 camera that delivers NV12 alone.
	planar = usb("/dev/v4l/by-id/usb-planar", capture.Offer{FourCC: capture.NV12, Sizes: sizes(fps(30), [2]int{640, 360}, [2]int{1280, 720})})

	// vivid of the bench: one webcam input, v4l2-ctl of kernel 6.12; vb2_vmalloc, and it takes a longer bytesperline.
	vivid = usb("/dev/video3", vividOffers(capture.YUYV, capture.UYVY, capture.YU12, capture.NV12, "GREY")...)
)

func vividOffers(formats ...capture.FourCC) []capture.Offer {
	slow := []float64{1, 2, 4, 5, 10, 12.5, 15}
	to30 := append(slow[:7:7], 25, 30)
	var list []capture.Offer
	for _, f := range formats {
		all := sizes(fps(append(to30[:9:9], 40, 50, 60, 120)...), [2]int{320, 180}, [2]int{640, 360}, [2]int{640, 480})
		all = append(all, sizes(fps(append(to30[:9:9], 40, 50, 60)...), [2]int{1280, 720})...)
		all = append(all, sizes(fps(to30...), [2]int{1920, 1080})...)
		all = append(all, sizes(fps(slow...), [2]int{3840, 2160})...)
		list = append(list, capture.Offer{FourCC: f, Sizes: all, Stride: capture.Padding{More: true}})
	}
	return list
}

// bridge is a TC358743 behind unicam: the receiver lists its own limits (github.com/pikvm/ustreamer/issues/139), and
// the picture is that of the signal. Contiguous, lines of 16 bytes and longer ones too (bcm2835-unicam.c).
func bridge(signal capture.Signal) capture.BoardCamera {
	q := capture.Queue{Contiguous: true, Exports: true, Imports: true}
	for _, f := range []capture.FourCC{capture.RGB24, capture.UYVY} {
		q.Offers = append(q.Offers, capture.Offer{FourCC: f, Sizes: square(16, 16376, 1), Stride: capture.Padding{Align: 16, More: true}})
	}
	return capture.BoardCamera{Path: "/dev/v4l/by-path/csi", Queue: q, Signal: &signal}
}

// codec is a queue of bcm2835-codec: vb2_dma_contig, lines in multiples of what supported_formats of
// drivers/staging/vc04_services/bcm2835-codec/bcm2835-v4l2-codec.c (raspberrypi/linux) has for the role.
func codec(all []capture.Size, lines int, strides map[capture.FourCC]int, formats ...capture.FourCC) capture.Queue {
	q := capture.Queue{Contiguous: true, Exports: true, Imports: true}
	for _, f := range formats {
		o := capture.Offer{FourCC: f, Sizes: all}
		if strides != nil {
			o.Stride, o.Lines = capture.Padding{Align: strides[f], More: true}, capture.Padding{Align: lines}
		}
		q.Offers = append(q.Offers, o)
	}
	return q
}

// bcm2835 is the codec of a Pi 4 and older: sizes as in the listing of github.com/ayufan/camera-streamer/issues/27,
// planes in multiples of 16 lines (360 become 368), level 4.0, 25 kb/s to 25 Mb/s in steps of 25 kb/s.
func bcm2835() []capture.Mem2Mem {
	decoding := map[capture.FourCC]int{capture.YU12: 32, capture.NV12: 32}
	coding := map[capture.FourCC]int{capture.YU12: 64, capture.NV12: 32, capture.YUYV: 64, capture.UYVY: 64, capture.RGB24: 32}
	raw := []capture.FourCC{capture.YU12, capture.NV12, capture.YUYV, capture.UYVY, capture.RGB24}
	hd := square(32, 1920, 2)
	return []capture.Mem2Mem{
		{Path: "/dev/video10", In: codec(nil, 0, nil, capture.H264, capture.MJPEG), Out: codec(hd, 16, decoding, capture.YU12, capture.NV12)},
		{Path: "/dev/video11", In: codec(hd, 16, coding, raw...), Out: codec(hd, 0, nil, capture.H264),
			Macroblocks: 245760, Bitrate: capture.Range{Min: 25_000, Max: 25_000_000, Step: 25_000}},
		{Path: "/dev/video12", In: codec(square(32, 16384, 2), 1, coding, raw...), Out: codec(square(32, 16384, 2), 1, coding, raw...)},
	}
}

// vicodec of the bench, v4l2-ctl of kernel 6.12: FWHT, made and read.
func vicodec() []capture.Mem2Mem {
	q := capture.Queue{Exports: true, Imports: true}
	raw, fwht := q, q
	all := []capture.Size{{Width: capture.Range{Min: 640, Max: 4096, Step: 8}, Height: capture.Range{Min: 360, Max: 2160, Step: 8}}}
	for _, f := range []capture.FourCC{capture.YU12, capture.NV12, capture.YUYV, capture.UYVY, capture.RGB24} {
		raw.Offers = append(raw.Offers, capture.Offer{FourCC: f, Sizes: all})
	}
	fwht.Offers = []capture.Offer{{FourCC: "FWHT", Sizes: all}}
	return []capture.Mem2Mem{{Path: "/dev/video0", In: raw, Out: fwht}, {Path: "/dev/video1", In: fwht, Out: raw}}
}

var software = capture.Software{OpenH264: true, JPEG: true, Convert: true}

func board(m []capture.Mem2Mem, cameras ...capture.BoardCamera) capture.Board {
	return capture.Board{Cameras: cameras, Mem2Mem: m, Software: software}
}

// slow gives the board a CPU that codes 1280x720 at 30 and no more.
func slow(b capture.Board) capture.Board {
	b.Software.Macroblocks = 108000
	return b
}

var (
	// A Pi 4 has the JPEG encoder at 31 as well (same source).
	pi4 = func(cameras ...capture.BoardCamera) capture.Board {
		b := board(bcm2835(), cameras...)
		b.Mem2Mem = append(b.Mem2Mem, capture.Mem2Mem{Path: "/dev/video31", In: b.Mem2Mem[1].In, Out: codec(nil, 0, nil, "JPEG")})
		return b
	}
	// A Pi 3 and a Zero 2 W have the codec of a Pi 4 (bcm2835-codec-decode, -encode, -isp at 10, 11, 12).
	pi3 = func(cameras ...capture.BoardCamera) capture.Board { return board(bcm2835(), cameras...) }
	// A Pi 5 has a stateless HEVC decoder and an image processor that is no mem2mem device:
	// github.com/geerlingguy/sbc-reviews/issues/21.
	pi5 = func(cameras ...capture.BoardCamera) capture.Board {
		return board([]capture.Mem2Mem{{Path: "/dev/video19", In: codec(nil, 0, nil, "S265"), Out: codec(nil, 0, nil, "NC12")}}, cameras...)
	}
	pc = func(cameras ...capture.BoardCamera) capture.Board { return board(nil, cameras...) }
	// The bench has vicodec; and the bench's encoder, which behaves as the board's does.
	bench = func(encoder bool) capture.Board {
		b := board(vicodec(), vivid)
		if encoder {
			e := bcm2835()[1]
			e.Path = "/dev/video2"
			b.Mem2Mem = append(b.Mem2Mem, e)
		}
		return b
	}
)
