package capture

// Loud is what counts as full scale, -0.5 dBFS: a microphone's limiter leaves that much of what was at full scale before
// it (package alsa).
const Loud = 0.945

// Heard is all that a microphone was heard to say since it began. The difference of two is what came in between, so that
// several can listen, each at a pace of its own.
type Heard struct {
	Frames  uint64            // PCM frames
	Squares [Channels]float64 // left, right: the sum of the squares of their values; full scale is 1
	Loud    uint64            // values of either side that were at full scale
}

// Heard may be called at any time, and takes nothing from Level.
func (a *Audio) Heard() Heard {
	a.meter.mu.Lock()
	defer a.meter.mu.Unlock()
	return a.meter.all()
}

// all is what was heard before the last question of Level and since. m.mu is held.
func (m *meter) all() Heard {
	all := m.heard
	all.Frames += uint64(m.frames)
	for side, square := range m.square {
		all.Squares[side] += square
	}
	return all
}
