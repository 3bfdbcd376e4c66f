package alsa

import (
	"fmt"
	"math"
	"testing"

	"vigie/capture"
)

// tone is a sine of half scale on the left, and the same an octave of its own (a quarter scale) on the right.
func tone(hz float64, rate, frames int) []float32 {
	data := make([]float32, 2*frames)
	for i := range frames {
		s := math.Sin(2 * math.Pi * hz * float64(i) / float64(rate))
		data[2*i], data[2*i+1] = float32(0.5*s), float32(0.25*s)
	}
	return data
}

// fit finds the sine of the given frequency in one side of interleaved stereo: its amplitude, its phase at the first
// frame, and the power of everything else.
func fit(data []float32, side int, hz float64, rate int) (amplitude, phase, rest float64) {
	var ss, cc, sc, ys, yc, yy float64
	for i := 0; 2*i < len(data); i++ {
		s, c := math.Sincos(2 * math.Pi * hz * float64(i) / float64(rate))
		y := float64(data[2*i+side])
		ss, cc, sc, ys, yc, yy = ss+s*s, cc+c*c, sc+s*c, ys+y*s, yc+y*c, yy+y*y
	}
	d := ss*cc - sc*sc
	a, b := (ys*cc-yc*sc)/d, (yc*ss-ys*sc)/d
	return math.Hypot(a, b), math.Atan2(b, a), max(yy-a*ys-b*yc, 0) / float64(len(data)/2)
}

func decibels(ratio float64) float64 { return 20 * math.Log10(ratio) }

// resampled runs data through a resampler in runs as a card would deliver them, and returns where its first frame lies.
func resampled(rate int, data []float32) (out []float32, lead float64) {
	run := rate / 100
	r := newResampler(rate, run)
	dst := make([]float32, 2*r.most(run))
	for at := 0; at < len(data); {
		n := min(2*(1+at%run), len(data)-at) // uneven
		got, l := r.process(dst, data[at:at+n])
		if len(out) == 0 {
			lead = l + float64(at/2)
		}
		out = append(out, got...)
		at += n
	}
	return out, lead
}

var cardRates = []int{8000, 11025, 16000, 22050, 32000, 44100, 88200, 96000, 192000}

func TestResamplerKeepsATone(t *testing.T) {
	for _, rate := range cardRates {
		for _, hz := range []float64{100, 1000, 0.4 * float64(min(rate, 44100))} {
			t.Run(fmt.Sprintf("%d Hz at %d", int(hz), rate), func(t *testing.T) {
				out, lead := resampled(rate, tone(hz, rate, rate/2))
				lacking := capture.SampleRate/2 - len(out)/2 // what the filter still holds: half its length
				if most := filterTaps * capture.SampleRate / min(rate, capture.SampleRate); lacking < -2 || lacking > most {
					t.Errorf("half a second became %d PCM frames", len(out)/2)
				}
				settled := capture.SampleRate / 20
				for side, want := range []float64{0.5, 0.25} {
					amplitude, phase, rest := fit(out[2*settled:], side, hz, capture.SampleRate)
					if db := decibels(amplitude / want); math.Abs(db) > 0.1 {
						t.Errorf("side %d: level is off by %.3f dB", side, db)
					}
					if snr := decibels(amplitude / math.Sqrt(2*rest)); snr < 80 {
						t.Errorf("side %d: SNR is %.1f dB", side, snr)
					}
					// The tone had phase 0 at the card's first frame; lead says where our first frame lies from that.
					at := lead/float64(rate) + float64(settled)/capture.SampleRate
					off := math.Remainder(phase/(2*math.Pi)-at*hz, 1) / hz
					if math.Abs(off) > 1e-6 {
						t.Errorf("side %d: sound is %.1f µs from where lead says", side, off*1e6)
					}
				}
			})
		}
	}
}

func TestResamplerTakesAwayWhatCannotBe(t *testing.T) {
	for _, rate := range []int{88200, 96000, 192000} {
		for _, hz := range []float64{24100, 30000, 40000} {
			out, _ := resampled(rate, tone(hz, rate, rate/2))
			_, _, rest := fit(out[4800:], 0, 1000, capture.SampleRate)
			if db := decibels(math.Sqrt(2*rest) / 0.5); db > -80 {
				t.Errorf("%v Hz at %d Hz is heard at %.1f dB", hz, rate, db)
			}
		}
	}
}

func TestResamplerDoesNotAllocate(t *testing.T) {
	r := newResampler(44100, 441)
	src, dst := tone(1000, 44100, 441), make([]float32, 2*r.most(441))
	if n := testing.AllocsPerRun(100, func() { r.process(dst, src) }); n != 0 {
		t.Errorf("%v allocations a run", n)
	}
}

func TestResamplerRefusesOddRates(t *testing.T) {
	if newResampler(44101, 441) != nil {
		t.Error("a filter of 48000 phases was made")
	}
}

func BenchmarkResampler(b *testing.B) {
	r := newResampler(44100, 441)
	src, dst := tone(1000, 44100, 441), make([]float32, 2*r.most(441))
	for b.Loop() {
		r.process(dst, src)
	}
}
