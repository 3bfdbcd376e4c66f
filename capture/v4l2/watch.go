package v4l2

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"vigie/capture"
)

// Watch calls changed when it may be worth asking FindBoard, or opening a camera, again: at the beginning, and three
// times in the half second after a video device came, went or became accessible. It blocks until ctx is done, and then
// returns nil; changed is called on this goroutine. An error is that it cannot watch (inotify is out of reach or used
// up): look from time to time then.
//
// It watches the names video* in /dev by inotify(7). The kernel makes and removes them and udev makes them accessible,
// so this is what an opener will meet, and it needs no privilege, no udevd and no socket. (The kernel's own messages
// come by netlink, which systemd's RestrictAddressFamilies= is there to forbid, and before the node is accessible.)
func Watch(ctx context.Context, changed func()) error { return watch(ctx, "/dev", changed) }

// settling is when Watch calls after a change: udev gives a node to its group, and names it under /dev/v4l, some ten
// milliseconds after the kernel made it, on a board that is busy some hundred.
var settling = [...]time.Duration{50 * time.Millisecond, 150 * time.Millisecond, 400 * time.Millisecond}

// never is longer than anybody waits.
const never = 24 * time.Hour

func watch(ctx context.Context, dev string, changed func()) error {
	fd, err := listen(dev)
	if err != nil {
		return fmt.Errorf("v4l2: watching %s: inotify: %w", dev, err)
	}
	defer unix.Close(fd)
	wake, err := newAlarm()
	if err != nil {
		return fmt.Errorf("v4l2: watching %s: eventfd: %w", dev, err)
	}
	defer wake.close()
	defer wake.setBy(ctx)()
	changed()
	calls := settlement{call: len(settling)}
	for {
		events, err := wake.wait(fd, calls.due(capture.Now()))
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return fmt.Errorf("v4l2: watching %s: poll: %w", dev, err)
		case events != 0:
			video, err := videoEvents(fd)
			if err != nil {
				return fmt.Errorf("v4l2: watching %s: inotify: %w", dev, err)
			}
			if video {
				calls.begin(capture.Now())
			}
		}
		if calls.due(capture.Now()) == 0 {
			calls.call++
			changed()
		}
	}
}

// listen has the kernel tell what becomes of the names in a folder. Without IN_MODIFY: programs write to devices all day.
func listen(dev string) (fd int, err error) {
	fd, err = unix.InotifyInit1(unix.IN_NONBLOCK | unix.IN_CLOEXEC)
	if err != nil {
		return -1, err
	}
	const mask = unix.IN_CREATE | unix.IN_DELETE | unix.IN_ATTRIB | unix.IN_MOVED_FROM | unix.IN_MOVED_TO
	if _, err = unix.InotifyAddWatch(fd, dev, mask); err != nil {
		_ = unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// settlement is the calls that follow a change.
type settlement struct {
	at   time.Duration // of the change
	call int           // the next of settling
}

// begin starts the calls anew. The first one is not put off: a device that comes and goes all the time would never be
// told of.
func (s *settlement) begin(now time.Duration) {
	if s.call != 0 {
		*s = settlement{at: now}
	}
}

// due is how long it is to the next call.
func (s *settlement) due(now time.Duration) time.Duration {
	if s.call >= len(settling) {
		return never
	}
	return max(s.at+settling[s.call]-now, 0)
}

// videoEvents takes the events there are, and tells whether one is of a video device, or may have been.
func videoEvents(fd int) (bool, error) {
	var buffer [4096]byte
	found := false
	for {
		n, err := unix.Read(fd, buffer[:])
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.EAGAIN):
			return found, nil
		case err != nil:
			return found, err
		}
		found = isVideo(buffer[:n]) || found
	}
}

// isVideo looks through structs inotify_event: wd, mask, cookie and the length of the name that follows, padded with
// NUL.
func isVideo(events []byte) bool {
	for len(events) >= unix.SizeofInotifyEvent {
		mask, length := binary.NativeEndian.Uint32(events[4:]), binary.NativeEndian.Uint32(events[12:])
		end := min(unix.SizeofInotifyEvent+int(min(length, 4096)), len(events))
		if strings.HasPrefix(string(events[unix.SizeofInotifyEvent:end]), "video") || mask&unix.IN_Q_OVERFLOW != 0 {
			return true
		}
		events = events[end:]
	}
	return false
}
