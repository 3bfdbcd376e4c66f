package main

import (
	"errors"
	"fmt"
	"log/slog"

	"vigie/capture"
	"vigie/capture/alsa"
	"vigie/capture/capturetest"
	"vigie/capture/v4l2"
	"vigie/device/config"
)

// cameraOpener opens the configured camera: nil for none. In a demo the test picture stands in where there is none.
func cameraOpener(c config.Config, demo bool, log *slog.Logger) func() (capture.Camera, bool, error) {
	if c.Camera.Device == "none" {
		return nil
	}
	test := func() (capture.Camera, bool, error) {
		return capturetest.NewCamera(capturetest.CameraOptions{
			Width: c.Camera.Width, Height: c.Camera.Height, FPS: c.Camera.FPS, Channel: c.Venue.Name,
		}), true, nil
	}
	if c.Camera.Device == "test" {
		return test
	}
	return func() (capture.Camera, bool, error) {
		camera, err := v4l2.Open(v4l2.Options{
			Device: c.Camera.Device, Width: c.Camera.Width, Height: c.Camera.Height, FPS: c.Camera.FPS,
			Controls: c.Camera.Controls, Log: log,
		})
		if err == nil {
			return camera, false, nil
		}
		if demo && errors.Is(err, capture.ErrNotFound) {
			return test()
		}
		return nil, false, fmt.Errorf("camera.device %s: %w", c.Camera.Device, err)
	}
}

// microphoneOpener is the same for the microphone.
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
