package alsa

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"vigie/capture"
)

func TestLimiterLeavesQuietSoundAlone(t *testing.T) {
	l := newLimiter(0)
	data := tone(1000, capture.SampleRate, capture.SampleRate)
	for i := range data {
		data[i] *= 2 * 0.89
	}
	want := slices.Clone(data)
	l.apply(data)
	if !slices.Equal(data, want) {
		t.Error("sound below -1 dBFS was changed")
	}
}

func TestLimiterNeverExceedsFullScale(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, gain := range []float64{0, 6, 20, 60} {
		l := newLimiter(gain)
		data := make([]float32, 96000)
		for i := range data {
			data[i] = float32(2*random.Float64() - 1)
			if i%997 == 0 {
				data[i] = 1
			}
		}
		l.apply(data)
		for i, v := range data {
			if !(v >= -1 && v <= 1) {
				t.Fatalf("gain %v dB: value %d is %v", gain, i, v)
			}
		}
	}
}

func TestLimiterTurnsDownInsteadOfBending(t *testing.T) {
	l := newLimiter(12)
	data := tone(1000, capture.SampleRate, capture.SampleRate)
	l.apply(data)
	settled := data[len(data)/2:]
	left, _, rest := fit(settled, 0, 1000, capture.SampleRate)
	right, _, _ := fit(settled, 1, 1000, capture.SampleRate)
	if left < 0.89 || left > 1 {
		t.Errorf("a tone of +6 dBFS comes out at %.3f", left)
	}
	if db := decibels(math.Sqrt(2*rest) / left); db > -45 {
		t.Errorf("distortion is %.1f dB", db)
	}
	if db := decibels(left / right / 2); math.Abs(db) > 0.01 {
		t.Errorf("the sides moved apart by %.3f dB", db)
	}
}

func TestGain(t *testing.T) {
	l := newLimiter(-20)
	data := []float32{0.5, -0.5}
	l.apply(data)
	if math.Abs(float64(data[0])-0.05) > 1e-6 || data[1] != -data[0] {
		t.Errorf("-20 dB of 0.5 is %v", data)
	}
}

func TestLimiterLetsGo(t *testing.T) {
	l := newLimiter(20)
	l.apply(tone(1000, capture.SampleRate, 4800))
	quiet := tone(1000, capture.SampleRate, capture.SampleRate)
	for i := range quiet {
		quiet[i] *= 0.1
	}
	l.apply(quiet)
	if got, _, _ := fit(quiet[len(quiet)/2:], 0, 1000, capture.SampleRate); math.Abs(decibels(got/0.5)) > 0.01 {
		t.Errorf("half a second after a peak, 0.5 is %v", got)
	}
}
