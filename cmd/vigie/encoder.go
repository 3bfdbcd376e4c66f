package main

import (
	"fmt"
	"log/slog"

	"vigie/capture"
	"vigie/capture/openh264"
	"vigie/capture/v4l2"
	"vigie/device/config"
)

// encoderOpener opens what codes the picture: the board's encoder where the configuration asks for it, else OpenH264.
// The board's takes each picture by a copy of ours.
func encoderOpener(c config.Config, log *slog.Logger) func(capture.VideoFormat) (capture.Encoder, error) {
	return func(f capture.VideoFormat) (capture.Encoder, error) {
		if c.Video.Encoder != "v4l2" {
			return openh264.New(openh264.Options{Format: f, Bitrate: c.Video.Bitrate.Start})
		}
		e, err := v4l2.OpenEncoder(v4l2.EncoderOptions{Device: "auto", Format: f, Bitrate: c.Video.Bitrate.Start, Log: log})
		if err != nil {
			return nil, fmt.Errorf("video.encoder v4l2: %w; openh264 codes in software", err)
		}
		log.Info("encoder: " + e.Name())
		return e, nil
	}
}
