package main

import (
	"errors"
	"fmt"
	"log/slog"

	"vigie/capture"
	"vigie/capture/capturetest"
	"vigie/capture/openh264"
	"vigie/capture/passthrough"
	"vigie/capture/picture"
	"vigie/capture/rpicam"
	"vigie/capture/v4l2"
)

// stepError is a device's between the camera and the coded bytes: there may be a way around it.
type stepError struct {
	path string
	err  error
}

func (e *stepError) Error() string { return e.err.Error() }
func (e *stepError) Unwrap() error { return e.err }

// answerError is a camera that delivers another size than it was asked for.
type answerError struct{ asked, got capture.VideoFormat }

func (e *answerError) Error() string {
	return fmt.Sprintf("asked for %s of %dx%d it delivers %dx%d", e.asked.FourCC, e.asked.Width, e.asked.Height, e.got.Width, e.got.Height)
}

// errNotShared is of a camera and the next device, of which one does not take the memory that the other was to share.
var errNotShared = errors.New("no memory is shared with this camera")

// follow opens a way from its end: the encoder, whose memory what comes before it may fill, and the camera last. The
// encoder that was kept goes on where the way ends in it and wants of it what it was opened for.
func (o *opener) follow(w capture.Way, kept capture.Chain) (capture.Chain, error) {
	borrows := borrows(w)
	if kept.Encoder != nil && (borrows || !w.SameEnd(o.way)) {
		_ = kept.Encoder.Close() // what it would say, it has said
		kept.Encoder = nil
	}
	o.way = w
	chain := capture.Chain{Encoder: kept.Encoder, Format: w.Coded(), Every: w.Every, Simulated: w.Camera == testCamera,
		Way: fmt.Sprintf("%s (%s)", w, w.Cost)}
	var err error
	if chain.Encoder == nil && !borrows {
		if chain.Encoder, err = o.encoder(w, nil); err != nil {
			return chain, err
		}
	}
	if chain.Camera, err = o.source(w, len(w.Steps)-1, memoryOf(chain.Encoder)); err != nil {
		return chain, err
	}
	if giver, ok := chain.Camera.(*v4l2.Camera); ok && borrows {
		if chain.Encoder, err = o.encoder(w, giver.Memory()); err != nil {
			_ = chain.Camera.Close()
			chain.Camera = nil
			return chain, err
		}
	}
	if e, ok := chain.Encoder.(*v4l2.Encoder); ok {
		e.Forget() // what is in it is another camera's
	}
	return chain, nil
}

// borrows tells whether the encoder reads the camera's own memory: then the camera is opened first.
func borrows(w capture.Way) bool {
	return len(w.Steps) == 1 && w.Steps[0].In.Handover == capture.HandGiver
}

// memoryOf is what of an encoder can be filled; nil for none.
func memoryOf(e capture.Encoder) *v4l2.Memory {
	if device, ok := e.(*v4l2.Encoder); ok {
		return device.Memory()
	}
	return nil
}

// encoder opens what the way ends in; lent is the camera's memory where the encoder reads that.
func (o *opener) encoder(w capture.Way, lent *v4l2.Memory) (capture.Encoder, error) {
	format, bitrate := w.Coded(), o.config.Video.Bitrate.Start
	software := func(f capture.VideoFormat) (capture.Encoder, error) {
		return openh264.New(openh264.Options{Format: f, Bitrate: bitrate})
	}
	s, coded := w.Step(capture.Coder)
	switch {
	case !coded:
		return passthrough.New(passthrough.Options{Slate: software}), nil
	case s.Software:
		e, err := software(format)
		if err != nil {
			return nil, &stepError{s.Path, err}
		}
		return e, nil
	}
	e, err := v4l2.OpenEncoder(v4l2.EncoderOptions{Device: s.Path, Format: format, Bitrate: bitrate,
		Export: s.In.Handover == capture.HandTaker, Import: lent, Log: o.log})
	switch {
	case lent != nil && errors.Is(err, capture.ErrUnsupported):
		return nil, fmt.Errorf("%w: %w", errNotShared, err)
	case err != nil:
		return nil, &stepError{s.Path, err}
	}
	return e, nil
}

// source opens what delivers pictures to a step of the way, and puts them in that step's memory where it is shared: the
// step before it, and so on to the camera.
func (o *opener) source(w capture.Way, step int, into *v4l2.Memory) (capture.Camera, error) {
	if step <= 0 {
		return o.camera(w, into)
	}
	before := w.Steps[step-1]
	if before.Software {
		camera, err := o.source(w, step-1, nil)
		if err != nil || before.Role == capture.Converter && w.Steps[step].Software { // OpenH264 converts by itself
			return camera, err
		}
		d, err := picture.NewDecoder(camera)
		if err != nil {
			return nil, errors.Join(&stepError{before.Path, err}, camera.Close())
		}
		return d, nil
	}
	options := v4l2.ProcessorOptions{Device: before.Path, In: w.Into(step - 1), Out: w.Into(step), Import: into,
		Export: before.In.Handover == capture.HandTaker, Log: o.log}
	p, err := v4l2.OpenProcessor(options)
	if into != nil && errors.Is(err, capture.ErrUnsupported) {
		o.tell(slog.LevelWarn, "its pictures will be copied into the encoder's memory", "device", before.Path, "err", err)
		options.Import = nil
		p, err = v4l2.OpenProcessor(options)
	}
	if err != nil {
		return nil, &stepError{before.Path, err}
	}
	camera, err := o.source(w, step-1, p.Memory())
	if err != nil {
		return nil, errors.Join(err, p.Close())
	}
	if err := p.Wrap(camera); err != nil {
		return nil, errors.Join(&stepError{before.Path, err}, camera.Close(), p.Close())
	}
	return p, nil
}

// camera opens the camera itself. Its size has to be the way's: what follows is opened for that.
func (o *opener) camera(w capture.Way, into *v4l2.Memory) (camera capture.Camera, err error) {
	f, c := w.Format, o.config
	switch w.Camera {
	case testCamera:
		return capturetest.NewCamera(capturetest.CameraOptions{
			Width: f.Width, Height: f.Height, FPS: c.Camera.FPS, Channel: c.Venue.Name, Zone: c.Venue.Zone()}), nil
	case rpicamCamera:
		camera, err = rpicam.Open(rpicam.Options{Width: f.Width, Height: f.Height, FPS: c.Camera.FPS, Codec: f.FourCC,
			Bitrate: c.Video.Bitrate.Start, Log: o.log})
	default:
		camera, err = v4l2.Open(v4l2.Options{Device: w.Camera, Format: f, Controls: c.Camera.Controls, Import: into,
			Export: borrows(w), Log: o.log})
	}
	switch {
	case (into != nil || borrows(w)) && errors.Is(err, capture.ErrUnsupported):
		return nil, fmt.Errorf("%w: %w", errNotShared, err)
	case err != nil:
		return nil, err // camera is not nil: there is a nil in it
	}
	if got := camera.Format(); got.Width != f.Width || got.Height != f.Height {
		return nil, errors.Join(&answerError{f, got}, camera.Close())
	}
	return camera, nil
}
