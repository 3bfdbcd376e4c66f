package golive

// Event is something that happened.
type Event interface{ event() }

// What happened to the box.
type (
	// Booted: the devices were looked for once.
	Booted struct{}
	// ConfigChanged: the configuration file was read.
	ConfigChanged struct{ Config Config }
	// CameraChanged: the camera was found, lost, or is a stand-in.
	CameraChanged struct{ Device Device }
	// MicrophoneChanged: the same of the microphone.
	MicrophoneChanged struct{ Device Device }
	// RelayProbed: the light probe of Standby has its answer.
	RelayProbed struct{ Relay Relay }
	// HealthChanged: the worst of the box's conditions is now this.
	HealthChanged struct{ Worst Severity }
	// ShutdownRequested: the program is to end.
	ShutdownRequested struct{}
)

// What staff did. Down comes at the first edge, Held after 2 s of it, Up at its end, also after Held.
type (
	// GoLiveDown: the go-live button was pressed.
	GoLiveDown struct{}
	// GoLiveHeld: it has been held for 2 s.
	GoLiveHeld struct{}
	// GoLiveUp: it was released.
	GoLiveUp struct{}
	// CutDown: the cut button was pressed.
	CutDown struct{}
	// GoLiveTapped: the status page's button was pressed. It has no length, and leaves the real button's press alone. In is the
	// state that the page showed, or AnyState: a press that was for another button than the one that it meets means nothing.
	GoLiveTapped struct{ In State }
	// CutAsked: the status page asked for a cut, or for its end. Asked for twice it is the same.
	CutAsked struct{ Cut bool }
	// EndAsked: the status page's button was held. It never begins a show, whatever ended one a moment before.
	EndAsked struct{}
)

// What the schedule says. It never works against staff.
type (
	// ScheduleStarted: a show is due that is to begin by itself. Where the box cannot go live nothing happens: it is said
	// again.
	ScheduleStarted struct{}
	// ScheduleEnded: what ScheduleStarted began is over by now. A show that staff began goes on.
	ScheduleEnded struct{}
)

// What the uplink and the pipelines report.
type (
	// UplinkConnected: a session with the relay is up; nothing is known of media yet.
	UplinkConnected struct{}
	// UplinkConfirmed: media leaves, and the relay's reports cover it.
	UplinkConfirmed struct{}
	// UplinkUnconfirmed: one of the two stopped.
	UplinkUnconfirmed struct{}
	// UplinkLost: the session is gone or an attempt failed; the uplink goes on trying.
	UplinkLost struct{ Refused bool }
	// UplinkClosed: the show's uplink has ended, its socket is closed.
	UplinkClosed struct{}
	// CutTook: nothing of the stage is queued any more and the slate is next.
	CutTook struct{}
)

func (Booted) event()            {}
func (ConfigChanged) event()     {}
func (CameraChanged) event()     {}
func (MicrophoneChanged) event() {}
func (RelayProbed) event()       {}
func (HealthChanged) event()     {}
func (ShutdownRequested) event() {}
func (GoLiveDown) event()        {}
func (GoLiveHeld) event()        {}
func (GoLiveUp) event()          {}
func (CutDown) event()           {}
func (GoLiveTapped) event()      {}
func (CutAsked) event()          {}
func (EndAsked) event()          {}
func (ScheduleStarted) event()   {}
func (ScheduleEnded) event()     {}
func (UplinkConnected) event()   {}
func (UplinkConfirmed) event()   {}
func (UplinkUnconfirmed) event() {}
func (UplinkLost) event()        {}
func (UplinkClosed) event()      {}
func (CutTook) event()           {}

// Command is something to be done. Commands are carried out in the order in which Step returns them.
type Command interface{ command() }

// What is to be done.
type (
	// SetLights: show this on the panel. It comes first in its step, so that red is lit before media may leave.
	SetLights struct{ Lights Lights }
	// OpenUplink: begin to connect to the relay and to send.
	OpenUplink struct{}
	// CloseUplink: end the session; UplinkClosed answers.
	CloseUplink struct{}
	// RetryUplink: try now instead of when the backoff is over.
	RetryUplink struct{}
	// SetCut: slate and silence instead of the stage, or the stage again; CutTook answers when it is on.
	SetCut struct{ On bool }
	// Mark: staff marked this moment of the show.
	Mark struct{}
	// Refuse: a press that cannot be obeyed, and why, for people.
	Refuse struct{ Why string }
)

func (SetLights) command()   {}
func (OpenUplink) command()  {}
func (CloseUplink) command() {}
func (RetryUplink) command() {}
func (SetCut) command()      {}
func (Mark) command()        {}
func (Refuse) command()      {}
