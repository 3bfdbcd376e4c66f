package panel

import "time"

// How a button is read.
const (
	bounce  = 30 * time.Millisecond  // without an edge: the contacts have settled
	lockout = 250 * time.Millisecond // after a release: a nervous second press is none
	hold    = 2 * time.Second
	stuck   = 10 * time.Second
)

// Gesture is what staff did with a button.
type Gesture int

// Down comes first, Up last; Held between them where the button was held for 2 s. Stuck takes Up's place where it is
// never released, and Freed says that it was after all.
const (
	Down Gesture = iota
	Held
	Up
	Stuck
	Freed
)

// button turns edges into gestures. It is pure: time comes in, gestures come out.
type button struct {
	down   bool          // between Down and Up
	stuck  bool          // ignored until it is released
	held   bool          // Held was told of this press
	since  time.Duration // of Down, or of the boot for a button found down
	settle time.Duration // when the contacts have settled and the level counts; 0: they have
	open   time.Duration // no Down before this
}

// boot tells the level that was found at start.
func (b *button) boot(pressed bool) []Gesture {
	if !pressed {
		return nil
	}
	b.stuck = true
	return []Gesture{Stuck}
}

// step takes what is known now: the level, and whether an edge was seen since the last step.
func (b *button) step(now time.Duration, pressed, edge bool) []Gesture {
	if edge {
		b.settle = now + bounce // anew at each edge: some contacts bounce for longer
	}
	// It acts on the first edge. A level that is open again already is a bounce, or an edge that waited in the kernel's
	// queue since the last press: it counts when the contact is closed within the bounce, else it was nothing.
	if b.settle != 0 && pressed && !b.down && !b.stuck && now >= b.open {
		b.down, b.held, b.since = true, false, now
		return []Gesture{Down}
	}
	if now < b.settle {
		return nil
	}
	b.settle = 0
	switch {
	case b.stuck && !pressed:
		b.stuck, b.open = false, now+lockout
		return []Gesture{Freed}
	case b.down && !pressed:
		b.down, b.open = false, now+lockout
		if !b.held && now-bounce-b.since >= hold { // this goroutine was late: it was a hold all the same
			return []Gesture{Held, Up}
		}
		return []Gesture{Up}
	case b.down && !b.held && now-b.since >= hold:
		b.held = true
		return []Gesture{Held}
	case b.down && now-b.since >= stuck:
		b.down, b.stuck = false, true
		return []Gesture{Stuck}
	}
	return nil
}

// wait is how long nothing changes unless an edge comes, at most limit.
func (b *button) wait(now, limit time.Duration) time.Duration {
	next := now + limit
	if b.settle != 0 {
		next = min(next, b.settle)
	} else if b.down && !b.held {
		next = min(next, b.since+hold)
	} else if b.down {
		next = min(next, b.since+stuck)
	}
	return max(next-now, time.Millisecond)
}
