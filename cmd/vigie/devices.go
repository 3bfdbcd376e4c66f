package main

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"

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
		format, path, err := cameraFormat(c)
		var camera *v4l2.Camera
		if err == nil {
			camera, err = v4l2.Open(v4l2.Options{Device: path, Format: format, Controls: c.Camera.Controls, Log: log})
		}
		if err == nil {
			return camera, false, nil
		}
		if demo && errors.Is(err, capture.ErrNotFound) {
			return test()
		}
		return nil, false, fmt.Errorf("camera.device %s: %w", c.Camera.Device, err)
	}
}

// cameraFormat chooses what to ask of the configured camera. Its pictures are decoded and converted by this program,
// so what the board's devices could do to them does not count.
func cameraFormat(c config.Config) (capture.VideoFormat, string, error) {
	board, err := v4l2.FindBoard()
	board.Mem2Mem, board.Software = nil, capture.Software{OpenH264: true, JPEG: true, Convert: true}
	for i := range board.Cameras { // what they code by themselves is not taken yet
		board.Cameras[i].Offers = slices.DeleteFunc(board.Cameras[i].Offers, func(o capture.Offer) bool {
			return o.FourCC == capture.H264
		})
	}
	if c.Camera.Device != "auto" {
		board.Cameras = slices.DeleteFunc(board.Cameras, func(b capture.BoardCamera) bool {
			return !sameFile(b.Node, c.Camera.Device)
		})
	}
	choice := capture.ChooseWay(board, capture.Wish{
		Width: c.Camera.Width, Height: c.Camera.Height, FPS: c.Camera.FPS, Encoder: capture.EncoderAuto,
	})
	switch {
	case choice.Way != nil:
		return choice.Way.Format, choice.Way.Camera, nil
	case len(choice.Others) > 0:
		o := choice.Others[0]
		return capture.VideoFormat{}, "", fmt.Errorf("%s: %w: %s", o.Way, capture.ErrUnsupported, o.Why)
	case err != nil:
		return capture.VideoFormat{}, "", err
	}
	return capture.VideoFormat{}, "", fmt.Errorf("no V4L2 camera: %w: plug one in", capture.ErrNotFound)
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
