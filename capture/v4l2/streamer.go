package v4l2

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// streamer is an open node whose pictures are streamed: by one Stream at a time, until Close is called from anywhere.
type streamer struct {
	path string // of the node: "/dev/video0"
	fd   int
	wake alarm // ends Stream's wait for the device

	streaming sync.Mutex // held by Stream for its whole length, and by Close
	closed    atomic.Bool
	closing   sync.Once
}

// newStreamer owns fd from now on, also where it fails.
func newStreamer(path string, fd int) (*streamer, error) {
	wake, err := newAlarm()
	if err != nil {
		_ = unix.Close(fd)
		return nil, explain(path, "eventfd", err)
	}
	return &streamer{path: path, fd: fd, wake: wake}, nil
}

// begin is the beginning of a Stream, and end its end: until then the alarm is set when ctx is done. Errors are
// os.ErrClosed, and that it is streaming already.
func (s *streamer) begin(ctx context.Context) (end func(), err error) {
	if !s.streaming.TryLock() {
		if s.closed.Load() {
			return nil, closedError(s.path)
		}
		return nil, fmt.Errorf("v4l2: %s: it is streaming already", s.path)
	}
	if !s.closed.Load() { // else its descriptors may be other files now
		s.wake.clear() // set by the context of an earlier Stream
	}
	if s.closed.Load() { // just now, maybe: the alarm was Close's
		s.streaming.Unlock()
		return nil, closedError(s.path)
	}
	disarm := s.wake.setBy(ctx)
	return func() { disarm(); s.streaming.Unlock() }, nil
}

// shut is Close: it ends a Stream that is running, waits for it and calls release, once.
func (s *streamer) shut(release func()) {
	s.closing.Do(func() {
		s.closed.Store(true)
		s.wake.set()
		s.streaming.Lock()
		defer s.streaming.Unlock()
		release()
	})
}

// free closes what newStreamer has: the driver's buffers are free then, too.
func (s *streamer) free() {
	_ = unix.Close(s.fd)
	s.wake.close()
}
