package main

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"

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
		device, err := encoderFor(f)
		var e *v4l2.Encoder
		if err == nil {
			e, err = v4l2.OpenEncoder(v4l2.EncoderOptions{Device: device, Format: f, Bitrate: c.Video.Bitrate.Start, Log: log})
		}
		if err != nil {
			return nil, fmt.Errorf("video.encoder v4l2: %w; openh264 codes in software", err)
		}
		log.Info("encoder: " + e.Name())
		return e, nil
	}
}

// encoderFor is the path of the board's first encoder that takes pictures of that format.
func encoderFor(f capture.VideoFormat) (string, error) {
	board, err := v4l2.FindBoard()
	for _, m := range board.Mem2Mem {
		takes := func(o capture.Offer) bool { return o.FourCC == f.FourCC }
		makes := func(o capture.Offer) bool { return o.FourCC == capture.H264 }
		if slices.ContainsFunc(m.In.Offers, takes) && slices.ContainsFunc(m.Out.Offers, makes) {
			return m.Path, nil
		}
	}
	return "", errors.Join(err, fmt.Errorf("no encoder of %s: %w", f.FourCC, capture.ErrNotFound))
}
