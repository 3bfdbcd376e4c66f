package alsa

import (
	"math"

	"vigie/capture"
)

// The resampler's filter: a sinc under a Kaiser window. 90 dB down from half the lower of the two rates on; with 96
// taps its passband ends 6 % of that rate below: at 19.4 kHz for a card of 44.1 kHz.
const (
	filterTaps = 96 // at the lower of the two rates
	kaiserBeta = 8.96
	transition = 5.71 / filterTaps // of the lower rate (J. F. Kaiser's formula for 90 dB)
	maxPhases  = 1000              // a card whose rate needs more is refused: it is not a rate that cards have
)

// resampler turns stereo at a card's rate into stereo at 48 kHz: a polyphase filter over the exact ratio out/in, for
// 44.1 kHz 160/147. It does not allocate.
type resampler struct {
	out, in int         // the ratio of the rates, in lowest terms
	phases  [][]float32 // out filters, all of the same length
	taps    int
	buffer  []float32 // interleaved; the end of earlier sound, then the new
	held    int       // PCM frames in buffer
	skip    int       // PCM frames from the start of buffer to the next window
	phase   int
}

// newResampler is for runs of at most run PCM frames at the rate from. It is nil where the ratio is out of reach.
func newResampler(from, run int) *resampler {
	const to = capture.SampleRate
	d := gcd(from, to)
	r := &resampler{out: to / d, in: from / d}
	if r.out > maxPhases {
		return nil
	}
	low := min(1, to/float64(from)) // the lower rate, in PCM frames a frame of the card
	r.taps = 2 * int(math.Ceil(filterTaps/2/low))
	r.phases = make([][]float32, r.out)
	for p := range r.phases {
		r.phases[p] = sincs(r.taps, float64(p)/float64(r.out), low*(1-transition))
	}
	r.buffer = make([]float32, capture.Channels*(r.taps+run))
	r.reset()
	return r
}

// sincs is the filter for an output that lies fraction of a frame behind the middle of its window, with its cutoff in
// cycles per two frames. It passes a constant unchanged.
func sincs(taps int, fraction, cutoff float64) []float32 {
	h, sum := make([]float64, taps), 0.0
	for k := range h {
		t := float64(k-(taps/2-1)) - fraction
		h[k] = kaiser(t / float64(taps/2))
		if x := math.Pi * cutoff * t; x != 0 {
			h[k] *= math.Sin(x) / x
		}
		sum += h[k]
	}
	f := make([]float32, taps)
	for k := range h {
		f[k] = float32(h[k] / sum)
	}
	return f
}

// kaiser is the window at x of -1 to 1, up to a constant factor.
func kaiser(x float64) float64 {
	if x*x >= 1 {
		return 0
	}
	return bessel0(kaiserBeta * math.Sqrt(1-x*x))
}

// bessel0 is the modified Bessel function I0, by its power series.
func bessel0(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > sum*1e-15; k++ {
		term *= x * x / (4 * k * k)
		sum += term
	}
	return sum
}

// reset forgets earlier sound: what follows does not join on to it.
func (r *resampler) reset() {
	clear(r.buffer)
	r.held, r.skip, r.phase = r.taps-1, 0, 0
}

// process writes what src gives at 48 kHz to dst and returns it, and where its first frame lies from the first of src:
// in frames of the card, usually negative, since the filter looks at as much later sound as earlier.
func (r *resampler) process(dst, src []float32) (_ []float32, lead float64) {
	lead = float64(r.skip+r.taps/2-1-r.held) + float64(r.phase)/float64(r.out)
	r.held += copy(r.buffer[capture.Channels*r.held:], src) / capture.Channels
	n := 0
	for ; r.skip+r.taps <= r.held; n += capture.Channels {
		window := r.buffer[capture.Channels*r.skip:][:capture.Channels*r.taps]
		var left, right float32
		for k, h := range r.phases[r.phase] {
			left += h * window[2*k]
			right += h * window[2*k+1]
		}
		dst[n], dst[n+1] = left, right
		r.phase += r.in
		r.skip += r.phase / r.out
		r.phase %= r.out
	}
	copy(r.buffer, r.buffer[capture.Channels*r.skip:capture.Channels*r.held])
	r.held, r.skip = r.held-r.skip, 0
	return dst[:n], lead
}

// most is the most PCM frames that process can give for a run of n.
func (r *resampler) most(n int) int { return (n+1)*r.out/r.in + 1 }

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
