package uplink

import "vigie/uplink/rate"

// thrown counts the units and audio packets that were thrown away on their way through the pacer, until it is known why.
type thrown struct {
	count uint64
	unit  int // number of the last unit among them: its packets go one by one, and it counts once
}

// drop releases a packet that does not leave. It is the pacer's, too.
func (x *sender) drop(k rate.Packet[waiting]) {
	switch w := k.Payload; {
	case w.unit != nil:
		if w.number != x.thrown.unit {
			x.thrown.unit = w.number
			x.thrown.count++
			x.s.books.paced.Add(-1)
		}
		w.unit.Release()
	case w.sound != nil:
		x.thrown.count++
		w.sound.Release()
	}
}

// charge books what was thrown away to one of the uplink's drops.
func (x *sender) charge(reason *uint64) {
	if x.thrown.count == 0 {
		return
	}
	x.s.u.mu.Lock()
	defer x.s.u.mu.Unlock()
	*reason += x.thrown.count
	x.thrown.count = 0
}

// flush throws away all that waits: of before a cut, or of a session that is over.
func (x *sender) flush() {
	x.pacer.Flush()
	x.chargeFlushed()
}

func (x *sender) chargeFlushed() {
	reason := &x.s.u.drops.Flushed
	if x.s.u.isOver(x.s) {
		reason = &x.s.u.drops.Offline
	}
	x.charge(reason)
}
