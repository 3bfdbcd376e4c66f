package uplink

import "time"

// trail remembers when the packets of one stream were sent. Numbers are unwrapped: they go on where 16 bits end.
type trail struct {
	last     int64 // the highest number sent
	covered  int64 // the highest that the relay reported; at first, the one before the first
	reported uint32
	started  bool
	heard    bool // there was a report
	ring     [trailLen]footprint
}

// footprint of packet n: which packet that is not filler was the newest when n was sent, n itself or one before it.
type footprint struct {
	real int64 // its number; 0 where there was none
	sent time.Duration
}

// add records the packet that comes next. It returns false for a number that is not newer than the last.
func (t *trail) add(seq uint16, filler bool, now time.Duration) bool {
	if !t.started {
		t.started = true
		t.last = 1<<16 + int64(seq) - 1
		t.covered = t.last
	}
	ahead := int16(seq - uint16(t.last))
	if ahead <= 0 {
		return false
	}
	before := t.ring[t.last%trailLen]
	for range ahead { // more than one only where packets were not handed over
		t.last++
		t.ring[t.last%trailLen] = before
	}
	if !filler {
		t.ring[t.last%trailLen] = footprint{real: t.last, sent: now}
	}
	return true
}

// cover takes a report's extended highest number. It returns when the newest packet that it newly covers was sent, and
// false where it covers none.
//
// Receivers differ in how they count the cycles in the upper half, so the lower half alone finds the packet. The whole
// must have moved all the same: a receiver that never got a packet reports 0 for ever, and our numbers come past 0.
func (t *trail) cover(highest uint32) (sent time.Duration, ok bool) {
	moved := !t.heard || highest != t.reported
	t.reported, t.heard = highest, true
	n := t.last - int64(uint16(t.last)-uint16(highest))
	if !moved || n <= t.covered || t.last-n >= trailLen {
		return 0, false
	}
	newest, covered := t.ring[n%trailLen], t.covered
	t.covered = n
	return newest.sent, newest.real > covered
}

// transportTrail remembers the packets of all streams by their transport-wide numbers, each confirmed by itself.
type transportTrail struct {
	last    int64
	started bool
	ring    [trailLen]struct {
		number int64
		sent   time.Duration
		proves bool // not filler, and not confirmed yet
	}
}

func (t *transportTrail) add(number uint16, filler bool, now time.Duration) {
	if !t.started {
		t.started = true
		t.last = 1<<16 + int64(number) - 1
	}
	t.last += int64(number - uint16(t.last))
	f := &t.ring[t.last%trailLen]
	f.number, f.sent, f.proves = t.last, now, !filler
}

func (t *transportTrail) cover(number uint16) (sent time.Duration, ok bool) {
	if !t.started {
		return 0, false // whoever says so has got nothing of us yet
	}
	n := t.last - int64(uint16(t.last)-number)
	f := &t.ring[n%trailLen]
	if f.number != n || !f.proves {
		return 0, false
	}
	f.proves = false
	return f.sent, true
}
