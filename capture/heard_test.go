package capture_test

import (
	"context"
	"math"
	"testing"

	"vigie/capture"
)

// tones delivers runs of a value and ends.
type tones struct {
	runs   [][]float32
	listen func(run int)
}

func (m *tones) Name() string { return "tones" }

func (m *tones) Gain() float64 { return 10 }

func (m *tones) Stream(_ context.Context, f func(capture.PCM)) error {
	for i, run := range m.runs {
		f(capture.PCM{Data: run})
		m.listen(i)
	}
	return nil
}

func (m *tones) Close() error { return nil }

type mute struct{ capture.AudioEncoder }

func (mute) Close() error { return nil }

// TestHeard holds that Level, which begins anew with each question, takes nothing from Heard, nor Heard from Level.
func TestHeard(t *testing.T) {
	m := &tones{runs: [][]float32{{0.5, -0.1, 0.5, 0.1}, {1, 0, -0.946, 0.944}, {0.25, 0}}}
	a := capture.NewAudio(m, mute{})
	var heard []capture.Heard
	m.listen = func(run int) {
		if run == 1 {
			if l := a.Level(); l.Peak[0] != 0 {
				t.Errorf("the peak is %v dBFS", l.Peak[0])
			}
		}
		heard = append(heard, a.Heard(), a.Heard())
	}
	if err := a.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []capture.Heard{
		{Frames: 2, Sums: [2]float64{1, 0}, Squares: [2]float64{0.5, 0.02}},
		{Frames: 4, Sums: [2]float64{1.054, 0.944}, Squares: [2]float64{0.5 + 1 + 0.946*0.946, 0.02 + 0.944*0.944}, Loud: 2},
		{Frames: 5, Sums: [2]float64{1.304, 0.944}, Squares: [2]float64{0.5 + 1 + 0.946*0.946 + 0.0625, 0.02 + 0.944*0.944}, Loud: 2},
	}
	for i, h := range heard {
		w := want[i/2]
		if h.Frames != w.Frames || h.Loud != w.Loud || h.Gain != 10 ||
			math.Abs(h.Sums[0]-w.Sums[0]) > 1e-6 || math.Abs(h.Sums[1]-w.Sums[1]) > 1e-6 || math.Abs(h.Squares[0]-w.Squares[0]) > 1e-6 || math.Abs(h.Squares[1]-w.Squares[1]) > 1e-6 {
			t.Errorf("after run %d: %+v, want %+v", i/2, h, w)
		}
	}
	if l := a.Level(); math.Abs(l.Peak[0]+12.04) > 0.01 {
		t.Errorf("since the last question the peak is %v dBFS", l.Peak[0])
	}
}

// TestOffset holds that a card which adds an offset is no louder for it, in the level and in what was heard.
func TestOffset(t *testing.T) {
	wave := make([]float32, capture.SampleRate)
	for i := range wave {
		wave[i] = []float32{0.25, 0.27, 0.25, 0.23}[i/capture.Channels%4]
	}
	m := &tones{runs: [][]float32{wave}, listen: func(int) {}}
	a := capture.NewAudio(m, mute{})
	if err := a.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	power, level := a.Heard().Power(capture.Heard{}), a.Level()
	for side := range power {
		if math.Abs(power[side]-0.0002) > 1e-6 || math.Abs(level.RMS[side]+37) > 0.1 {
			t.Errorf("side %d has the power %v and is at %v dBFS", side, power[side], level.RMS[side])
		}
	}
	if nothing := a.Heard().Power(a.Heard()); nothing != [2]float64{} {
		t.Errorf("in no time it heard %v", nothing)
	}
}
