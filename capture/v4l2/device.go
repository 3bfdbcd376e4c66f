package v4l2

import (
	"cmp"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"vigie/capture/v4l2/uapi"
)

// Device is a camera that was found.
type Device struct {
	Name    string   // what the driver calls it: "HD Webcam C270"
	Bus     string   // where it is plugged in: "usb-0000:01:00.0-1.2"
	Path    string   // "/dev/video0", another one at the next boot
	Stable  string   // "/dev/v4l/by-id/...", else "/dev/v4l/by-path/...", "" where udev made neither
	Formats []Format // as the driver lists them, also those that this program cannot take
}

// Find lists the cameras of this machine: those with a stable path first, by that path, then the others by number. So
// the first one is the same at each boot. None is not an error. The error is of nodes that could not be looked at (by
// permission, mostly); the cameras that could be are returned beside it.
func Find() ([]Device, error) { return find("/dev") }

func find(dev string) ([]Device, error) {
	nodes, _ := filepath.Glob(filepath.Join(dev, "video[0-9]*")) // fails only for a bad pattern
	links := stableLinks(dev)
	var found []Device
	var failed []error
	for _, node := range nodes {
		d, err := inspect(node)
		switch {
		case err == nil:
			d.Stable = links[node]
			found = append(found, d)
		case errors.Is(err, fs.ErrPermission):
			failed = append(failed, err)
		}
	}
	slices.SortFunc(found, byStability)
	return found, errors.Join(failed...)
}

// inspect describes the camera at node, which is not ours to keep.
func inspect(node string) (Device, error) {
	fd, err := openNode(node)
	if err != nil {
		return Device{}, err
	}
	defer unix.Close(fd)
	capability, bufType, err := identify(fd, node)
	if err != nil {
		return Device{}, err
	}
	return Device{
		Name:    uapi.Text(capability.Card[:]),
		Bus:     uapi.Text(capability.BusInfo[:]),
		Path:    node,
		Formats: formats(fd, bufType),
	}, nil
}

// stableLinks maps device nodes to the best of the links that udev keeps for them: by-id names the camera, by-path the
// socket it is plugged into.
func stableLinks(dev string) map[string]string {
	best := make(map[string]string)
	for _, folder := range []string{"by-id", "by-path"} {
		links, _ := filepath.Glob(filepath.Join(dev, "v4l", folder, "*")) // sorted
		for _, link := range links {
			node, err := filepath.EvalSymlinks(link)
			if _, known := best[node]; err == nil && !known {
				best[node] = link
			}
		}
	}
	return best
}

func byStability(a, b Device) int {
	switch {
	case a.Stable != "" && b.Stable != "":
		return strings.Compare(a.Stable, b.Stable)
	case a.Stable != "":
		return -1
	case b.Stable != "":
		return 1
	}
	return cmp.Compare(number(a.Path), number(b.Path))
}

// number is the N of /dev/videoN.
func number(path string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(filepath.Base(path), "video"))
	return n
}

// openNode opens a device node for ioctls; nothing on it blocks for want of a picture.
func openNode(path string) (int, error) {
	for {
		fd, err := unix.Open(path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return -1, explain(path, "open", err)
		}
		return fd, nil
	}
}

// nodeOf follows the links of a stable path to the /dev/videoN behind it.
func nodeOf(path string) string {
	if node, err := filepath.EvalSymlinks(path); err == nil {
		return node
	}
	return path
}
