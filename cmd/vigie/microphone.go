package main

import (
	"errors"
	"fmt"
	"log/slog"

	"vigie/capture"
	"vigie/capture/alsa"
	"vigie/capture/capturetest"
	"vigie/device/config"
)

// microphoneOpener opens the configured microphone: nil for none. In a demo the test sound stands in where there is none.
func microphoneOpener(c config.Config, demo bool, log *slog.Logger) func() (capture.Microphone, bool, error) {
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
			Device: c.Microphone.Device, Channels: c.Microphone.Channels, Gain: c.Microphone.Gain, Log: log,
		})
		if err == nil {
			return microphone, false, nil
		}
		if demo && errors.Is(err, capture.ErrNotFound) {
			return test()
		}
		return nil, false, fmt.Errorf("microphone.device %s: %w", c.Microphone.Device, err)
	}
}
