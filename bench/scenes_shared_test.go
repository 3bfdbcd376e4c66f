//go:build bench

package bench

import (
	"fmt"
	"io"
	"net"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

const secondWeb, secondMedia = sceneRelay + ":8899", 8900

// Both share a link of 4 Mb/s; the second comes when the first has been there for a while, and what each gets is
// measured from then on when that has settled.
const (
	sharedLink = 4e6
	otherComes = 5 * time.Second
	sharedFrom = 15 * time.Second
	sharedEnd  = 45 * time.Second
)

// TestSceneTwoOfUs has two boxes send to two relays.
func TestSceneTwoOfUs(t *testing.T) {
	inTable(t)
	s := newScene(t, wayBack)
	s.relay(fmt.Sprintf("listen: \"%s\", media: %d", secondWeb, secondMedia))
	s.link("4mbit")
	first := s.publish(sceneWeb, 1_000_000)
	passTo(first.began + otherComes)
	second := s.publish(secondWeb, 1_000_000)
	passTo(first.began + sharedEnd)
	a := s.flow(sceneMedia, first.began).used(sharedLink, sharedFrom, sharedEnd)
	b := s.flow(secondMedia, first.began).used(sharedLink, sharedFrom, sharedEnd)
	t.Logf("%.0f and %.0f %% of the link", 100*a, 100*b)
	figure(t, ours, "two-of-us", min(a, b))
	s.heldLaw1(first, sceneMedia)
	s.heldLaw1(second, secondMedia)
}

// TestSceneTCP has somebody move a large file over the same bottleneck.
func TestSceneTCP(t *testing.T) {
	inTable(t)
	s := newScene(t, wayBack)
	s.link("4mbit")
	p := s.publish(sceneWeb, 1_000_000)
	passTo(p.began + otherComes)
	s.moveFile()
	passTo(p.began + sharedFrom)
	before := s.carried()
	passTo(p.began + sharedEnd)
	all := float64(s.carried()-before) / (sharedEnd - sharedFrom).Seconds() / sharedLink
	us := s.flow(sceneMedia, p.began).used(sharedLink, sharedFrom, sharedEnd)
	file := all - us
	t.Logf("%.0f %% of the link, and TCP %.0f %%; %+v", 100*us, 100*file, p.Stats())
	figure(t, ours, "beside-tcp", us)
	figure(t, ours, "tcp-beside", file)
	s.heldLaw1(p, sceneMedia)
}

// moveFile sends by TCP (CUBIC) as fast as it goes, until the test ends.
func (s *scene) moveFile() {
	s.t.Helper()
	const at = sceneRelay + ":9"
	var server net.Listener
	must(s.t, "listen", s.far.Do(func() (err error) { server, err = net.Listen("tcp", at); return err }))
	conn, err := net.Dial("tcp", at)
	must(s.t, "dial", err)
	file, err := server.Accept()
	must(s.t, "accept", err)
	var running sync.WaitGroup
	s.t.Cleanup(func() {
		_, _, _ = conn.Close(), file.Close(), server.Close()
		running.Wait()
	})
	running.Go(func() {
		for data := make([]byte, 64<<10); err == nil; {
			_, err = conn.Write(data)
		}
	})
	running.Go(func() { _, _ = io.Copy(io.Discard, file) })
}

// carried is how many bits of IP have left the bottleneck, whoever sent them: what tc(8) counts, less Ethernet's header.
func (s *scene) carried() int {
	s.t.Helper()
	const ethernet = 14
	said := run(s.t, exec.Command("tc", "-netns", s.street.Name, "-statistics", "qdisc", "show", "dev", s.out.Name))
	var bytes, packets int
	if _, sent, ok := strings.Cut(said, "Sent "); !ok {
		s.t.Fatalf("tc says %q", said)
	} else if _, err := fmt.Sscanf(sent, "%d bytes %d pkt", &bytes, &packets); err != nil {
		s.t.Fatalf("tc says %q: %v", said, err)
	}
	return 8 * (bytes - ethernet*packets)
}
