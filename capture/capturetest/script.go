package capturetest

import "time"

// Kind is what goes wrong.
type Kind int

// The faults.
const (
	// Vanish: the device is unplugged. Stream returns capture.ErrGone at At, and again when it is called later.
	Vanish Kind = iota
	// Stall: nothing is delivered, and what would have been is lost: a gap in Sequence and PTS. It is what an xrun
	// does to a microphone.
	Stall
	// Freeze: a camera delivers the same picture again and again, with PTS and Sequence that go on. The microphone
	// knows nothing of it.
	Freeze
	// Drop: a camera loses every second picture. The microphone knows nothing of it.
	Drop
)

// Fault is one thing that goes wrong, at a time after the device was made.
type Fault struct {
	Kind Kind
	At   time.Duration
	For  time.Duration // how long it lasts; Vanish lasts for ever
}

// Script is what goes wrong with a device, in any order.
type Script []Fault

// has reports whether a fault of that kind is on at a time after the device was made.
func (s Script) has(kind Kind, after time.Duration) bool {
	for _, f := range s {
		if f.Kind == kind && after >= f.At && (kind == Vanish || after < f.At+f.For) {
			return true
		}
	}
	return false
}

// wait blocks until d has passed or done is closed, and reports whether d has passed. The timer is its caller's, so
// that nothing is allocated for each picture.
func wait(done <-chan struct{}, timer *time.Timer, d time.Duration) bool {
	if d <= 0 {
		select {
		case <-done:
			return false
		default:
			return true
		}
	}
	timer.Reset(d)
	select {
	case <-done:
		return false
	case <-timer.C:
		return true
	}
}
