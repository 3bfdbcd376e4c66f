//go:build bench

package bench

import (
	"fmt"
	"math"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// scene is a network on which something happens to those who send to a relay:
//
//	this namespace --- street ===(bottleneck, loss)=== relay
//	                          <--(delay on the way back)
//
// What is sent is measured on both sides of the bottleneck, on the wire.
type scene struct {
	t             *testing.T
	street, far   *Namespace
	out, back     *Interface // of the street to the relay, and of the relay to the street
	before, after *Capture   // of the street's two ends
	token         string
}

const (
	boxLink    = "to-street"
	sceneRelay = "10.9.1.2"
	sceneWeb   = sceneRelay + ":8889"
	sceneMedia = 8890
	aToken     = "a-token-of-the-bench"
)

// newScene lays the cables and starts a relay. The way there is free until link or lossy.
func newScene(t *testing.T, delay time.Duration) *scene {
	t.Helper()
	s := &scene{t: t, street: NewNamespace(t, "street"), far: NewNamespace(t, "relay")}
	s.token = filepath.Join(t.TempDir(), "token")
	s.reachStreet()
	s.out, s.back = Connect(s.street, "10.9.1.1/24", s.far, sceneRelay+"/24")
	s.far.ip("route", "add", "default", "via", "10.9.1.1")
	run(t, exec.Command("ip", "route", "add", "10.9.1.0/24", "via", "10.9.0.2"))
	s.forward("1")
	s.back.Shape(fmt.Sprintf("netem delay %dms", delay.Milliseconds()))
	s.before, s.after = (&Interface{"to-box", s.street}).Capture(), s.out.Capture()
	must(t, "token", os.WriteFile(s.token, []byte(aToken+"\n"), 0o600))
	s.relay(fmt.Sprintf("listen: \"%s\", media: %d", sceneWeb, sceneMedia))
	return s
}

// reachStreet lays the cable to this namespace, which no Namespace stands for.
func (s *scene) reachStreet() {
	s.t.Helper()
	ip := func(args ...string) { s.t.Helper(); run(s.t, exec.Command("ip", args...)) }
	ip("link", "add", boxLink, "type", "veth", "peer", "name", "to-box", "netns", s.street.Name)
	s.t.Cleanup(func() { ip("link", "delete", boxLink) })
	ip("address", "add", "10.9.0.1/24", "dev", boxLink)
	ip("link", "set", boxLink, "up")
	(&Interface{"to-box", s.street}).up("10.9.0.2/24")
}

// relay starts one in the far namespace.
func (s *scene) relay(where string) {
	s.t.Helper()
	config := fmt.Sprintf("relay: {%s, token_file: %s}\n", where, s.token)
	Start(s.t, s.far.Enter(Vigie(s.t, config, "relay"))).WaitLog("the relay listens", patience)
}

// forward has the street pass packets on ("1") or, without a word, not ("0").
func (s *scene) forward(on string) {
	s.t.Helper()
	must(s.t, "forward", s.street.Do(func() error {
		return os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte(on), 0)
	}))
}

// link makes the way to the relay a bottleneck, whose queue is 300 ms: "1mbit".
func (s *scene) link(rate string) {
	s.t.Helper()
	s.out.Shape("tbf rate " + rate + " burst 4kb latency 300ms")
}

// lossy has the way to the relay lose packets at random, and take half of the round trip.
func (s *scene) lossy(percent int, delay time.Duration) {
	s.t.Helper()
	s.out.Shape(fmt.Sprintf("netem delay %dms loss %d%%", delay.Milliseconds(), percent))
}

func endpoint(web string) *url.URL {
	return &url.URL{Scheme: "http", Host: web, Path: "/whip/main-stage"}
}

// inTable skips a scene that only the table of make scenes has.
func inTable(t *testing.T) {
	t.Helper()
	if os.Getenv("BENCH_SCENES") == "" {
		t.Skip("a row of make scenes")
	}
}

// figure is a number of the table that bench/scenes prints: of "ours" or of "stock", one that it knows by this key.
func figure(t testing.TB, whose, key string, value float64) {
	t.Attr("scene", fmt.Sprintf("%s %s %.4g", whose, key, value))
}

// took is a figure in seconds.
func took(t testing.TB, whose, key string, d time.Duration) {
	value := d.Seconds()
	if d >= never {
		value = math.Inf(1)
	}
	figure(t, whose, key, value)
}
