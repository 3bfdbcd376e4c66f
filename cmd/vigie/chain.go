package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"vigie/capture"
	"vigie/capture/picture"
	"vigie/capture/v4l2"
	"vigie/device/config"
)

// opener opens what ChooseWay chose, and finds the way around what does not open. It is used by one goroutine, that of
// capture.Video.
type opener struct {
	config config.Config
	demo   bool
	log    *slog.Logger

	devices  []capture.Mem2Mem // of the board, once they were found
	way      capture.Way       // of the chain that is open
	unshared []string          // cameras that did not take the memory that they were to share, or not rightly
	told     []string          // what the open before this one said of a camera
	telling  []string          // and what this one does
}

// videoOptions is how the configured camera and its encoder are opened; nil for none.
func (b *box) videoOptions(demo bool) *capture.VideoOptions {
	if b.config.Camera.Device == "none" {
		return nil
	}
	o := &opener{config: b.config, demo: demo, log: b.log}
	return &capture.VideoOptions{
		Open: func(kept capture.Chain, d capture.Demand) (capture.Chain, error) {
			o.config.Camera.Controls = b.live.Load().Camera.Controls
			chain, err := o.open(kept, d)
			camera := o.way.Camera
			b.camera.Store(&camera)
			return chain, err
		},
		Devices: b.devices,
		Slate: func(f capture.VideoFormat, lost bool) *capture.RawFrame {
			words := b.slateSays(lost)
			return picture.Slate(f.Width, f.Height, words[0], words[1:]...)
		},
		Words: b.slateSays,
	}
}

// slateSays is who it is, what is on where the show has a title, and why there is no picture.
func (b *box) slateSays(lost bool) [3]string {
	why := "Paused by the crew, back in a moment"
	if lost {
		why = "Camera lost, back in a moment"
	}
	c := b.live.Load()
	return [3]string{c.Venue.Name, c.Broadcast.Title, why}
}

// watchDevices wakes who looks for a camera when one may have come.
func (b *box) watchDevices(ctx context.Context) {
	err := v4l2.Watch(ctx, func() {
		select {
		case b.devices <- struct{}{}:
		default:
		}
	})
	if err != nil {
		b.log.Warn("a camera that comes back is noticed up to a second later", "err", err)
	}
}

// mostTries ends a search that goes round in circles.
const mostTries = 8

// giveUpAfter is how many times in a row an encoder fails until another one has its turn.
const giveUpAfter = 3

// open is capture.VideoOptions.Open. A device that does not open is left out, a camera that does not share memory has
// its pictures copied, and where memory for pictures is scarce they are made smaller, before the software has its turn.
func (o *opener) open(kept capture.Chain, d capture.Demand) (capture.Chain, error) {
	board, err := findBoard(o.config, o.devices)
	if o.devices = board.Mem2Mem; err != nil {
		o.devices = nil // not all are accessible, maybe not yet
	}
	if err != nil && len(board.Cameras) == 0 {
		return kept, fmt.Errorf("camera.device %s: %w", o.config.Camera.Device, err)
	}
	if o.demo && len(board.Cameras) == 0 {
		board.Cameras = []capture.BoardCamera{testBoardCamera()}
	}
	if len(board.Cameras) > 0 {
		o.told, o.telling = o.telling, nil
	}
	wish := wishOf(o.config)
	for range d.Shrink {
		wish = smaller(wish)
	}
	o.learn(&board, wish, d)
	var failed []error
	for shrunk := 0; ; {
		choice := chooseWay(board, wish)
		if choice.Way == nil {
			return kept, errors.Join(append(failed, noWay(board, choice, o.config.Camera.Device))...)
		}
		if kept, err = o.follow(*choice.Way, kept); err == nil {
			kept.Missing, kept.HDMI = choice.Missing, isBridge(board, choice.Way.Camera)
			return kept, nil
		}
		step, answer := (*stepError)(nil), (*answerError)(nil)
		switch {
		case len(failed) > mostTries:
			return kept, fmt.Errorf("camera.device %s: %w", o.config.Camera.Device, err)
		case errors.As(err, &answer):
			deliver(&board, choice.Way.Camera, *answer)
		case errors.Is(err, errNotShared):
			o.unshared = append(o.unshared, choice.Way.Camera)
			o.unshare(&board)
		case errors.Is(err, capture.ErrNoMemory) && shrunk < 2:
			shrunk++
			wish = smaller(wish)
		case !errors.As(err, &step):
			return kept, fmt.Errorf("camera.device %s: %w", o.config.Camera.Device, errors.Join(append(failed, err)...))
		default:
			board, shrunk, o.devices = without(board, step.path), 0, nil
		}
		o.tell(slog.LevelWarn, "this way cannot be gone, another is looked for", "way", choice.Way.String(), "err", err)
		failed = append(failed, err)
	}
}
