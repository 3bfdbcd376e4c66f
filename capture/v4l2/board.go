package v4l2

import (
	"cmp"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"vigie/capture"
)

// FindBoard asks the V4L2 devices of this machine what they can do, for capture.ChooseWay. What this program does
// without a device (Board.Software) is left to the caller. It starts nothing, but it opens each device and, where that
// is free, has it allocate one buffer for a moment; it blocks for as long as the drivers take, and the encoder of a
// Raspberry Pi alone takes 60 ms.
//
// Cameras are in an order that is the same at each boot: by the path that names the camera (/dev/v4l/by-id), then by
// that of its socket (by-path), and those that udev has no link for by their bus and last by number. Mem2mem devices
// are in the order of their numbers.
//
// No device is no error. The error is of devices that may not be looked at (fs.ErrPermission); the others are returned
// beside it.
func FindBoard() (capture.Board, error) { return findBoard("/dev", true) }

// FindCameras is the part of FindBoard that changes while the machine runs: the cameras. It leaves the mem2mem devices
// alone, and is quick where there is no camera.
func FindCameras() ([]capture.BoardCamera, error) {
	b, err := findBoard("/dev", false)
	return b.Cameras, err
}

func findBoard(dev string, mem2mem bool) (capture.Board, error) {
	var b capture.Board
	var failed []error
	links := stableLinks(dev)
	for _, node := range nodes(dev) {
		if err := inspect(&b, node, links[node], mem2mem); errors.Is(err, fs.ErrPermission) {
			failed = append(failed, err)
		}
	}
	slices.SortFunc(b.Cameras, byStability)
	return b, errors.Join(failed...)
}

// inspect adds the device at node to the board, if it is one of ours.
func inspect(b *capture.Board, node, stable string, mem2mem bool) error {
	fd, err := openNode(node)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if c, err := identify(fd, node); err == nil {
		b.Cameras = append(b.Cameras, describeCamera(fd, c, cmp.Or(stable, node)))
		return nil
	}
	if !mem2mem {
		return nil
	}
	card, output, coded, err := identifyCodec(fd, node)
	if err != nil {
		return err
	}
	b.Mem2Mem = append(b.Mem2Mem, describeMem2Mem(fd, node, card, output, coded))
	return nil
}

func describeCamera(fd int, c identity, path string) capture.BoardCamera {
	// A camera that is not on USB is on the board itself, behind a driver whose hardware writes to memory (CSI).
	q := lending(fd, c.kind, !strings.HasPrefix(c.bus, "usb"))
	all := formats(fd, c.kind)
	ours := slices.DeleteFunc(slices.Clone(all), func(l listed) bool { return !slices.Contains(known, l.fourCC) })
	if len(ours) == 0 { // an infrared camera, a bare sensor: ChooseWay says what it has and what that would need
		ours = all
	}
	q.Offers = offers(fd, c.kind, ours, false)
	for i := range q.Offers {
		if o := &q.Offers[i]; len(o.Sizes) == 0 {
			o.Sizes = currentSize(fd, c.kind)
		}
	}
	b := capture.BoardCamera{Name: c.name, Bus: c.bus, Path: path, Node: c.node, Queue: q}
	if c.follows {
		b.Signal = signalAt(fd)
	}
	return b
}

// offers describes formats of a queue. Whether a driver may make its buffer taller than the picture is up to cropped.
func offers(fd int, kind int32, list []listed, cropped bool) []capture.Offer {
	var all []capture.Offer
	for _, l := range list {
		o := capture.Offer{FourCC: l.fourCC, Sizes: sizes(fd, l.fourCC)}
		if lineBytes(l.fourCC, 2) > 0 {
			o.Stride, o.Lines = padding(o, cropped, func(f capture.VideoFormat) (capture.VideoFormat, bool) {
				return try(fd, kind, f)
			})
		}
		all = append(all, o)
	}
	return all
}

// byStability orders cameras alike at each boot, as FindBoard says. "by-id" comes before "by-path" by itself.
func byStability(a, b capture.BoardCamera) int {
	switch linkedA, linkedB := a.Path != a.Node, b.Path != b.Node; {
	case linkedA && linkedB:
		return strings.Compare(a.Path, b.Path)
	case linkedA:
		return -1
	case linkedB:
		return 1
	}
	return cmp.Or(strings.Compare(a.Bus, b.Bus), cmp.Compare(number(a.Node), number(b.Node)))
}
