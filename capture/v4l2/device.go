package v4l2

import (
	"errors"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// nodes lists the V4L2 devices under dev, by number.
func nodes(dev string) []string {
	all, _ := filepath.Glob(filepath.Join(dev, "video[0-9]*")) // fails only for a bad pattern
	slices.SortFunc(all, func(a, b string) int { return number(a) - number(b) })
	return all
}

// number is the N of /dev/videoN.
func number(path string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(filepath.Base(path), "video"))
	return n
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
