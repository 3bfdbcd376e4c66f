package alsa

import (
	"errors"
	"fmt"
	"io/fs"

	"golang.org/x/sys/unix"

	"vigie/capture"
)

// deviceError says what was tried on which device, and what to do. What callers branch on is capture's.
func deviceError(d Device, doing string, err error) error {
	switch {
	case errors.Is(err, unix.EBUSY):
		return fmt.Errorf("alsa: %s %s: %w: stop that program, `fuser -v /dev/snd/pcmC%dD%dc` names it (%v)",
			doing, d, capture.ErrBusy, d.Card, d.Number, err)
	case errors.Is(err, unix.ENODEV), errors.Is(err, unix.ENXIO), errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("alsa: %s %s: %w: check its cable and plug it in again (%v)", doing, d, capture.ErrGone, err)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("alsa: %s %s: %w: add the user to the group audio", doing, d, err)
	}
	return fmt.Errorf("alsa: %s %s: %w", doing, d, err)
}
