package alsa

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"sync/atomic"
	"time"

	pcm "github.com/gen2brain/alsa"

	"vigie/capture"
)

// stream is what a Microphone needs of the kernel's PCM stream. It does not block but in Wait.
type stream interface {
	Start() error
	Stop() error
	Prepare() error
	Resume() error
	State() pcm.PcmState
	Wait(milliseconds int) (ready bool, err error)
	Delay() (pcmFrames int, err error)
	Read(data any) (pcmFrames int, err error)
	Close() error
}

// Microphone is an open sound card. It is used by one goroutine; Xruns may be called by any.
type Microphone struct {
	device   Device
	stream   stream
	format   sampleFormat
	channels int
	rate     int
	mono     bool
	log      *slog.Logger
	now      func() time.Duration

	clock     sampleClock
	limiter   limiter
	resampler *resampler // nil at 48 kHz
	raw       []byte     // one run as the card delivers it
	rawAny    any        // raw again, so that handing it to Read does not allocate
	run       []float32  // the same in stereo
	out       []float32  // the same at 48 kHz

	xruns atomic.Uint64
	turns atomic.Uint64
	gain  atomic.Uint32 // bits of a float32: the limiter's, from the next run on
}

var _ capture.Microphone = (*Microphone)(nil)

// newMicrophone takes over the stream. c is the driver's answer.
func newMicrophone(d Device, s stream, c pcm.Config, f sampleFormat, o Options) (*Microphone, error) {
	m := &Microphone{
		device: d, stream: s, format: f, channels: int(c.Channels), rate: int(c.Rate), mono: o.Channels == 1,
		log: o.Log, now: capture.Now, clock: newSampleClock(int(c.Rate)), limiter: newLimiter(o.Gain),
		raw: make([]byte, int(c.AvailMin)*f.bytes*int(c.Channels)),
		run: make([]float32, capture.Channels*c.AvailMin),
	}
	m.rawAny = m.raw
	m.SetGain(o.Gain)
	if m.rate == capture.SampleRate {
		return m, nil
	}
	if m.resampler = newResampler(m.rate, int(c.AvailMin)); m.resampler == nil {
		return nil, deviceError(d, "open", fmt.Errorf("a rate of %d Hz is %w", m.rate, capture.ErrUnsupported))
	}
	m.out = make([]float32, capture.Channels*m.resampler.most(int(c.AvailMin)))
	return m, nil
}

// Name is for people, with the name by which Open finds the microphone again.
func (m *Microphone) Name() string { return m.device.String() }

// SetGain changes Options.Gain, from the next run of sound on; by how much the limiter turns down stays smooth. Any
// goroutine may call it.
func (m *Microphone) SetGain(dB float64) { m.gain.Store(math.Float32bits(factor(dB))) }

// Gain is what every value is multiplied by: 10 at 20 dB.
func (m *Microphone) Gain() float64 { return float64(math.Float32frombits(m.gain.Load())) }

// Xruns counts how often sound was lost, because Stream's function took too long or the card stopped for a while.
func (m *Microphone) Xruns() uint64 { return m.xruns.Load() }

// Turns counts the looks at the card, ten a second and more, whether it has sound or not: where it stays, the driver hangs.
// Any goroutine may call it.
func (m *Microphone) Turns() uint64 { return m.turns.Load() }

// Close gives the device back. Stream must have returned.
func (m *Microphone) Close() error { return m.stream.Close() }

// Stream delivers runs of about 10 ms (see capture.Microphone). It returns at most 100 ms after ctx is done.
func (m *Microphone) Stream(ctx context.Context, f func(capture.PCM)) error {
	if err := m.stream.Start(); err != nil {
		return deviceError(m.device, "start", err)
	}
	m.clock.lose()
	for ctx.Err() == nil {
		m.turns.Add(1)
		err := m.step(f)
		if err == nil {
			continue
		}
		if err := m.recover(err); err != nil {
			return errors.Join(deviceError(m.device, "record from", err), m.stop())
		}
	}
	return m.stop()
}

// stop ends the recording. A card that is gone has ended it by itself.
func (m *Microphone) stop() error {
	if err := m.stream.Stop(); err != nil && m.stream.State() != pcm.SNDRV_PCM_STATE_DISCONNECTED {
		return deviceError(m.device, "stop", err)
	}
	return nil
}
