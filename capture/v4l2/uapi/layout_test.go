package uapi

import (
	"testing"
	"time"
	"unsafe"
)

// What gcc says of linux/videodev2.h: x86-64 and aarch64, and arm-linux-gnueabihf with -D_TIME_BITS=64.
func TestOffsetsAreTheHeaders(t *testing.T) {
	var (
		capability Capability
		input      Input
		desc       FmtDesc
		pix        PixFormat
		mplane     PixFormatMplane
		format     Format
		size       FrmSizeEnum
		ival       FrmIvalEnum
		parm       StreamParm
		req        RequestBuffers
		buffer     Buffer
		plane      Plane
		ctrl       QueryCtrl
		menu       QueryMenu
		export     ExportBuffer
		command    EncoderCmd
		selection  Selection
		timings    DVTimings
		event      Event
	)
	for _, c := range []struct {
		field      string
		got        uintptr
		on64, on32 uintptr
	}{
		{"v4l2_capability.device_caps", unsafe.Offsetof(capability.DeviceCaps), 88, 88},
		{"v4l2_input.std", unsafe.Offsetof(input.Std), 48, 48},
		{"v4l2_input.status", unsafe.Offsetof(input.Status), 56, 56},
		{"v4l2_input.capabilities", unsafe.Offsetof(input.Capabilities), 60, 60},
		{"v4l2_fmtdesc.pixelformat", unsafe.Offsetof(desc.PixelFormat), 44, 44},
		{"v4l2_pix_format.bytesperline", unsafe.Offsetof(pix.BytesPerLine), 16, 16},
		{"v4l2_pix_format_mplane.plane_fmt", unsafe.Offsetof(mplane.Planes), 20, 20},
		{"v4l2_pix_format_mplane.num_planes", unsafe.Offsetof(mplane.NumPlanes), 180, 180},
		{"v4l2_format.fmt", unsafe.Offsetof(format.fmt), 8, 4},
		{"v4l2_frmsizeenum.stepwise", unsafe.Offsetof(size.size), 12, 12},
		{"v4l2_frmivalenum.stepwise", unsafe.Offsetof(ival.Min), 20, 20},
		{"v4l2_streamparm.parm.capture.timeperframe", unsafe.Offsetof(parm.TimePerFrame), 12, 12},
		{"v4l2_requestbuffers.capabilities", unsafe.Offsetof(req.Capabilities), 12, 12},
		{"v4l2_requestbuffers.flags", unsafe.Offsetof(req.Flags), 16, 16},
		{"v4l2_buffer.timestamp", unsafe.Offsetof(buffer.Timestamp), 24, 24},
		{"v4l2_buffer.timecode", unsafe.Offsetof(buffer.Timecode), 40, 40},
		{"v4l2_buffer.sequence", unsafe.Offsetof(buffer.Sequence), 56, 56},
		{"v4l2_buffer.memory", unsafe.Offsetof(buffer.Memory), 60, 60},
		{"v4l2_buffer.m", unsafe.Offsetof(buffer.m), 64, 64},
		{"v4l2_buffer.length", unsafe.Offsetof(buffer.Length), 72, 68},
		{"v4l2_buffer.request_fd", unsafe.Offsetof(buffer.RequestFD), 80, 76},
		{"v4l2_plane.m", unsafe.Offsetof(plane.m), 8, 8},
		{"v4l2_plane.data_offset", unsafe.Offsetof(plane.DataOffset), 16, 12},
		{"v4l2_queryctrl.minimum", unsafe.Offsetof(ctrl.Minimum), 40, 40},
		{"v4l2_queryctrl.flags", unsafe.Offsetof(ctrl.Flags), 56, 56},
		{"v4l2_querymenu.name", unsafe.Offsetof(menu.Name), 8, 8},
		{"v4l2_exportbuffer.fd", unsafe.Offsetof(export.FD), 16, 16},
		{"v4l2_encoder_cmd.flags", unsafe.Offsetof(command.Flags), 4, 4},
		{"v4l2_selection.r", unsafe.Offsetof(selection.Rect), 12, 12},
		{"v4l2_dv_timings.bt.pixelclock", unsafe.Offsetof(timings.clock), 20, 20},
		{"v4l2_dv_timings.bt.vfrontporch", unsafe.Offsetof(timings.vertical), 40, 40},
		{"v4l2_dv_timings.bt.il_vfrontporch", unsafe.Offsetof(timings.second), 52, 52},
		{"v4l2_event.u", unsafe.Offsetof(event.u), 8, 8},
		{"v4l2_event.pending", unsafe.Offsetof(event.Pending), 72, 72},
		{"v4l2_event.timestamp", unsafe.Offsetof(event.Timestamp), 80, 80},
		{"v4l2_event.id", unsafe.Offsetof(event.ID), 96, 96},
	} {
		want := c.on64
		if word == 4 {
			want = c.on32
		}
		if c.got != want {
			t.Errorf("%s is at %d, want %d", c.field, c.got, want)
		}
	}
}

func TestNumbersAreTheHeaders(t *testing.T) {
	for _, c := range []struct {
		name       string
		got        uintptr
		on64, on32 uintptr
	}{
		{"VIDIOC_QUERYCAP", queryCap, 0x80685600, 0x80685600},
		{"VIDIOC_ENUM_FMT", enumFmt, 0xc0405602, 0xc0405602},
		{"VIDIOC_G_FMT", getFmt, 0xc0d05604, 0xc0cc5604},
		{"VIDIOC_S_FMT", setFmt, 0xc0d05605, 0xc0cc5605},
		{"VIDIOC_REQBUFS", reqBufs, 0xc0145608, 0xc0145608},
		{"VIDIOC_QUERYBUF", queryBuf, 0xc0585609, 0xc0505609},
		{"VIDIOC_QBUF", qBuf, 0xc058560f, 0xc050560f},
		{"VIDIOC_EXPBUF", expBuf, 0xc0405610, 0xc0405610},
		{"VIDIOC_DQBUF", dqBuf, 0xc0585611, 0xc0505611},
		{"VIDIOC_STREAMON", streamOn, 0x40045612, 0x40045612},
		{"VIDIOC_STREAMOFF", streamOff, 0x40045613, 0x40045613},
		{"VIDIOC_S_PARM", setParm, 0xc0cc5616, 0xc0cc5616},
		{"VIDIOC_ENUMINPUT", enumInput, 0xc050561a, 0xc050561a},
		{"VIDIOC_G_CTRL", getCtrl, 0xc008561b, 0xc008561b},
		{"VIDIOC_S_CTRL", setCtrl, 0xc008561c, 0xc008561c},
		{"VIDIOC_QUERYCTRL", queryCtrl, 0xc0445624, 0xc0445624},
		{"VIDIOC_QUERYMENU", queryMenu, 0xc02c5625, 0xc02c5625},
		{"VIDIOC_G_INPUT", getInput, 0x80045626, 0x80045626},
		{"VIDIOC_TRY_FMT", tryFmt, 0xc0d05640, 0xc0cc5640},
		{"VIDIOC_ENUM_FRAMESIZES", enumFrameSizes, 0xc02c564a, 0xc02c564a},
		{"VIDIOC_ENUM_FRAMEINTERVALS", enumFrameIvals, 0xc034564b, 0xc034564b},
		{"VIDIOC_ENCODER_CMD", encoderCmd, 0xc028564d, 0xc028564d},
		{"VIDIOC_S_DV_TIMINGS", setDVTimings, 0xc0845657, 0xc0845657},
		{"VIDIOC_DQEVENT", dqEvent, 0x80885659, 0x80885659},
		{"VIDIOC_SUBSCRIBE_EVENT", subscribeEvent, 0x4020565a, 0x4020565a},
		{"VIDIOC_G_SELECTION", getSelection, 0xc040565e, 0xc040565e},
		{"VIDIOC_S_SELECTION", setSelection, 0xc040565f, 0xc040565f},
		{"VIDIOC_QUERY_DV_TIMINGS", queryDVTimings, 0x80845663, 0x80845663},
	} {
		want := c.on64
		if word == 4 {
			want = c.on32
		}
		if c.got != want {
			t.Errorf("%s is %#x, want %#x", c.name, c.got, want)
		}
	}
}

func TestWhatADriverWritesIsReadBack(t *testing.T) {
	format := Format{Type: BufTypeVideoCaptureMplane}
	for i := range format.fmt {
		format.fmt[i] = byte(i)
	}
	if got := format.PixMplane().Planes[0].BytesPerLine; got != 0x1b1a1918 {
		t.Errorf("the first plane's bytes per line are at the wrong place: %#x", got)
	}
	if got := format.PixMplane().NumPlanes; got != 180 {
		t.Errorf("the number of planes is at the wrong place: %d", got)
	}
	if got := format.Pix().BytesPerLine; got != 0x13121110 {
		t.Errorf("bytes per line are at the wrong place: %#x", got)
	}
	if got := Text([]byte("vivid\x00rest")); got != "vivid" {
		t.Errorf("Text = %q, want what is before the NUL", got)
	}
	if got := (Fract{1001, 30000}).PerSecond(); got < 29.97 || got > 29.98 {
		t.Errorf("1001/30000 s is %v pictures a second, want 29.97", got)
	}
	if got := TimevalOf(3*time.Second + 1999*time.Nanosecond); got != (Timeval{3, 1}) {
		t.Errorf("3.000001999 s is %+v, want whole microseconds", got)
	}
	old := Capability{Capabilities: CapVideoCapture, DeviceCaps: CapVideoM2M}
	if got := old.Caps(); got != CapVideoCapture {
		t.Errorf("without V4L2_CAP_DEVICE_CAPS, Caps = %#x, want capabilities", got)
	}
}

// The timings are those of linux/v4l2-dv-timings.h: V4L2_DV_BT_CEA_1920X1080P60, 720P50 and 1920X1080I50.
func TestPicturesASecondOfDVTimings(t *testing.T) {
	for _, c := range []struct {
		timings DVTimings
		want    float64
	}{
		{DVTimings{Width: 1920, Height: 1080, clock: [2]uint32{148_500_000}, horizontal: [3]uint32{88, 44, 148},
			vertical: [3]uint32{4, 5, 36}}, 60},
		{DVTimings{Width: 1280, Height: 720, clock: [2]uint32{74_250_000}, horizontal: [3]uint32{440, 40, 220},
			vertical: [3]uint32{5, 5, 20}, second: [3]uint32{9, 9, 9}}, 50},
		{DVTimings{Width: 1920, Height: 1080, Interlaced: 1, clock: [2]uint32{74_250_000},
			horizontal: [3]uint32{528, 44, 148}, vertical: [3]uint32{2, 5, 15}, second: [3]uint32{2, 5, 16}}, 25},
		{DVTimings{Width: 1, Height: 1, clock: [2]uint32{0, 1}}, 1 << 32},
		{DVTimings{Width: 1920, Height: 1080}, 0},
		{DVTimings{}, 0},
	} {
		if got := c.timings.PerSecond(); got != c.want {
			t.Errorf("%+v are %v pictures a second, want %v", c.timings, got, c.want)
		}
	}
}
