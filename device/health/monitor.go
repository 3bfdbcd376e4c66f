package health

import (
	"time"

	"vigie/capture"
)

// Options is what a Monitor watches.
type Options struct {
	Root     string    // where /sys, /proc and /run are; "" for the machine's own
	StateDir string    // the directory that the box writes to; "" is not watched
	Built    time.Time // when the program was made: no clock can be right that is before it; zero where that is not known
	// RateFloor is the least that the uplink asks of the encoder, in bits a second; 0 where the rate is not to be judged,
	// because it has no room to move.
	RateFloor int
}

// Seen is what there is to judge at one moment.
type Seen struct {
	// Picture is what the camera shows; where no new picture came in time, the one before it again. Nil: there is no
	// camera, it is not to be judged, or its pictures cannot be looked into.
	Picture *Picture
	HDMI    bool           // it is what is plugged into an HDMI bridge
	Sound   *capture.Heard // all that was heard until now; nil: as Picture
	Target  int            // bits a second asked of the encoder, in a show that gets through; 0 without one
}

// Monitor finds the conditions of picture, sound, rate and board. It is used by one goroutine.
type Monitor struct {
	parts []part
	disk  *disk // one of them, which has a goroutine
}

// part is one thing that is watched.
type part interface {
	judge(now time.Time, s Seen) []Condition
}

// New returns a Monitor that has seen nothing.
func New(o Options) *Monitor {
	if o.Root == "" {
		o.Root = "/"
	}
	d := newDisk(o.StateDir)
	return &Monitor{disk: d, parts: []part{
		newPictureJudge(), newSoundJudge(), newRateJudge(o.RateFloor), newPower(o.Root), newHeat(o.Root), d,
		newClock(o.Root, o.Built),
	}}
}

// Close waits for a question to the disk that is not answered yet: for as long as the disk hangs, if it does. Whoever may
// not wait for that leaves the caller behind.
func (m *Monitor) Close() { m.disk.asking.Wait() }

// Judge returns the conditions that hold after what was seen, in the order of Codes. It is meant to be called once a
// second. It reads the board's sensors, and blocks as long as these do; a disk that does not answer holds it for a moment
// only.
func (m *Monitor) Judge(now time.Time, s Seen) []Condition {
	var all []Condition
	for _, p := range m.parts {
		all = append(all, p.judge(now, s)...)
	}
	return all
}
