package v4l2

import (
	"slices"

	"vigie/capture"
	"vigie/capture/h264"
	"vigie/capture/v4l2/uapi"
)

// describeMem2Mem describes the open mem2mem device, for H.264 where it is an encoder and for MJPEG where it is a
// decoder: the coded format decides what raw ones the other queue has, and is set first. It is set for this file alone.
func describeMem2Mem(fd int, node, name string, output, captured int32) capture.Mem2Mem {
	m := capture.Mem2Mem{Name: name, Path: node, In: lending(fd, output, true), Out: lending(fd, captured, true)}
	in, out := formats(fd, output), formats(fd, captured)
	switch {
	case has(out, capture.H264):
		prefer(fd, captured, capture.H264)
		in = formats(fd, output)
		m.Macroblocks, m.Bitrate = encoderLimits(fd)
	case has(in, capture.MJPEG):
		prefer(fd, output, capture.MJPEG)
		out = formats(fd, captured)
	}
	// Coded formats are all listed: they tell people what a device is for that is not used.
	foreign := func(l listed) bool { return !l.coded && !slices.Contains(known, l.fourCC) }
	m.In.Offers = offers(fd, output, slices.DeleteFunc(in, foreign), true)
	m.Out.Offers = offers(fd, captured, slices.DeleteFunc(out, foreign), true)
	return m
}

// prefer sets a format, of whichever size. Of a driver that does not take it, what it has anyway is described.
func prefer(fd int, kind int32, fourCC capture.FourCC) {
	f := uapi.Format{Type: uint32(kind)}
	request(&f, capture.VideoFormat{FourCC: fourCC, Width: 1280, Height: 720})
	_ = uapi.SetFmt(fd, &f)
}

// encoderLimits are macroblocks a second, by the highest level that the encoder has, and bits a second; zero where it
// does not say.
func encoderLimits(fd int) (macroblocks int, bitrate capture.Range) {
	q := uapi.QueryCtrl{ID: uapi.CtrlH264Level}
	if uapi.QueryControl(fd, &q) == nil && q.Flags&uapi.CtrlFlagDisabled == 0 {
		for _, i := range menu(fd, q) {
			if i.index < int32(len(levels)) {
				macroblocks = max(macroblocks, h264.MaxMacroblocks(levels[i.index]))
			}
		}
	}
	q = uapi.QueryCtrl{ID: uapi.CtrlBitrate}
	if uapi.QueryControl(fd, &q) == nil && q.Flags&uapi.CtrlFlagDisabled == 0 {
		bitrate = capture.Range{Min: int(q.Minimum), Max: int(q.Maximum), Step: int(q.Step)}
	}
	return macroblocks, bitrate
}
