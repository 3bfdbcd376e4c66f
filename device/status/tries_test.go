package status

import (
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

func TestTriesWaitLongerAndForgive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var tries tries
		a, b := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
		for i, want := range []time.Duration{0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60} {
			tries.wrong(a)
			got := tries.wait(a)
			if got != want*time.Second {
				t.Errorf("after %d: %v, want %v s", i+1, got, int(want))
			}
			<-time.After(got)
			if left := tries.wait(a); left != 0 {
				t.Errorf("after the wait: %v", left)
			}
		}
		if tries.wait(b) != 0 {
			t.Error("another address waits too")
		}
		<-time.After(forgiven + time.Second)
		if tries.wrong(a); tries.wait(a) != 0 {
			t.Error("nothing is forgiven")
		}
		for range freeTries {
			tries.wrong(a)
		}
		if tries.right(a); tries.wait(a) != 0 {
			t.Error("the right one does not end the wait")
		}
	})
}

// Many addresses keep no other one waiting, what is remembered of them is bounded, and the journal is told now and then.
func TestTriesOfMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var tries tries
		from := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}) }
		for i := range 2 * maxTriers {
			tries.wrong(from(i))
			<-time.After(time.Millisecond)
		}
		if n := len(tries.of); n != maxTriers {
			t.Errorf("%d are remembered", n)
		}
		if got := tries.wait(from(3 * maxTriers)); got != 0 {
			t.Errorf("another one waits %v", got)
		}
		if !tries.tell() || tries.tell() {
			t.Error("the journal is not told, or twice")
		}
		<-time.After(toldEvery)
		if !tries.tell() {
			t.Error("the journal is not told again")
		}
	})
}

// One stranger elsewhere is all of a /64, and one in the hall keeps nobody else in it waiting.
func TestWhoCountsAsOne(t *testing.T) {
	ours := func(p netip.Prefix) bool { return p == netip.MustParsePrefix("2001:db8:0:aaaa::/64") }
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"2001:db8::1", "2001:db8::ffff:1", true}, {"2001:db8::1", "2001:db8:0:1::1", false},
		{"2001:db8:0:aaaa::1", "2001:db8:0:aaaa::2", false}, {"2001:db8:0:aaaa::1", "2001:db8:0:aaaa::1", true},
		{"fe80::1%eth0", "fe80::2%eth0", false}, {"fe80::1%eth0", "fe80::1%eth1", true}, {"fd00::1", "fd00::2", false},
		{"192.0.2.1", "192.0.2.2", false}, {"192.0.2.1", "::ffff:192.0.2.1", true},
	} {
		if same := network(netip.MustParseAddr(c.a), ours) == network(netip.MustParseAddr(c.b), ours); same != c.same {
			t.Errorf("%s and %s: %v", c.a, c.b, same)
		}
	}
	if !ownNetwork(netip.MustParsePrefix("127.0.0.0/8")) || ownNetwork(netip.MustParsePrefix("2001:db8::/64")) {
		t.Error("loopback is not ours, or what no machine has (RFC 3849) is")
	}
}

func TestSessionsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s sessions
		a, b := s.open(), s.open()
		if a == b || s.use("") || s.use("x") || !s.use(a) {
			t.Error("the keys are no keys")
		}
		<-time.After(sessionLife - time.Hour)
		if !s.use(a) {
			t.Error("it ended too early")
		}
		<-time.After(2 * time.Hour)
		if !s.use(a) || s.use(b) {
			t.Error("what is used lives on, and what is not ends")
		}
		for range maxSessions {
			<-time.After(time.Second)
			s.open()
		}
		if s.use(a) || len(s.used) != maxSessions {
			t.Errorf("%d sessions, the oldest still there: %v", len(s.used), s.use(a))
		}
	})
}
