package main

import (
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/pion/stun/v4"

	"vigie/device/config"
)

// stunServer answers what answer makes of a request, nil for nothing, until the test ends.
func stunServer(t *testing.T, answer func(request *stun.Message, from *net.UDPAddr) [][]byte) string {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	wait.Go(func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFromUDP(buf)
			if err != nil {
				return
			}
			m := &stun.Message{Raw: buf[:n]}
			if err := m.Decode(); err != nil || m.Type != stun.BindingRequest {
				t.Errorf("a request %v, %v", m, err)
			}
			for _, packet := range answer(m, from) {
				_, _ = conn.WriteToUDP(packet, from)
			}
		}
	})
	t.Cleanup(func() { conn.Close(); wait.Wait() })
	return conn.LocalAddr().String()
}

func success(id stun.Setter) []byte {
	seen := &stun.XORMappedAddress{IP: net.IPv4(203, 0, 113, 7), Port: 4711}
	return stun.MustBuild(id, stun.BindingSuccess, seen).Raw
}

// TestStunServers asks one whose first answer is lost and who is not the only one to speak, and one that is gone.
func TestStunServers(t *testing.T) {
	var requests atomic.Int32
	at := stunServer(t, func(m *stun.Message, _ *net.UDPAddr) [][]byte {
		if requests.Add(1) == 1 {
			return [][]byte{[]byte("not STUN"), success(stun.TransactionID)} // another's
		}
		return [][]byte{success(stun.NewTransactionIDSetter(m.TransactionID))}
	})
	gone, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()
	r := config.Relay{URL: "https://relay.example/whip", ICEServers: []config.ICEServer{
		{URL: "stun:" + at}, {URL: "turn:turn.example"}, {URL: "stun:" + gone.LocalAddr().String()}}}
	holds(t, stunServers(t.Context(), r), finding{"relay UDP", "green", "this box is seen as 203.0.113.7:4711", ""},
		finding{"relay UDP", "amber", "the STUN server 127.0.0.1 does not answer", "firewall"})
	if n := requests.Load(); n != 2 {
		t.Errorf("it was asked %d times", n)
	}
	r.URL = config.Embedded
	holds(t, stunServers(t.Context(), r))
}

// TestStunByInterface holds that it is asked by the interface that media leaves by.
func TestStunByInterface(t *testing.T) {
	at := stunServer(t, func(m *stun.Message, from *net.UDPAddr) [][]byte {
		if !from.IP.IsLoopback() {
			t.Errorf("asked from %v", from)
		}
		return [][]byte{success(stun.NewTransactionIDSetter(m.TransactionID))}
	})
	if seen, err := seenFrom(t.Context(), "stun:"+at, "lo"); err != nil || !strings.Contains(seen, "203.0.113.7:4711") {
		t.Error(seen, err)
	}
	if seen, err := seenFrom(t.Context(), "stun:"+at, "nosuch0"); err == nil || !strings.Contains(err.Error(), "relay.interface") {
		t.Error(seen, err)
	}
}
