package capture

import (
	"fmt"
	"slices"
	"strings"
)

// The way is what a picture goes through from the camera to the coded bytes:
//
//	camera -> [decoder] -> [converter] -> encoder        each arrow is a Link
//
// ChooseWay finds it, from what the devices can do (Board) and what was asked for (Wish). It is pure: it opens nothing,
// and what it chose is true only once the drivers have answered the same.

// EncoderChoice is what the configuration says of video.encoder.
type EncoderChoice string

// A choice other than EncoderAuto is kept: where it cannot be, there is no way.
const (
	EncoderAuto        EncoderChoice = "auto"
	EncoderV4L2        EncoderChoice = "v4l2"        // a device
	EncoderOpenH264    EncoderChoice = "openh264"    // this program
	EncoderPassthrough EncoderChoice = "passthrough" // the camera
)

// Wish is what was asked for.
type Wish struct {
	Width, Height int // pixels
	FPS           int // pictures a second
	Encoder       EncoderChoice
	Bitrate       int // bits a second; 0: any
}

// Way is a camera's format and the steps behind it.
type Way struct {
	Camera string      // its path
	Format VideoFormat // what to ask of it; Stride is 0 where its own is fine, FPS where it does not say
	Every  int         // of its pictures each n-th is used, the others go back to it; 1: all
	Steps  []Step      // in order, the encoder last; none where the camera's own H.264 passes through
	Cost   Cost
}

// Role is what a step does.
type Role string

// A way has at most one of each, in this order.
const (
	Decoder   Role = "decoder"   // JPEG to raw
	Converter Role = "converter" // raw to raw
	Coder     Role = "encoder"   // raw to H.264
)

// Step is one device, or one piece of this program, that pictures go through.
type Step struct {
	Role     Role
	Path     string // "/dev/video11"; "OpenH264", "image/jpeg" or "CPU" where it is this program
	Software bool   // it is this program
	In       Link   // how pictures come to it
	Out      FourCC // what it makes of them
}

// Link is how pictures get from one step to the next.
type Link struct {
	Handover Handover
	Stride   int    // bytes a line that both drivers have to settle on; 0 where nothing is shared
	Lines    int    // and lines of the first plane
	Why      string // why a picture has to be copied here, for people; empty where it does not
}

// Handover is whose memory a picture changes hands in.
type Handover string

// The ways to hand over a picture. Only HandCopied touches its pixels.
const (
	HandTaker  Handover = "DMABUF"     // the taker exports its buffers, the giver writes into them
	HandGiver  Handover = "own DMABUF" // the giver exports its buffers, the taker reads from them
	HandCopied Handover = "copy"       // both have their own: this program copies, and counts it
	HandMapped Handover = "MMAP"       // this program reads the device's buffer where it is
	HandOwn    Handover = "memory"     // from one part of this program to the next
)

// Passthrough tells whether the camera's own H.264 is sent as it is: its bitrate cannot follow the network, and what
// needs raw pictures is missing.
func (w Way) Passthrough() bool { return w.Format.FourCC == H264 }

// Shares tells whether pictures change hands in memory that two devices share.
func (w Way) Shares() bool {
	return slices.ContainsFunc(w.Steps, func(s Step) bool { return s.In.Handover == HandTaker || s.In.Handover == HandGiver })
}

// Into is what the step with that index takes: the camera's pictures as the steps before it leave them. Stride is 0 where
// nothing is shared. Past the last step it is what comes out.
func (w Way) Into(step int) VideoFormat {
	f := w.Format
	f.Stride = 0
	if step > 0 && step <= len(w.Steps) {
		f.FourCC = w.Steps[step-1].Out
	}
	if step < len(w.Steps) {
		f.Stride = w.Steps[step].In.Stride
	}
	return f
}

// Coded is what the encoder takes, at the rate at which it does.
func (w Way) Coded() VideoFormat {
	f := w.Into(max(len(w.Steps)-1, 0))
	f.FPS /= float64(max(w.Every, 1))
	return f
}

// SameEnd tells whether the encoder of one way is, as it was opened, right for the other.
func (w Way) SameEnd(v Way) bool {
	a, _ := w.Step(Coder)
	b, _ := v.Step(Coder)
	return w.Passthrough() == v.Passthrough() && w.Coded() == v.Coded() && a.Path == b.Path && a.In.Handover == b.In.Handover &&
		a.In.Lines == b.In.Lines
}

// Step returns the step that does r.
func (w Way) Step(r Role) (Step, bool) {
	i := slices.IndexFunc(w.Steps, func(s Step) bool { return s.Role == r })
	if i < 0 {
		return Step{}, false
	}
	return w.Steps[i], true
}

// String draws the way in one line: "camera /dev/video0 YUYV 1280x720 30 -> DMABUF -> /dev/video11 H264". A camera of
// 60 pictures a second of which each second one is used is drawn as 60/2.
func (w Way) String() string {
	var b strings.Builder
	if w.Camera != "" {
		fmt.Fprintf(&b, "camera %s", w.Camera)
	}
	if f := w.Format; f.FourCC != "" {
		fmt.Fprintf(&b, " %s", f.FourCC)
		if f.Width > 0 {
			fmt.Fprintf(&b, " %dx%d", f.Width, f.Height)
		}
		if f.FPS > 0 {
			fmt.Fprintf(&b, " %.4g", f.FPS)
		}
		if w.Every > 1 {
			fmt.Fprintf(&b, "/%d", w.Every)
		}
		if w.Passthrough() {
			b.WriteString(", passed through")
		}
	}
	for i, s := range w.Steps {
		if i > 0 || w.Camera != "" {
			fmt.Fprintf(&b, " -> %s -> ", s.In.Handover)
		}
		fmt.Fprintf(&b, "%s %s", s.Path, s.Out)
	}
	return b.String()
}
