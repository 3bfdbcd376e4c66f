package uplink

import "time"

// Event is what happened, for the box's state machine.
type Event interface{ event() }

// Connected: a session stands, media may leave.
type Connected struct {
	Backup string // the host of the relay that has it, where that is not the first one
}

// Confirmed: camera or microphone are leaving, and the relay confirms that it has them.
type Confirmed struct{}

// Unconfirmed: Confirmed is no longer true. It comes before Lost where both are.
type Unconfirmed struct{}

// Lost: the session is gone, or an attempt to open one failed. The next attempt begins by itself.
type Lost struct {
	Err     error         // why, for people
	Refused bool          // the relay's answer is one that trying again soon cannot mend
	Retry   time.Duration // until the next attempt
}

func (Connected) event()   {}
func (Confirmed) event()   {}
func (Unconfirmed) event() {}
func (Lost) event()        {}
