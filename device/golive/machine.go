package golive

import "fmt"

// Machine is all that the box knows when it decides. It is a value: Step returns the next one.
type Machine struct {
	State  State
	Wanted bool // staff or the schedule asked for a show, and it has not ended

	Scheduled bool // it was the schedule, which may then end it too

	Cut     bool // staff asked that viewers see the slate instead of the stage
	InForce bool // the cut reached the wire: what was queued is thrown away and the slate is next

	Confirmed bool // the uplink's last word: the stage leaves, and the relay's reports cover it

	Camera     Device
	Microphone Device
	Relay      Relay
	Config     Config
	Health     Severity // the worst of what package health reports

	press press
}

// press is where the go-live button's last Down fell; it decides what its Up or Held means.
type press int

const (
	notPressed press = iota
	pressIgnored
	pressOnAir // in Live or Recovering: Up is a marker, Held ends the show
)

// Device is what is known of the camera or the microphone.
type Device int

// A device may be configured as none; it is then nobody's fault that it is missing.
const (
	Unknown   Device = iota // not looked for yet
	None                    // the configuration asks for none
	Present                 // real and open
	Simulated               // the test source stands in
	Absent                  // asked for, and not there
)

func (d Device) works() bool { return d == Present || d == Simulated }

// Relay is what the last attempt or the light probe said.
type Relay int

// A relay that refuses answered, and a retry will not mend it: a wrong token, a wrong path.
const (
	RelayUnknown Relay = iota
	RelayReady
	RelayUnreachable
	RelayRefuses
)

// Config tells whether the box runs on what the organiser wrote.
type Config int

// A broken file is one thing where the last good copy is at hand: the show goes on, with a warning. Where it is not,
// the box never goes live on guesses.
const (
	ConfigGood Config = iota
	ConfigLastGood
	ConfigBroken
)

// Severity orders what is wrong.
type Severity int

// The severities that the lights know.
const (
	Fine Severity = iota
	Warning
	CannotGoLive
)

var severityNames = [...]string{"fine", "warning", "cannot_go_live"}

// String returns the name that the status API uses.
func (s Severity) String() string {
	if s < 0 || int(s) >= len(severityNames) {
		return fmt.Sprintf("severity(%d)", int(s))
	}
	return severityNames[s]
}

// MarshalText makes a Severity its name in JSON.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Worst is the worst condition that the machine's facts and the box's health amount to.
func (m Machine) Worst() Severity {
	switch {
	case m.Camera == Absent, m.Camera == None && m.Microphone == Absent,
		m.Relay == RelayUnreachable, m.Relay == RelayRefuses, m.Config == ConfigBroken:
		return CannotGoLive
	case m.Microphone == Absent, m.Microphone == Simulated, m.Camera == Simulated,
		m.Config == ConfigLastGood:
		return max(Warning, m.Health)
	}
	return m.Health
}

// broken tells whether nothing works: what makes the box go to Fault where no show is on.
func (m Machine) broken() bool {
	return m.Config == ConfigBroken || m.Camera != Unknown && m.Microphone != Unknown &&
		!m.Camera.works() && !m.Microphone.works()
}

// onAir tells whether media may be leaving the box.
func (m Machine) onAir() bool {
	return m.State == Cueing || m.State == Live || m.State == Recovering
}

// Counting tells whether the go-live button is being held to end the show.
func (m Machine) Counting() bool { return m.press == pressOnAir }

// Lights is what the panel shows for this machine.
func (m Machine) Lights() Lights {
	return LightsFor(m.State, m.Cut && m.InForce, m.Worst(), m.Counting())
}
