package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"vigie/capture"
)

// tell logs what is news: a camera that does not open is tried each second.
func (o *opener) tell(level slog.Level, message string, about ...any) {
	line := message + fmt.Sprintln(about...)
	if !slices.Contains(o.told, line) {
		o.log.Log(context.Background(), level, message, about...)
	}
	o.telling = append(o.telling, line)
}

// learn takes from the board what has failed before. An encoder that fails is tried on where there is no other.
func (o *opener) learn(board *capture.Board, wish capture.Wish, d capture.Demand) {
	if errors.Is(d.Last, capture.ErrUnsupported) && o.way.Shares() && !slices.Contains(o.unshared, o.way.Camera) {
		o.unshared = append(o.unshared, o.way.Camera) // a driver that says so only when the first picture is due
	}
	o.unshare(board)
	coder, ok := o.way.Step(capture.Coder)
	if !ok || d.Failures < giveUpAfter || coder.Software {
		return
	}
	if others := without(*board, coder.Path); chooseWay(others, wish).Way != nil {
		o.tell(slog.LevelError, "the encoder fails again and again; it is left alone until the camera is opened anew",
			"encoder", coder.Path)
		*board = others
	}
}

// unshare has the pictures of cameras copied that do not share memory.
func (o *opener) unshare(board *capture.Board) {
	for i, c := range board.Cameras {
		if slices.Contains(o.unshared, c.Path) {
			board.Cameras[i].Imports, board.Cameras[i].Exports = false, false
		}
	}
}

// deliver has the camera's format in the size that it answered with, and in no other.
func deliver(board *capture.Board, camera string, a answerError) {
	for i := range board.Cameras {
		if c := &board.Cameras[i]; c.Path == camera {
			if s := c.Signal; s != nil { // a bridge's pictures are as its signal is
				c.Signal = &capture.Signal{Width: a.got.Width, Height: a.got.Height, FPS: s.FPS}
			}
			c.Offers = slices.Clone(c.Offers)
			for j := range c.Offers {
				if o := &c.Offers[j]; o.FourCC == a.asked.FourCC {
					o.Sizes = []capture.Size{{Width: capture.Range{Min: a.got.Width, Max: a.got.Width},
						Height: capture.Range{Min: a.got.Height, Max: a.got.Height}}}
				}
			}
		}
	}
}

// smaller is two thirds of each side, in whole macroblocks across: 1920x1080, 1280x720, 848x480, 560x320.
func smaller(w capture.Wish) capture.Wish {
	w.Width, w.Height = w.Width*2/3/16*16, w.Height*2/3/8*8
	return w
}

// isBridge tells whether a camera of the board is an HDMI bridge: one that follows a signal.
func isBridge(board capture.Board, path string) bool {
	return slices.ContainsFunc(board.Cameras, func(c capture.BoardCamera) bool { return c.Path == path && c.Signal != nil })
}
