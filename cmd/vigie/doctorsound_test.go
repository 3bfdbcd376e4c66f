package main

import (
	"context"
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"vigie/capture"
)

// tone is a microphone that hears a sine with that peak, a run of 10 ms every 10 ms; fails is how it ends instead.
type tone struct {
	peak  float64
	gain  float64 // dB
	mute  bool    // nothing comes of it, not even zeros
	fails error

	closed bool
}

func (*tone) Name() string { return "Desk (hw:CARD=Desk,DEV=0)" }

func (m *tone) Close() error { m.closed = true; return nil }

func (m *tone) Stream(ctx context.Context, f func(capture.PCM)) error {
	run := make([]float32, capture.Channels*capture.SampleRate/100)
	for i := range run {
		run[i] = float32(m.peak * math.Sin(float64(i/capture.Channels)*2*math.Pi/48))
	}
	every := time.NewTicker(10 * time.Millisecond)
	defer every.Stop()
	for ctx.Err() == nil && m.fails == nil {
		select {
		case <-every.C:
		case <-ctx.Done():
			return nil
		}
		if !m.mute {
			f(capture.PCM{Data: run})
		}
	}
	return m.fails
}

func TestHear(t *testing.T) {
	for name, c := range map[string]struct {
		tone
		want finding
	}{
		"a voice": {tone{peak: 0.25}, finding{"sound level", "green",
			"RMS -15 and -15 dBFS, peak -12 and -12 dBFS, in a second of Desk (hw:CARD=Desk,DEV=0)", ""}},
		"switched off":     {tone{}, finding{"sound level", "amber", "RMS -96 and -96 dBFS", "silence"}},
		"off, and raised":  {tone{peak: 0.004, gain: 20}, finding{"sound level", "amber", "RMS -51 and -51 dBFS", "silence"}},
		"too loud":         {tone{peak: 1}, finding{"sound level", "amber", "peak 0 and 0 dBFS", "turn it down"}},
		"nothing at all":   {tone{mute: true}, finding{"sound level", "amber", "nothing at all comes from Desk", "plug it in again"}},
		"unplugged by now": {tone{fails: errors.New("Desk: gone")}, finding{"sound level", "amber", "Desk: gone", "another cable"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began, m := time.Now(), c.tone
				holds(t, []finding{hear(t.Context(), &m, c.gain)}, c.want)
				if took := time.Since(began); took > listenTime || !m.closed {
					t.Errorf("it listened for %v, and closed it: %v", took, m.closed)
				}
			})
		})
	}
}

// TestSoundOfARunningBox holds that a microphone that vigie has is not taken from it.
func TestSoundOfARunningBox(t *testing.T) {
	cfg := testConfig()
	holds(t, sound(t.Context(), &cfg, nil)) // the test sound needs no ear
	cfg.Microphone.Device = "auto"
	holds(t, sound(t.Context(), &cfg, &runningBox{}), finding{"sound level", "green", "its status page shows the level", ""})
	b := &runningBox{open: true}
	holds(t, sound(t.Context(), &cfg, b))
	b.Audio.Microphone, b.Audio.LevelDB, b.Audio.PeakDB = "Desk", [2]float64{-30, -31}, [2]float64{-20, -21}
	holds(t, sound(t.Context(), &cfg, b), finding{"sound level", "green",
		"RMS -30 and -31 dBFS, peak -20 and -21 dBFS, as vigie hears Desk", ""})
}
