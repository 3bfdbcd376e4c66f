package main

import (
	"fmt"
	"slices"
	"strings"

	"vigie/capture"
	"vigie/capture/rpicam"
	"vigie/capture/v4l2"
	"vigie/device/config"
)

// The cameras that no V4L2 node stands for, as ways name them.
const (
	testCamera   = "test"
	rpicamCamera = "rpicam"
)

// software is what this program does without a device.
var software = capture.Software{OpenH264: true, JPEG: true, Convert: true}

// upTo4K is what the test picture and a sensor's own scaler can make, in steps of some pixels across, at any rate.
func upTo4K(step int) []capture.Size {
	return []capture.Size{{Width: capture.Range{Min: 128, Max: 4096, Step: step}, Height: capture.Range{Min: 48, Max: 2304, Step: 2},
		Rates: []capture.Rate{{Min: 1, Max: 240}}}}
}

// findBoard is what the machine can do for the configured camera: with auto all cameras of it, in their order. Of known
// it takes the mem2mem devices, where there are some: they come and go with the machine.
func findBoard(c config.Config, known []capture.Mem2Mem) (board capture.Board, err error) {
	if known != nil {
		board.Mem2Mem = known
		board.Cameras, err = v4l2.FindCameras()
	} else {
		board, err = v4l2.FindBoard()
	}
	board.Software = software
	switch device := c.Camera.Device; device {
	case "auto":
	case "none":
		board.Cameras = nil
	case testCamera:
		board.Cameras = []capture.BoardCamera{testBoardCamera()}
	case rpicamCamera:
		board.Cameras = nil
		program, missing := rpicam.Find()
		if missing != nil {
			return board, missing
		}
		board.Cameras = []capture.BoardCamera{rpicamBoardCamera(program)}
	default:
		board.Cameras = slices.DeleteFunc(board.Cameras, func(b capture.BoardCamera) bool { return !sameFile(b.Node, device) })
		for i := range board.Cameras {
			board.Cameras[i].Path = device // as people know it
		}
	}
	return board, err
}

func testBoardCamera() capture.BoardCamera {
	return capture.BoardCamera{Name: "test picture", Path: testCamera,
		Queue: capture.Queue{Offers: []capture.Offer{{FourCC: capture.YU12, Sizes: upTo4K(2)}}}}
}

// rpicamBoardCamera is what libcamera's program delivers. Its raw pictures have such widths alone (rpicam.Open); coded ones
// could have any, and are not to be nearer to what is asked for.
func rpicamBoardCamera(program string) capture.BoardCamera {
	return capture.BoardCamera{Name: "CSI camera", Path: rpicamCamera, Node: program, Queue: capture.Queue{Offers: []capture.Offer{
		{FourCC: capture.YU12, Sizes: upTo4K(rpicam.Across)}, {FourCC: capture.H264, Sizes: upTo4K(rpicam.Across)}}}}
}

// wishOf is what the configuration asks for.
func wishOf(c config.Config) capture.Wish {
	return capture.Wish{
		Width: c.Camera.Width, Height: c.Camera.Height, FPS: c.Camera.FPS,
		Encoder: capture.EncoderChoice(c.Video.Encoder), Bitrate: c.Video.Bitrate.Start,
	}
}

// chooseWay takes the first camera of the board from which there is a way: which that is does not change from boot to
// boot, whatever else is plugged in. Without any the choice is that of the first camera.
func chooseWay(b capture.Board, w capture.Wish) capture.Choice {
	var first capture.Choice
	for i, camera := range b.Cameras {
		one := b
		one.Cameras = []capture.BoardCamera{camera}
		choice := capture.ChooseWay(one, w)
		if choice.Way != nil {
			return choice
		}
		if i == 0 {
			first = choice
		}
	}
	return first
}

// noWay says why there is none.
func noWay(b capture.Board, c capture.Choice, device string) error {
	if len(b.Cameras) == 0 {
		return fmt.Errorf("camera.device %s: no camera: %w: plug one in", device, capture.ErrNotFound)
	}
	why := fallen(slices.DeleteFunc(slices.Clone(c.Others), func(o capture.Fallen) bool { return o.Way.Camera == "" }))
	if camera := b.Cameras[0]; camera.Signal != nil && len(why) == 1 { // of all its formats
		return fmt.Errorf("camera.device %s: %s (%s): %s", device, camera.Name, camera.Path, why[0].Why)
	}
	var ways []string
	for _, w := range why[:min(len(why), 3)] {
		ways = append(ways, w.String())
	}
	return fmt.Errorf("camera.device %s: no way from the camera to H264: %w: %s", device, capture.ErrUnsupported,
		strings.Join(ways, "; "))
}

// reason is why ways fell out, with the first of them.
type reason struct {
	capture.Fallen
	more int // other ways that fell out for the same
}

func (r reason) String() string {
	if r.more > 0 {
		return fmt.Sprintf("%s and %d like it: %s", r.Way, r.more, r.Why)
	}
	return fmt.Sprintf("%s: %s", r.Way, r.Why)
}

// fallen is each reason once, in the order of the ways.
func fallen(others []capture.Fallen) (all []reason) {
	for _, o := range others {
		i := slices.IndexFunc(all, func(r reason) bool { return r.Why == o.Why })
		if i < 0 {
			all = append(all, reason{Fallen: o})
		} else {
			all[i].more++
		}
	}
	return all
}

// without is the board less one device, or one piece of this program, as ways name them.
func without(b capture.Board, path string) capture.Board {
	switch path {
	case "OpenH264":
		b.Software.OpenH264 = false
	case "image/jpeg":
		b.Software.JPEG = false
	case "CPU":
		b.Software.Convert = false
	}
	b.Mem2Mem = slices.DeleteFunc(slices.Clone(b.Mem2Mem), func(m capture.Mem2Mem) bool { return m.Path == path })
	return b
}
