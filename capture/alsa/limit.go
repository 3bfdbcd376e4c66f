package alsa

import (
	"math"

	"vigie/capture"
)

// The limiter leaves sound below its knee as it is, to the last bit.
const (
	knee        = 0.891  // -1 dBFS
	ceiling     = 0.9999 // never reached; what is left to 1 is for rounding
	releaseTime = 100e-3 // seconds for the level to fall to 1/e after a peak
)

// limiter multiplies by the gain that the owner set and keeps the result within ±1 without clipping. A peak above the
// knee turns both sides down at once, so that the image does not move, and lets go slowly, so that a loud tone is
// turned down rather than bent. It looks at no later sound, and so costs no delay.
type limiter struct {
	gain  float32
	level float32 // the peak that is being held, falling
	decay float32 // of the level, a PCM frame
}

func newLimiter(gainDB float64) limiter {
	return limiter{
		gain:  factor(gainDB),
		decay: float32(math.Exp(-1 / (releaseTime * capture.SampleRate))),
	}
}

// factor is what a gain multiplies by.
func factor(dB float64) float32 { return float32(math.Pow(10, dB/20)) }

// apply works on interleaved stereo, in place.
func (l *limiter) apply(data []float32) {
	for i := 0; i+1 < len(data); i += 2 {
		left, right := data[i]*l.gain, data[i+1]*l.gain
		l.level = max(l.level*l.decay, abs(left), abs(right), 1e-9) // not on to denormals, which are slow
		if l.level > knee {
			// From the knee up, levels are squeezed into what is left to the ceiling; the slope is 1 at the knee.
			const room = ceiling - knee
			over := (l.level - knee) / room
			turn := (knee + room*over/(1+over)) / l.level
			left, right = left*turn, right*turn
		}
		data[i], data[i+1] = left, right
	}
}

func abs(v float32) float32 { return max(v, -v) }
