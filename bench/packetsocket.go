//go:build bench

package bench

import (
	"encoding/binary"
	"time"

	"golang.org/x/sys/unix"

	"vigie/capture"
)

// openPacketSocket makes a socket that gives IP packets, each with the time at which it passed the interface.
func openPacketSocket(ifname string) (fd int, err error) {
	// Protocol 0 receives nothing until bind: no packet of another interface slips in.
	if fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0); err != nil {
		return -1, err
	}
	// The index is asked for through the socket, which is in the right namespace.
	request, err := unix.NewIfreq(ifname)
	if err == nil {
		err = unix.IoctlIfreq(fd, unix.SIOCGIFINDEX, request)
	}
	for _, set := range []func() error{
		func() error { return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1) },
		func() error { return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 16<<20) },
		// The receiver looks at stop this often.
		func() error {
			return unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Usec: 20000})
		},
		func() error {
			all := uint16(unix.ETH_P_ALL)<<8 | uint16(unix.ETH_P_ALL)>>8
			return unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: all, Ifindex: int(request.Uint32())})
		},
	} {
		if err == nil {
			err = set()
		}
	}
	if err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// stamp turns the kernel's timestamp of a packet, wall clock, into media time.
func stamp(control []byte) time.Duration {
	var wall unix.Timespec
	now := capture.Now()
	_ = unix.ClockGettime(unix.CLOCK_REALTIME, &wall) // cannot fail, as in capture.Now
	messages, _ := unix.ParseSocketControlMessage(control)
	for _, m := range messages {
		if m.Header.Type == unix.SCM_TIMESTAMPNS {
			var passed unix.Timespec
			if _, err := binary.Decode(m.Data, binary.NativeEndian, &passed); err == nil {
				return now - time.Duration(wall.Nano()-passed.Nano())
			}
		}
	}
	return now
}
