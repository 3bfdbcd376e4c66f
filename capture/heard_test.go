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
		{Frames: 2, Squares: [2]float64{0.5, 0.02}},
		{Frames: 4, Squares: [2]float64{0.5 + 1 + 0.946*0.946, 0.02 + 0.944*0.944}, Loud: 2},
		{Frames: 5, Squares: [2]float64{0.5 + 1 + 0.946*0.946 + 0.0625, 0.02 + 0.944*0.944}, Loud: 2},
	}
	for i, h := range heard {
		w := want[i/2]
		if h.Frames != w.Frames || h.Loud != w.Loud ||
			math.Abs(h.Squares[0]-w.Squares[0]) > 1e-6 || math.Abs(h.Squares[1]-w.Squares[1]) > 1e-6 {
			t.Errorf("after run %d: %+v, want %+v", i/2, h, w)
		}
	}
	if l := a.Level(); math.Abs(l.Peak[0]+12.04) > 0.01 {
		t.Errorf("since the last question the peak is %v dBFS", l.Peak[0])
	}
}
