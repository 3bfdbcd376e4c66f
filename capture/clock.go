package capture

import (
	"time"

	"golang.org/x/sys/unix"
)

// Now is media time: CLOCK_MONOTONIC since boot, the clock that V4L2 and ALSA stamp with.
func Now() time.Duration {
	var ts unix.Timespec
	// It cannot fail: the clock exists on every Linux and ts is ours.
	_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts)
	return time.Duration(ts.Nano())
}
