package v4l2

import (
	"fmt"
	"slices"

	"vigie/capture"
	"vigie/capture/h264"
	"vigie/capture/v4l2/uapi"
)

// gopSize is how many pictures there are between two IDR pictures of the encoder's own: about as few as it lets us
// have, for an IDR takes ten times the bits, and receivers ask for one when they need it.
const gopSize = 3000

// negotiate settles the formats in the kernel document's order: the coded one, which decides what raw ones there are,
// then the raw one, the crop and the rate. What the driver answers counts.
func (e *Encoder) negotiate() error {
	coded := uapi.Format{Type: uint32(e.capture.kind)}
	request(&coded, capture.VideoFormat{FourCC: e.coded, Width: e.format.Width, Height: e.format.Height})
	if err := uapi.SetFmt(e.fd, &coded); err != nil {
		return explain(e.path, "S_FMT of coded pictures", err)
	}
	if got := answerOf(&coded).FourCC; got != e.coded {
		return fmt.Errorf("v4l2: %s: %w: asked for %s it answers %q", e.name, capture.ErrUnsupported, e.coded, got)
	}
	got, err := e.output.ask(e.name, e.format, 0)
	if err != nil {
		return err
	}
	if got.Stride <= 0 {
		return fmt.Errorf("v4l2: %s: %w: nobody here knows how %s lies in memory", e.name, capture.ErrUnsupported, got.FourCC)
	}
	e.layout = Layout{FourCC: got.FourCC, Width: e.format.Width, Height: e.format.Height, Stride: got.Stride,
		Lines: got.Height}
	err = crop(e.fd, e.format.Width, e.format.Height)
	if err != nil && (got.Width != e.format.Width || got.Height != e.format.Height) {
		e.log.Warn("the encoder may code its padding too", "memory", [2]int{got.Width, got.Height}, "error", err)
	}
	p := uapi.StreamParm{Type: uint32(e.output.kind), TimePerFrame: interval(e.format.FPS)}
	if err := uapi.SetParm(e.fd, &p); err != nil {
		e.log.Debug("the encoder takes no frame rate", "error", err)
	}
	return nil
}

// limits are what a control takes.
type limits struct{ min, max, step int32 }

// nearest is the highest value that a control takes and that is not above n, else its lowest.
func (l limits) nearest(n int) int32 {
	v := int32(min(max(n, int(l.min)), int(l.max)))
	return l.min + (v-l.min)/max(l.step, 1)*max(l.step, 1)
}

func (e *Encoder) limits(id uint32) (limits, bool) {
	q := uapi.QueryCtrl{ID: id}
	if uapi.QueryControl(e.fd, &q) != nil || q.Flags&uapi.CtrlFlagDisabled != 0 {
		return limits{}, false
	}
	return limits{q.Minimum, q.Maximum, q.Step}, true
}

// setUp sets the controls that the driver has, before the queues start: several drivers look at them then alone. All
// are set through our descriptor, where alone they count.
func (e *Encoder) setUp(bitrate int) {
	_, e.forces = e.limits(uapi.CtrlForceKeyFrame)
	e.try(uapi.CtrlGOPSize, gopSize)
	e.try(uapi.CtrlBFrames, 0)
	var has bool
	if e.bitrate, has = e.limits(uapi.CtrlBitrate); !has {
		e.log.Warn("the encoder has no bitrate control: its rate cannot follow the network")
	}
	e.try(uapi.CtrlFrameRC, 1)
	e.try(uapi.CtrlBitrateMode, uapi.BitrateModeVBR)
	e.try(uapi.CtrlBitrate, bitrate)
	if e.coded != capture.H264 {
		return
	}
	if !e.try(uapi.CtrlH264Profile, uapi.ProfileConstrainedBaseline) {
		e.try(uapi.CtrlH264Profile, uapi.ProfileBaseline)
	}
	idc := h264.Level(e.format.Width, e.format.Height, e.format.FPS, bitrate)
	if item := slices.Index(levels[:], idc); item < 0 || !e.try(uapi.CtrlH264Level, item) {
		e.log.Warn("the encoder does not take the level that its pictures need", "level_idc", idc)
	}
	e.try(uapi.CtrlH264IPeriod, gopSize)
	e.try(uapi.CtrlHeaderMode, uapi.HeaderModeJoined)
	if !e.try(uapi.CtrlRepeatHeaders, 1) && !e.try(uapi.CtrlPrependSets, 1) {
		e.log.Info("the encoder does not repeat its parameter sets: they are put before each IDR picture here")
	}
}

// try sets a control to the nearest that it takes, and tells whether the driver has it and took it. A level that is
// too high for the driver is not taken.
func (e *Encoder) try(id uint32, value int) bool {
	l, has := e.limits(id)
	if !has || id == uapi.CtrlH264Level && value > int(l.max) {
		return false
	}
	c := uapi.Control{ID: id, Value: l.nearest(value)}
	if err := uapi.SetControl(e.fd, &c); err != nil {
		e.log.Debug("the encoder refuses a control", "control", fmt.Sprintf("%#x", id), "value", value, "error", err)
		return false
	}
	return true
}

// levels are the level_idc of the items of the menu V4L2_CID_MPEG_VIDEO_H264_LEVEL; 9 is level 1b.
var levels = [...]uint8{10, 9, 11, 12, 13, 20, 21, 22, 30, 31, 32, 40, 41, 42, 50, 51, 52, 60, 61, 62}

// SetBitrate changes the target, in bits a second, for pictures that are queued from now on, to the nearest that the
// encoder has and that is not above, else to its lowest. An encoder without a bitrate was warned about when opened.
func (e *Encoder) SetBitrate(bps int) error {
	if e.closed {
		return closedError(e.path)
	}
	if e.bitrate == (limits{}) {
		return nil
	}
	err := uapi.SetControl(e.fd, &uapi.Control{ID: uapi.CtrlBitrate, Value: e.bitrate.nearest(bps)})
	if err != nil {
		return explain(e.path, fmt.Sprintf("S_CTRL of the bitrate to %d b/s", bps), err)
	}
	return nil
}
