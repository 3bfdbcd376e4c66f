package main

import (
	"errors"
	"fmt"

	"vigie/capture"
	"vigie/capture/alsa"
	"vigie/capture/capturetest"
)

// microphoneOpener opens the configured microphone: nil for none. In a demo the test sound stands in where there is none.
func (b *box) microphoneOpener(demo bool) func() (capture.Microphone, bool, error) {
	c := b.config
	if c.Microphone.Device == "none" {
		return nil
	}
	test := func() (capture.Microphone, bool, error) {
		return capturetest.NewMicrophone(capturetest.MicrophoneOptions{}), true, nil
	}
	if c.Microphone.Device == "test" {
		return test
	}
	return func() (capture.Microphone, bool, error) {
		microphone, err := alsa.Open(alsa.Options{
			Device: c.Microphone.Device, Channels: c.Microphone.Channels, Gain: b.live.Load().Microphone.Gain, Log: b.log,
		})
		if err == nil {
			b.microphone.Store(microphone)
			return microphone, false, nil
		}
		if demo && errors.Is(err, capture.ErrNotFound) {
			return test()
		}
		return nil, false, fmt.Errorf("microphone.device %s: %w", c.Microphone.Device, err)
	}
}
