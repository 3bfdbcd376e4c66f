//go:build bench

package bench

import (
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	firewall     = "10.9.1.1" // the street's address on the relay's side
	blockedWeb   = firewall + ":8899"
	blockedMedia = 8900
)

// TestSceneBlocked goes live where a firewall lets no UDP out.
func TestSceneBlocked(t *testing.T) {
	inTable(t)
	s := newScene(t, wayBack)
	s.blockUDP()
	p := s.publish(blockedWeb, 1_000_000)
	live := p.confirmed(t)
	took(t, ours, "blocked", live)
	pause(5 * time.Second)
	stats := p.Stats()
	t.Logf("live after %v; %+v", live, stats)
	if !stats.Confirmed || !strings.Contains(stats.Pair, "tcp") {
		t.Errorf("five seconds later it is confirmed %t, by %s", stats.Confirmed, stats.Pair)
	}
}

// blockUDP puts a firewall where the street was: it passes on no packet, but what connects to it by TCP is connected to
// a relay that is announced at the firewall's address. UDP is swallowed: nothing says that it is not wanted.
func (s *scene) blockUDP() {
	s.t.Helper()
	s.relay(fmt.Sprintf("listen: \"%s:8899\", media: %d, public_addresses: [%s]", sceneRelay, blockedMedia, firewall))
	s.forward("0")
	var swallow net.PacketConn
	var doors []net.Listener
	must(s.t, "firewall", s.street.Do(func() (err error) {
		if swallow, err = net.ListenPacket("udp", fmt.Sprintf("%s:%d", firewall, blockedMedia)); err != nil {
			return err
		}
		for _, at := range []string{blockedWeb, fmt.Sprintf("%s:%d", firewall, blockedMedia)} {
			door, err := net.Listen("tcp", at)
			if err != nil {
				return err
			}
			doors = append(doors, door)
		}
		return nil
	}))
	var running sync.WaitGroup
	for _, door := range doors {
		running.Go(func() { s.pass(door, &running) })
	}
	s.t.Cleanup(func() {
		_ = swallow.Close()
		for _, door := range doors {
			_ = door.Close()
		}
		running.Wait()
	})
}

// pass connects who comes to a door to the same port of the relay, until the door is closed and they have gone.
func (s *scene) pass(door net.Listener, running *sync.WaitGroup) {
	for {
		in, err := door.Accept()
		if err != nil {
			return
		}
		_, port, _ := net.SplitHostPort(door.Addr().String())
		var out net.Conn
		if err := s.street.Do(func() (err error) { out, err = net.Dial("tcp", sceneRelay+":"+port); return err }); err != nil {
			_ = in.Close()
			continue
		}
		for _, way := range [][2]net.Conn{{in, out}, {out, in}} {
			running.Go(func() {
				_, _ = io.Copy(way[0], way[1])
				_, _ = way[0].Close(), way[1].Close()
			})
		}
	}
}
