package v4l2

import (
	"context"
	"encoding/binary"
	"time"

	"golang.org/x/sys/unix"
)

// alarm is an eventfd (eventfd(2)): what is waited for beside a device, so that the wait can be ended.
type alarm int

func newAlarm() (alarm, error) {
	fd, err := unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC)
	return alarm(fd), err
}

// set ends this wait and all that follow, until clear. Its one failure is a counter at its limit, which is set.
func (a alarm) set() {
	var one [8]byte
	binary.NativeEndian.PutUint64(one[:], 1)
	_, _ = unix.Write(int(a), one[:])
}

// clear makes waits wait again. Its one failure is EAGAIN: it was not set.
func (a alarm) clear() {
	var count [8]byte
	_, _ = unix.Read(int(a), count[:])
}

// setBy sets it when ctx is done, until disarm is called, which waits where it is being set.
func (a alarm) setBy(ctx context.Context) (disarm func()) {
	rung := make(chan struct{})
	stop := context.AfterFunc(ctx, func() { a.set(); close(rung) })
	return func() {
		if !stop() {
			<-rung
		}
	}
}

func (a alarm) close() { _ = unix.Close(int(a)) }

// wait blocks until the device fd has a picture or an event, the alarm is set or the time is over, and returns what
// poll(2) says of the device: 0 is one of the latter two, or a signal. With fd -1 there is no device.
func (a alarm) wait(fd int, timeout time.Duration) (int16, error) {
	return a.waitFor(fd, unix.POLLIN|unix.POLLPRI, timeout)
}

// waitFor is wait for other events of the device.
func (a alarm) waitFor(fd int, events int16, timeout time.Duration) (int16, error) {
	fds := [...]unix.PollFd{{Fd: int32(fd), Events: events}, {Fd: int32(a), Events: unix.POLLIN}}
	// Rounded up: a wait that ends a little early would be followed by others of 0 ms.
	milliseconds := int((max(timeout, 0) + time.Millisecond - 1) / time.Millisecond)
	_, err := unix.Poll(fds[:], milliseconds)
	if err == unix.EINTR {
		return 0, nil
	}
	return fds[0].Revents, err
}
