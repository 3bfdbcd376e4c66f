package v4l2

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"vigie/capture"
)

// explain makes what a system call said into an error that names the device, the operation and what to do about it.
func explain(path, operation string, err error) error {
	var errno unix.Errno
	if !errors.As(err, &errno) {
		return fmt.Errorf("v4l2: %s: %s: %w", path, operation, err)
	}
	switch errno {
	case unix.EBUSY:
		return fmt.Errorf("v4l2: %s: %s: %w: close the program that uses it: fuser -v %s", path, operation,
			capture.ErrBusy, path)
	case unix.ENODEV, unix.ENXIO, unix.ESHUTDOWN:
		return fmt.Errorf("v4l2: %s: %s: %w (%w): plug it in again", path, operation, capture.ErrGone, errno)
	case unix.ENOENT:
		return fmt.Errorf("v4l2: %s: %s: %w: plug it in, or name another one, or auto", path, operation,
			capture.ErrNotFound)
	case unix.EACCES, unix.EPERM:
		return fmt.Errorf("v4l2: %s: %s: %w: add the user to the group video: usermod -aG video NAME", path, operation,
			errno)
	case unix.ENOTTY:
		return fmt.Errorf("v4l2: %s: %s: %w: it is no V4L2 device of this kind; name another one, or auto", path, operation,
			capture.ErrUnsupported)
	case unix.ENOMEM:
		return fmt.Errorf("v4l2: %s: %s: %w (%w): close other programs that use the camera or the encoder, or ask for a "+
			"smaller picture", path, operation, capture.ErrNoMemory, errno)
	case unix.ENOSPC:
		return fmt.Errorf("v4l2: %s: %s: %w: the USB bus has not the bandwidth: ask for a smaller picture or a lower "+
			"rate, or plug the camera into another bus", path, operation, errno)
	}
	return fmt.Errorf("v4l2: %s: %s: %w", path, operation, errno)
}

// closedError is what Stream says when Close ended it.
func closedError(path string) error { return fmt.Errorf("v4l2: %s: %w", path, os.ErrClosed) }
