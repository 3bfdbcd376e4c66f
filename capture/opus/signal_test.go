package opus

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"vigie/capture"
)

// music is a stage's sound, made up: chords with vibrato that move across the stage, a drum that is a burst of noise
// twice a second, and a voice that is a buzz through two formants that wander.
func music(seconds float64) []float32 {
	random := rand.New(rand.NewPCG(5, 6))
	frames := int(seconds * capture.SampleRate)
	data := make([]float32, 2*frames)
	chords := [][]float64{{220, 277.2, 329.6, 440}, {196, 246.9, 293.7, 392}, {174.6, 220, 261.6, 349.2}}
	var buzz, a1, a2, b1, b2 float64
	for i := range frames {
		t := float64(i) / capture.SampleRate
		var left, right float64
		for k, hz := range chords[int(t)%len(chords)] {
			phase := 2*math.Pi*hz*t + 2*math.Sin(2*math.Pi*5.5*t+float64(k))
			for h := 1.0; h <= 6; h++ {
				v := 0.04 / h * math.Sin(h*phase)
				pan := 0.5 + 0.4*math.Sin(2*math.Pi*0.3*t+float64(k))
				left, right = left+v*pan, right+v*(1-pan)
			}
		}
		drum := 0.3 * math.Exp(-30*math.Mod(t, 0.5)) * (2*random.Float64() - 1)
		// A voice: a pulse train through two resonators.
		buzz += (120 + 10*math.Sin(2*math.Pi*3*t)) / capture.SampleRate
		pulse := 0.0
		if buzz >= 1 {
			buzz, pulse = buzz-1, 1
		}
		a1, a2 = resonate(a1, a2, pulse, 600+200*math.Sin(2*math.Pi*1.7*t))
		b1, b2 = resonate(b1, b2, pulse, 1500+600*math.Sin(2*math.Pi*1.1*t))
		voice := 0.05 * (a1 + b1)
		if math.Mod(t, 3) > 2 {
			voice = 0
		}
		data[2*i], data[2*i+1] = float32(left+0.7*drum+voice), float32(right+0.5*drum+voice)
	}
	loudest := max(slices.Max(data), -slices.Min(data))
	for i := range data {
		data[i] *= 0.8 / loudest
	}
	return data
}

// resonate is one step of a resonator 80 Hz wide.
func resonate(y1, y2, x, hz float64) (float64, float64) {
	r := math.Exp(-math.Pi * 80 / capture.SampleRate)
	return x + 2*r*math.Cos(2*math.Pi*hz/capture.SampleRate)*y1 - r*r*y2, y1
}

// encode makes packets of all of data, and the rest of a packet of silence.
func encode(t *testing.T, bitrate int, data []float32) (packets [][]byte) {
	t.Helper()
	e, err := New(Options{Bitrate: bitrate})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for at := 0; at < len(data); at += frameSize * 2 {
		run := make([]float32, frameSize*2)
		copy(run, data[at:])
		packet, err := e.Encode(nil, run)
		if err != nil {
			t.Fatal(err)
		}
		packets = append(packets, packet)
	}
	return packets
}

func bytesOf(packets [][]byte) (n int) {
	for _, p := range packets {
		n += len(p)
	}
	return n
}
