package status

import (
	"bytes"
	"crypto/tls"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// aCrowd is one whom nobody connects to, and what it says.
func aCrowd() (*crowd, *guests, *bytes.Buffer) {
	g, said := new(guests), new(bytes.Buffer)
	return newCrowd(nil, isLoopback, g, newCounts().refused.WithLabelValues("connections"), slog.New(slog.NewTextHandler(said, nil))), g, said
}

// enterMany is as many as get in, and how they leave.
func enterMany(c *crowd, from string, many int) (leave []func()) {
	for range many {
		if l, ok := c.enter(netip.MustParseAddr(from)); ok {
			leave = append(leave, l)
		}
	}
	return leave
}

// One address takes its places and no more, all strangers together theirs, those for guests and this computer's are left; who
// leaves gives one back.
func TestRoomForEveryone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, guests, _ := aCrowd()
		enter := func(from string, many int) []func() { return enterMany(c, from, many) }
		hall := enter("192.0.2.1", 2*maxOfOne)
		if len(hall) != maxOfOne {
			t.Errorf("one address has %d", len(hall))
		}
		if n := len(enter("192.0.2.2", 1)); n != 1 {
			t.Error("another address has no place")
		}
		for _, leave := range hall {
			leave()
		}
		if n := len(enter("192.0.2.1", 2)); n != 2 {
			t.Errorf("after it left it has %d", n)
		}
		<-time.After(time.Minute) // the rate is another matter
		for _, from := range []string{"192.0.2.3", "192.0.2.4", "192.0.2.5", "2001:db8::1", "2001:db8:1::1"} {
			enter(from, maxConnections)
		}
		if c.far != maxConnections-keptPlaces || len(enter("192.0.2.99", 1)) != 0 {
			t.Errorf("all strangers together have %d", c.far)
		}
		guests.add(netip.MustParseAddr("192.0.2.7"))
		if n := len(enter("192.0.2.7", maxConnections)); n != maxOfOne {
			t.Errorf("who was let in has %d", n)
		}
		if n := len(enter("127.0.0.1", 2*maxConnections)); n != maxConnections {
			t.Errorf("this computer has %d", n)
		}
	})
}

// Strangers who come and go are slowed down, guests are not, and the journal is told once a minute.
func TestRateOfStrangers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, guests, said := aCrowd()
		guests.add(netip.MustParseAddr("192.0.2.7"))
		knock := func(from string, many int) (in int) {
			for range many {
				all := enterMany(c, from, 1)
				in += len(all)
				for _, leave := range all {
					leave()
				}
			}
			return in
		}
		if n := knock("192.0.2.1", 1000); n != maxConnections {
			t.Errorf("%d at once", n)
		}
		<-time.After(time.Second)
		if n := knock("192.0.2.2", 1000); n != strangersRate {
			t.Errorf("%d a second later", n)
		}
		if n := knock("192.0.2.7", 1000); n != 1000 {
			t.Errorf("a guest comes %d times", n)
		}
		c.tell()
		c.tell()
		if n := strings.Count(said.String(), "refuses connections"); n != 1 {
			t.Errorf("told %d times: %s", n, said)
		}
		<-time.After(guestLife)
		if guests.knows(network(netip.MustParseAddr("192.0.2.7"), ownNetwork)) {
			t.Error("once a guest, always a guest")
		}
		for i := range 2 * maxGuests {
			guests.add(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}))
		}
		if len(guests.seen) != maxGuests {
			t.Errorf("%d are remembered", len(guests.seen))
		}
	})
}

// A connection over the bound is closed and counted, and its place is free again when another one ends.
func TestCrowdHangsUp(t *testing.T) {
	b := &testBox{}
	s, err := newServer(Options{Listen: "127.0.0.1:0", Snapshot: b.read, Press: b.press, Passphrase: says(passphrase),
		Certificate: func() (*tls.Certificate, error) { return nil, nil }, Log: slog.New(slog.DiscardHandler)}, func(netip.Addr) bool { return false })
	if err != nil {
		t.Fatal(err)
	}
	inner := s.listener.(secure).Listener
	defer inner.Close()
	accepted := make(chan net.Conn, 2*maxOfOne)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			c, err := inner.Accept()
			if err != nil {
				return
			}
			accepted <- c
		}
	}()
	dial := func() net.Conn {
		c, err := net.Dial("tcp", s.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	var inside []net.Conn
	for range maxOfOne {
		dial()
		inside = append(inside, <-accepted)
	}
	if n, err := dial().Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("one too many reads %d, %v", n, err)
	}
	for range 2 { // a second Close gives nothing back
		inside[0].Close()
	}
	dial()
	(<-accepted).Close()
	for _, c := range inside[1:] {
		c.Close()
	}
	inner.Close()
	<-ended
	if left := len(inner.(*crowd).of); left != 0 {
		t.Errorf("%d addresses have places that nobody holds", left)
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(s.counts.refused)
	if all, err := registry.Gather(); err != nil || len(all) != 1 || all[0].GetMetric()[0].GetCounter().GetValue() != 1 {
		t.Errorf("refused: %v, %v", all, err)
	}
}
