package station

import (
	"context"
	"log/slog"

	"vigie/capture"
	"vigie/device/golive"
	"vigie/device/health"
	"vigie/device/panel"
	"vigie/uplink"
)

// Options is what a station is made of. A nil function or line is a part that is not fitted.
type Options struct {
	// Video is how a camera and its encoder are opened; Found, Lost and Log are the station's own. Nil: configured none.
	Video *capture.VideoOptions

	// OpenMicrophone finds and opens the microphone. Nil: configured none.
	OpenMicrophone  func() (microphone capture.Microphone, simulated bool, err error)
	NewAudioEncoder func() (capture.AudioEncoder, error)

	// NewUplink makes the uplink of one show; what it is to call is in h.
	NewUplink func(h Hooks) *uplink.Uplink
	// Probe asks whether the relay would take us, without opening a session. The error says what is wrong; where a relay is
	// ready all the same, it is a backup.
	Probe func(context.Context) (golive.Relay, error)

	// Health says what of the board is watched; picture, sound and rate are with it. Nil: nothing is.
	Health *health.Options
	// Beside is what is wrong elsewhere in the program, asked with Health once a second; it must not block. Nil: nothing.
	Beside func() []health.Condition

	GoLive, Cut  *panel.Line
	Lights       *panel.Lights
	PanelTrouble []error // buttons and lights that are configured and do not work

	Config golive.Config
	Resume Resume
	Log    *slog.Logger
	// Changed is called after each step, from the loop: it must not block nor call the station.
	Changed func(golive.Machine)
}

// Resume is what staff or the schedule had asked for when the program last ended without having been told to.
type Resume struct {
	Wanted    bool // a show was on: it goes on as soon as the devices were looked for
	Scheduled bool // it was the schedule that began it, which is to end it too
	Cut       bool
}

// Hooks is what an uplink calls, from goroutines of its own.
type Hooks struct {
	RequestIDR func()
	SetBitrate func(bps int)
	Event      func(uplink.Event)
}
