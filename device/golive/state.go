package golive

import (
	"fmt"
	"slices"
)

// State is what the box is doing.
type State int

// The states, and what staff would say.
const (
	Starting   State = iota // booting: devices are being looked for
	Standby                 // nothing leaves the box; it waits for the button
	Cueing                  // the button was pressed; viewers do not have it yet
	Live                    // viewers get it, and the relay confirms that
	Recovering              // it was live, the network or the devices went; it goes on trying
	Ending                  // the show is over; the session is being closed
	Fault                   // nothing works: a bad configuration, no device at all
)

// AnyState is none of them, where one may be named.
const AnyState State = -1

var stateNames = [...]string{"starting", "standby", "cueing", "live", "recovering", "ending", "fault"}

// String returns the name that the status API uses.
func (s State) String() string {
	if s < 0 || int(s) >= len(stateNames) {
		return fmt.Sprintf("state(%d)", int(s))
	}
	return stateNames[s]
}

// MarshalText makes a State its name in JSON.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a name.
func (s *State) UnmarshalText(name []byte) error {
	i := slices.Index(stateNames[:], string(name))
	if i < 0 {
		return fmt.Errorf("%q is no state; there are %q", name, stateNames)
	}
	*s = State(i)
	return nil
}

// Pattern is how a light shines.
type Pattern int

// The patterns; slow is 1 Hz, fast 4 Hz, both lit for half of the time and beginning lit.
const (
	Off Pattern = iota
	Steady
	Slow
	Fast
)

var patternNames = [...]string{"off", "steady", "slow", "fast"}

// String returns the name that the status API uses.
func (p Pattern) String() string {
	if p < 0 || int(p) >= len(patternNames) {
		return fmt.Sprintf("pattern(%d)", int(p))
	}
	return patternNames[p]
}

// MarshalText makes a Pattern its name in JSON.
func (p Pattern) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// Lights is what the three lights of the panel show.
type Lights struct {
	Red   Pattern `json:"red"`
	Green Pattern `json:"green"`
	Amber Pattern `json:"amber"`
}
