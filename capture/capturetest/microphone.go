package capturetest

import (
	"context"
	"fmt"
	"math"
	"time"

	"vigie/capture"
)

// The beep, for who measures: it sounds while the media time is less than FlashLength after a whole second.
const (
	BeepFrequency = 1000 // Hz
	BeepLevel     = -20  // dBFS, of its peaks
)

const (
	period  = capture.SampleRate / 100 // PCM frames in a run: 10 ms
	backlog = 20 * period              // a real card's buffer: who is further behind has an xrun
	wave    = capture.SampleRate / BeepFrequency
	beep    = int64(capture.SampleRate * FlashLength / time.Second)
)

// MicrophoneOptions says how the microphone behaves.
type MicrophoneOptions struct {
	Script Script
	Now    func() time.Duration // media time, the camera's; nil is capture.Now
}

// Microphone delivers a beep at each whole second, and silence.
type Microphone struct {
	script Script
	now    func() time.Duration
	made   time.Duration
	sine   [wave]float32
	data   [period * capture.Channels]float32
}

var _ capture.Microphone = (*Microphone)(nil)

// NewMicrophone returns a microphone.
func NewMicrophone(o MicrophoneOptions) *Microphone {
	if o.Now == nil {
		o.Now = capture.Now
	}
	m := &Microphone{script: o.Script, now: o.Now, made: o.Now()}
	peak := math.Pow(10, BeepLevel/20.0)
	for i := range m.sine {
		m.sine[i] = float32(peak * math.Sin(2*math.Pi*float64(i)/wave))
	}
	return m
}

// Name is "Test sound".
func (m *Microphone) Name() string { return "Test sound" }

// pts returns the time of PCM frame n, counted from media time 0.
func (m *Microphone) pts(n int64) time.Duration {
	return time.Duration(n/capture.SampleRate)*time.Second +
		time.Duration(n%capture.SampleRate)*time.Second/capture.SampleRate
}

// at returns the run that holds t: the index of its first PCM frame.
func (m *Microphone) at(t time.Duration) int64 {
	const length = period * time.Second / capture.SampleRate
	return int64(t/length) * period
}

// Stream delivers each run of 10 ms when it is complete; see capture.Microphone.
func (m *Microphone) Stream(ctx context.Context, f func(capture.PCM)) error {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for n := m.at(m.now()); ; n += period {
		if current := m.at(m.now()); current-n > backlog {
			n = current // an xrun: what was in between is lost
		}
		if !wait(ctx.Done(), timer, m.pts(n+period)-m.now()) {
			return nil
		}
		at := m.pts(n) - m.made
		if m.script.has(Vanish, at) {
			return fmt.Errorf("capturetest: %s: %w", m.Name(), capture.ErrGone)
		}
		if m.script.has(Stall, at) {
			continue
		}
		m.fill(n)
		f(capture.PCM{Data: m.data[:], PTS: m.pts(n)})
	}
}

// fill writes the run that begins with PCM frame n. The beep begins and ends where the sine crosses zero.
func (m *Microphone) fill(n int64) {
	for i := int64(0); i < period; i++ {
		v := float32(0)
		if (n+i)%capture.SampleRate < beep {
			v = m.sine[(n+i)%wave]
		}
		for channel := range int64(capture.Channels) {
			m.data[i*capture.Channels+channel] = v
		}
	}
}

// Close does nothing: Stream ends by its context.
func (m *Microphone) Close() error { return nil }
