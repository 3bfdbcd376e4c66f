package alsa

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"

	pcm "github.com/gen2brain/alsa"
	"golang.org/x/sys/unix"

	"vigie/capture"
)

// Options say which microphone, and how.
type Options struct {
	Device   string       // "auto", "hw:1,0", "hw:CARD=Device,DEV=0" or a card's id
	Channels int          // 1: the first channel on both sides; 2: the first two channels. A mono card is always 1
	Gain     float64      // dB; what gets too loud by it is limited
	Log      *slog.Logger // what was changed and recovered from
}

// The buffer in the kernel: how long the program may be busy elsewhere before sound is lost (an xrun) and how often it
// is woken.
const (
	runsPerSecond = 100 // 10 ms each
	bufferPeriods = 50  // 500 ms, if the card takes so many; it adds no delay
)

// Open finds the microphone, unmutes it, settles the parameters with its driver (48 kHz and the channels asked for, if
// the card has them; what it answers, if not) and is ready to Stream. It fails with ErrNotFound, ErrBusy, ErrGone or
// ErrUnsupported of package capture, and does not block.
func Open(o Options) (*Microphone, error) {
	all, err := Find()
	if err != nil {
		return nil, err
	}
	d, err := choose(all, o.Device)
	if err != nil {
		return nil, err
	}
	if err := wake(d, o.Log); err != nil {
		// Many cards refuse a control now and then; what they record may still be fine.
		o.Log.Warn("microphone's volume could not be looked at", "error", err)
	}
	hw, err := pcm.PcmParamsGet(uint(d.Card), uint(d.Number), pcm.PCM_IN)
	if err != nil {
		return nil, deviceError(d, "open", err)
	}
	d.describe(hw)
	stream, format, err := negotiate(d, o)
	if err != nil {
		return nil, err
	}
	m, err := newMicrophone(d, stream, stream.Config(), format, o)
	if err != nil {
		return nil, errors.Join(err, stream.Close())
	}
	o.Log.Info("microphone opened", "device", d.String(), "format", pcm.PcmParamFormatNames[format.id],
		"rate", stream.Rate(), "channels", stream.Channels(), "period", stream.PeriodSize(), "periods", stream.PeriodCount())
	return m, nil
}

// negotiate tries what the card said it takes, the best first, until the driver takes it: not every combination of what
// it takes goes together.
func negotiate(d Device, o Options) (*pcm.PCM, sampleFormat, error) {
	var last error = unix.EINVAL
	for _, format := range formats(o.Gain > 0) {
		if !slices.Contains(d.Formats, pcm.PcmParamFormatNames[format.id]) {
			continue
		}
		for _, c := range proposals(d, o.Channels) {
			c.Format = format.id
			// Not blocking, so that a context ends a wait; without the library's own recovery, which hides an xrun.
			stream, err := pcm.PcmOpen(uint(d.Card), uint(d.Number), pcm.PCM_IN|pcm.PCM_NONBLOCK|pcm.PCM_NORESTART, &c)
			if err == nil {
				return stream, format, nil
			}
			if !errors.Is(err, unix.EINVAL) {
				return nil, sampleFormat{}, deviceError(d, "open", err)
			}
			last = err
		}
	}
	return nil, sampleFormat{}, deviceError(d, "open", fmt.Errorf("what it records is %w: %v, %d to %d Hz, %d to %d "+
		"channels (%v)", capture.ErrUnsupported, d.Formats, d.MinRate, d.MaxRate, d.MinChannels, d.MaxChannels, last))
}

// proposals are the configurations within what the card says, the best first. The library takes the rate as the lowest
// that will do: the driver answers with the next one that the card has, and that is what is used.
func proposals(d Device, channels int) (all []pcm.Config) {
	for _, rate := range within(d.MinRate, d.MaxRate, capture.SampleRate, 44100, 32000, 16000, 8000) {
		for _, channels := range within(d.MinChannels, d.MaxChannels, channels, 2, 1, d.MinChannels, d.MaxChannels) {
			for _, periods := range []uint32{bufferPeriods, 20, 8, 4, 2} {
				run := uint32(rate / runsPerSecond)
				all = append(all, pcm.Config{
					Channels: uint32(channels), Rate: uint32(rate), PeriodSize: run, PeriodCount: periods,
					AvailMin: run, StopThreshold: run * periods, // a full buffer is an xrun; by default it is none
				})
			}
		}
	}
	return all
}

// within is the wishes that lie between least and most, in order, each once; the nearest to the first, if none does.
func within(least, most int, wishes ...int) (fit []int) {
	for _, w := range wishes {
		if least <= w && w <= most && !slices.Contains(fit, w) {
			fit = append(fit, w)
		}
	}
	if len(fit) == 0 {
		return []int{min(max(wishes[0], least), most)}
	}
	return fit
}
