package capture

// Loud is what counts as full scale, -0.5 dBFS: a microphone's limiter leaves that much of what was at full scale before
// it (package alsa).
const Loud = 0.945

// Heard is all that a microphone was heard to say since it began. The difference of two is what came in between, so that
// several can listen, each at a pace of its own.
type Heard struct {
	Frames  uint64            // PCM frames
	Sums    [Channels]float64 // left, right: the sum of their values, which a card's offset (DC) adds to; full scale is 1
	Squares [Channels]float64 // the sum of the squares
	Loud    uint64            // values of either side that were at full scale
	Gain    float64           // what the microphone multiplies its values by now: all of these are behind it
}

// amplified microphones multiply their values by the gain that their owner set.
type amplified interface{ Gain() float64 }

// Heard may be called at any time, and takes nothing from Level.
func (a *Audio) Heard() Heard {
	a.meter.mu.Lock()
	defer a.meter.mu.Unlock()
	all := a.meter.all()
	all.Gain = 1
	if m, ok := a.microphone.(amplified); ok {
		all.Gain = m.Gain()
	}
	return all
}

// Power is the mean square of each side's sound since before, without the offset that a card may add; zero where nothing
// was heard since. Full scale is 1.
func (h Heard) Power(before Heard) (power [Channels]float64) {
	frames := float64(h.Frames - before.Frames)
	if frames == 0 {
		return power
	}
	for side := range power {
		mean := (h.Sums[side] - before.Sums[side]) / frames
		power[side] = max(0, (h.Squares[side]-before.Squares[side])/frames-mean*mean)
	}
	return power
}

// all is what was heard before the last question of Level and since. m.mu is held.
func (m *meter) all() Heard {
	all := m.heard
	all.Frames += uint64(m.frames)
	for side, square := range m.square {
		all.Sums[side] += m.sum[side]
		all.Squares[side] += square
	}
	return all
}
