package capturetest

import (
	"context"
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"vigie/capture"
)

// sound is what a microphone delivered: PCM frames of one channel by their number since media time 0, and its gaps.
type sound struct {
	frames map[int64]float32
	gaps   []time.Duration
	runs   int
}

func record(t *testing.T, o MicrophoneOptions, length time.Duration, each func()) (s sound, err error) {
	t.Helper()
	o.Now = mediaTime()
	m := NewMicrophone(o)
	defer m.Close()
	ctx, cancel := context.WithTimeout(t.Context(), length)
	defer cancel()
	s.frames = map[int64]float32{}
	expect := time.Duration(-1)
	err = m.Stream(ctx, func(pcm capture.PCM) {
		n := int64(math.Round(float64(pcm.PTS) * capture.SampleRate / float64(time.Second)))
		for i := 0; i < len(pcm.Data); i += capture.Channels {
			if pcm.Data[i] != pcm.Data[i+1] {
				t.Fatal("left is not right")
			}
			s.frames[n+int64(i/capture.Channels)] = pcm.Data[i]
		}
		duration := time.Duration(len(pcm.Data)/capture.Channels) * time.Second / capture.SampleRate
		if o.Now() < pcm.PTS+duration {
			t.Errorf("the sound of %v is delivered before it was", pcm.PTS)
		}
		if expect >= 0 && pcm.PTS != expect {
			s.gaps = append(s.gaps, pcm.PTS-expect)
		}
		expect = pcm.PTS + duration
		s.runs++
		if each != nil {
			each()
		}
	})
	return s, err
}

func TestMicrophone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := record(t, MicrophoneOptions{}, 2*time.Second, nil)
		if err != nil || s.runs < 199 || len(s.gaps) > 0 {
			t.Fatalf("%d runs in 2 s, gaps %v, %v", s.runs, s.gaps, err)
		}
		peak, crossings := 0.0, 0
		for n, v := range s.frames {
			beeping := n%capture.SampleRate < capture.SampleRate/10
			if !beeping && v != 0 {
				t.Fatalf("at %v ms of a second: %v, want silence", n%capture.SampleRate/48, v)
			}
			peak = max(peak, math.Abs(float64(v)))
			if before, ok := s.frames[n-1]; beeping && ok && before < 0 && v >= 0 {
				crossings++
			}
		}
		if db := 20 * math.Log10(peak); math.Abs(db-BeepLevel) > 0.1 {
			t.Errorf("peak at %.2f dBFS, want %d", db, BeepLevel)
		}
		// Two beeps of 100 periods. One more or less: rounding may put a crossing to either side of zero.
		if crossings < 190 || crossings > 202 {
			t.Errorf("%d rising edges in two beeps of 100 ms at 1 kHz", crossings)
		}
	})
}

func TestMicrophoneScript(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := record(t, MicrophoneOptions{Script: Script{
			{Stall, 500 * time.Millisecond, 100 * time.Millisecond},
			{Kind: Vanish, At: time.Second},
		}}, time.Minute, nil)
		if !errors.Is(err, capture.ErrGone) {
			t.Errorf("error %v, want ErrGone", err)
		}
		if len(s.gaps) != 1 || s.gaps[0] != 100*time.Millisecond {
			t.Errorf("gaps %v, want one of 100 ms", s.gaps)
		}
	})
}

// Who is a little late gets the sound that waited; who is late by more than the buffer has an xrun.
func TestMicrophoneLate(t *testing.T) {
	for late, gaps := range map[time.Duration]int{100 * time.Millisecond: 0, 300 * time.Millisecond: 1} {
		synctest.Test(t, func(t *testing.T) {
			first := true
			s, err := record(t, MicrophoneOptions{}, time.Second, func() {
				if first {
					<-time.After(late)
				}
				first = false
			})
			if err != nil || len(s.gaps) != gaps {
				t.Errorf("late by %v: gaps %v, %v", late, s.gaps, err)
			}
		})
	}
}

func TestSoundDoesNotAllocate(t *testing.T) {
	m := NewMicrophone(MicrophoneOptions{})
	n := int64(0)
	if a := testing.AllocsPerRun(100, func() { m.fill(n); n += period }); a != 0 {
		t.Errorf("%v allocations a run", a)
	}
}
