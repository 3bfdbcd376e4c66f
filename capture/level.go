package capture

import (
	"math"
	"sync"
	"sync/atomic"
)

// Level is how loud it is, in dB below full scale (dBFS): 0 is the loudest, Quiet is the least that is told.
type Level struct {
	RMS  [Channels]float64 // left, right, over the time since the last question, without a card's offset (DC)
	Peak [Channels]float64 // the largest values since then
}

// Quiet is the level of digital silence, in dBFS.
const Quiet = -96.0

// meter collects what was heard between two questions.
type meter struct {
	mu     sync.Mutex
	sum    [Channels]float64
	square [Channels]float64
	peak   [Channels]float64
	frames int
	last   Level
	heard  Heard // until the last question, but for Loud
}

func (m *meter) hear(pcm []float32) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, v := range pcm {
		f := float64(v)
		m.sum[i%Channels] += f
		m.square[i%Channels] += f * f
		m.peak[i%Channels] = max(m.peak[i%Channels], math.Abs(f))
		if f >= Loud || f <= -Loud {
			m.heard.Loud++
		}
	}
	m.frames += len(pcm) / Channels
}

// level answers, and begins anew. Asked again before any sound came, it repeats itself.
func (m *meter) level() Level {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.frames == 0 {
		return m.last
	}
	all := m.all()
	for c, power := range all.Power(m.heard) {
		m.last.RMS[c] = decibels(math.Sqrt(power))
		m.last.Peak[c] = decibels(m.peak[c])
	}
	m.heard = all
	m.sum, m.square, m.peak, m.frames = [Channels]float64{}, [Channels]float64{}, [Channels]float64{}, 0
	return m.last
}

func decibels(amplitude float64) float64 {
	return max(Quiet, 20*math.Log10(max(amplitude, 1e-9)))
}

// AudioStats is what Audio has heard and made, counted since it began.
type AudioStats struct {
	Microphone string
	Gaps       uint64 // jumps of media time: xruns
	Packets    uint64 // Opus packets made
	Bytes      uint64 // coded
	Busy       bool   // at work on sound that was heard; one that hangs stays so
	Turns      uint64 // of the microphone, also where it delivers nothing: where that stays, its driver hangs
}

// Stats may be called at any time.
func (a *Audio) Stats() AudioStats {
	s := AudioStats{
		Microphone: a.microphone.Name(), Gaps: a.stats.gaps.Load(),
		Packets: a.stats.packets.Load(), Bytes: a.stats.bytes.Load(), Busy: a.stats.busy.Load(), Turns: a.stats.runs.Load(),
	}
	if m, ok := a.microphone.(interface{ Turns() uint64 }); ok {
		s.Turns = m.Turns()
	}
	return s
}

// Level is how loud it was since the last call; one caller is meant to ask.
func (a *Audio) Level() Level { return a.meter.level() }

type audioCounters struct {
	gaps, packets, bytes, runs atomic.Uint64
	busy                       atomic.Bool
}
