//go:build bench

package bench

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Capture records the UDP packets of an interface (packet(7)).
type Capture struct {
	t       testing.TB
	fd      int
	stop    chan struct{}
	stopped sync.WaitGroup

	mu      sync.Mutex
	packets []Packet
	err     error
}

// CaptureLoopback records what passes over lo in the test's own namespace: once each, as outgoing.
func CaptureLoopback(t testing.TB) *Capture {
	t.Helper()
	return newCapture(t, "lo", func(open func() error) error { return open() })
}

// Capture records what passes this end of the cable: outgoing packets after the discipline that Shape set, incoming
// ones as they arrive.
func (i *Interface) Capture() *Capture {
	i.ns.t.Helper()
	return newCapture(i.ns.t, i.Name, i.ns.Do)
}

func newCapture(t testing.TB, ifname string, inside func(func() error) error) *Capture {
	t.Helper()
	c := &Capture{t: t, stop: make(chan struct{})}
	err := inside(func() (err error) {
		c.fd, err = openPacketSocket(ifname)
		return err
	})
	if err != nil {
		t.Fatalf("capture on %s: %v", ifname, err)
	}
	c.stopped.Go(func() { c.receive(ifname == "lo") })
	t.Cleanup(func() { c.Stop() })
	return c
}

func (c *Capture) receive(loopback bool) {
	defer unix.Close(c.fd)
	buf, control := make([]byte, 65536), make([]byte, 128)
	for {
		flags := 0
		select {
		case <-c.stop:
			flags = unix.MSG_DONTWAIT // what has passed by now is still taken
		default:
		}
		n, nc, _, from, err := unix.Recvmsg(c.fd, buf, control, flags)
		if errors.Is(err, unix.EINTR) || errors.Is(err, unix.EAGAIN) && flags == 0 || errors.Is(err, unix.ENETDOWN) {
			continue // ENETDOWN: the interface went down, and may come up again
		}
		if err != nil {
			c.end(err)
			return
		}
		link, _ := from.(*unix.SockaddrLinklayer)
		outgoing := link != nil && link.Pkttype == unix.PACKET_OUTGOING
		if loopback && !outgoing {
			continue // the same packet as it comes back in
		}
		if p, ok := parseUDP(buf[:n]); ok {
			p.At, p.Outgoing = stamp(control[:nc]), outgoing
			c.mu.Lock()
			c.packets = append(c.packets, p)
			c.mu.Unlock()
		}
	}
}

// end notes why the receiver ended, other than by stop, and that the record has a hole if it has one.
func (c *Capture) end(err error) {
	if errors.Is(err, unix.EAGAIN) {
		err = nil
	}
	if statistics, serr := unix.GetsockoptTpacketStats(c.fd, unix.SOL_PACKET, unix.PACKET_STATISTICS); serr != nil {
		err = errors.Join(err, serr)
	} else if statistics.Drops > 0 {
		err = errors.Join(err, fmt.Errorf("%d packets were not recorded", statistics.Drops))
	}
	c.mu.Lock()
	c.err = err
	c.mu.Unlock()
}

// Packets returns what was recorded so far, oldest first.
func (c *Capture) Packets() []Packet {
	c.t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		c.t.Errorf("capture: %v", c.err)
	}
	return slices.Clone(c.packets)
}

// Forget drops what was recorded before a time: for recordings of hours.
func (c *Capture) Forget(before time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.packets = slices.DeleteFunc(c.packets, func(p Packet) bool { return p.At < before })
}

// Stop ends the recording and returns it. It may be called again.
func (c *Capture) Stop() []Packet {
	c.t.Helper()
	c.mu.Lock()
	select {
	case <-c.stop:
	default:
		close(c.stop)
	}
	c.mu.Unlock()
	c.stopped.Wait()
	return c.Packets()
}
