//go:build bench

package bench

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"vigie/capture"
	"vigie/uplink"
	"vigie/uplink/whip"
)

// A scene is a real uplink that feeds a relay behind a bottleneck whose queue is 300 ms: an encoder of made-up sizes that
// obeys the bitrate, and the kernel's own networks between.
type scene struct {
	t      *testing.T
	uplink *uplink.Uplink
	began  time.Duration

	mu      sync.Mutex
	bitrate int
	idr     bool
	seconds []int // bits a second on the wire, one second each
	stop    context.CancelFunc
	wait    sync.WaitGroup
}

const sceneLink = "to-venue"

// newScene lays the cable and starts the relay behind it. Its way back takes delay.
func newScene(t *testing.T, rate string, delay time.Duration) *scene {
	t.Helper()
	venue := NewNamespace(t, "venue")
	ip := func(args ...string) { t.Helper(); run(t, exec.Command("ip", args...)) }
	ip("link", "add", sceneLink, "type", "veth", "peer", "name", "to-box", "netns", venue.Name)
	t.Cleanup(func() { ip("link", "delete", sceneLink) })
	ip("address", "add", "10.9.0.1/24", "dev", sceneLink)
	ip("link", "set", sceneLink, "up")
	far := &Interface{"to-box", venue}
	far.up("10.9.0.2/24")
	far.Shape(fmt.Sprintf("netem delay %dms", delay.Milliseconds()))
	s := &scene{t: t}
	s.link(rate)
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("a-token-of-the-bench\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	relay := Start(t, venue.Enter(Vigie(t, "relay: {listen: \"10.9.0.2:8889\", media: 8890, token_file: "+token+"}\n", "relay")))
	relay.WaitLog("the relay listens", patience)
	return s
}

// link sets the bottleneck: "1mbit".
func (s *scene) link(rate string) {
	s.t.Helper()
	run(s.t, exec.Command("tc", "qdisc", "replace", "dev", sceneLink, "root", "tbf", "rate", rate, "burst", "4kb", "latency", "300ms"))
}

// start goes live at a bitrate and runs until the test ends.
func (s *scene) start(bitrate int) {
	endpoint, _ := url.Parse("http://10.9.0.2:8889/whip/main-stage")
	s.bitrate = bitrate
	s.uplink = uplink.New(uplink.Options{
		Client: &whip.Client{Endpoint: endpoint, Token: "a-token-of-the-bench", Box: "scene"}, Video: true,
		MinBitrate: 150_000, StartBitrate: bitrate, MaxBitrate: 4_000_000,
		RequestIDR: func() { s.mu.Lock(); s.idr = true; s.mu.Unlock() },
		SetBitrate: func(bps int) { s.mu.Lock(); s.bitrate = bps; s.mu.Unlock() },
		Log:        slog.New(slog.NewTextHandler(s.t.Output(), nil)),
	})
	ctx, cancel := context.WithCancel(context.Background())
	s.stop, s.began = cancel, capture.Now()
	s.wait.Go(func() { _ = s.uplink.Run(ctx) })
	s.wait.Go(func() { s.encode(ctx) })
	s.wait.Go(func() { s.weigh(ctx) })
	s.t.Cleanup(func() { cancel(); s.wait.Wait() })
}

// encode makes 30 pictures a second, an IDR each two seconds and when one is asked for, five to eight times as long.
func (s *scene) encode(ctx context.Context) {
	var pool capture.UnitPool
	rng := rand.New(rand.NewPCG(1, 2))
	tick := time.NewTicker(time.Second / 30)
	defer tick.Stop()
	debt := 0.0
	for n, last := 0, -15; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		s.mu.Lock()
		mean := float64(s.bitrate) / 30
		idr := n%60 == 0 || s.idr && n-last >= 15
		if idr {
			s.idr, last = false, n
		}
		s.mu.Unlock()
		bits := max(mean-debt/20, 0.3*mean) * math.Exp(0.25*rng.NormFloat64()-0.03)
		if idr {
			bits = mean * (5 + 3*rng.Float64())
		}
		debt = min(debt+bits-mean, 10*mean)
		u := pool.Get()
		u.PTS, u.Coded, u.IDR = capture.Now(), capture.Now(), idr
		kind := byte(0x41)
		if idr {
			u.Data = append(u.Data, 0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1f, 0, 0, 0, 1, 0x68, 0xce)
			kind = 0x65
		}
		u.Data = append(u.Data, 0, 0, 0, 1, kind)
		for range max(int(bits/8), 60) {
			u.Data = append(u.Data, 0x5a)
		}
		s.uplink.WriteVideo(u)
		u.Release()
	}
}

// weigh reads what the cable carried: each second what left the bottleneck, in bits of IP.
func (s *scene) weigh(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for last := s.carried(); ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := s.carried()
		s.mu.Lock()
		s.seconds = append(s.seconds, 8*(now-last))
		s.mu.Unlock()
		last = now
	}
}

// carried is how many bytes have left by the cable, less the 14 of Ethernet that each packet has.
func (s *scene) carried() int {
	figure := func(name string) (n int) {
		b, err := os.ReadFile("/sys/class/net/" + sceneLink + "/statistics/" + name)
		if err != nil {
			s.t.Error(err)
		}
		fmt.Sscan(strings.TrimSpace(string(b)), &n)
		return n
	}
	return figure("tx_bytes") - 14*figure("tx_packets")
}

// used is the share of a link that was used between two seconds of the scene, in the mean and in the worst three seconds.
func (s *scene) used(link float64, from, to int) (mean, worst float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	seconds := s.seconds[from:min(to, len(s.seconds))]
	worst = math.Inf(1)
	for i := range seconds {
		mean += float64(seconds[i]) / link / float64(len(seconds))
		if i >= 2 {
			worst = min(worst, float64(seconds[i]+seconds[i-1]+seconds[i-2])/3/link)
		}
	}
	return mean, worst
}

// reached is the first second, counted from one, after which so much of the link was used for a second.
func (s *scene) reached(link, share float64, from int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := from; i < len(s.seconds); i++ {
		if float64(s.seconds[i]) >= share*link {
			return i - from + 1
		}
	}
	return math.MaxInt
}

func (s *scene) pass(d time.Duration) {
	pause(d)
}

// TestSceneStep narrows the link from 2.5 to 1 Mb/s: it is used, and nothing collapses.
func TestSceneStep(t *testing.T) {
	s := newScene(t, "2.5mbit", 20*time.Millisecond)
	s.start(1_500_000)
	s.pass(20 * time.Second)
	before, _ := s.used(2.5e6, 10, 20)
	s.link("1mbit")
	s.pass(20 * time.Second)
	mean, worst := s.used(1e6, 24, 40)
	t.Logf("of 2.5 Mb/s %.0f %% used, of 1 Mb/s %.0f %%, in the worst 3 s %.0f %%; %+v", 100*before, 100*mean, 100*worst, s.uplink.Stats())
	if before < 0.8 || mean < 0.8 || worst < 0.5 {
		t.Errorf("used %.2f before, %.2f after, %.2f in the worst 3 s; want 0.8, 0.8 and no collapse", before, mean, worst)
	}
}

// TestSceneStartAbove goes live at 2 Mb/s on a link of 1.2.
func TestSceneStartAbove(t *testing.T) {
	s := newScene(t, "1.2mbit", 20*time.Millisecond)
	s.start(2_000_000)
	s.pass(20 * time.Second)
	took := s.reached(1.2e6, 0.8, 0)
	mean, worst := s.used(1.2e6, 5, 20)
	t.Logf("80 %% used in second %d, then %.0f %%, in the worst 3 s %.0f %%; %+v", took, 100*mean, 100*worst, s.uplink.Stats())
	if took > 5 || mean < 0.8 || worst < 0.5 {
		t.Errorf("80 %% are used in second %d, then %.2f, %.2f in the worst 3 s", took, mean, worst)
	}
}

// TestSceneRFC8867 has the link vary as RFC 8867, 5.1 does: each rise is used within 10 s.
func TestSceneRFC8867(t *testing.T) {
	s := newScene(t, "1mbit", 20*time.Millisecond)
	s.start(1_000_000)
	s.pass(20 * time.Second)
	s.link("2.5mbit")
	s.pass(20 * time.Second)
	s.link("0.6mbit")
	s.pass(20 * time.Second)
	s.link("1mbit")
	s.pass(20 * time.Second)
	up, again := s.reached(2.5e6, 0.9, 20), s.reached(1e6, 0.9, 60)
	low, _ := s.used(0.6e6, 45, 60)
	t.Logf("90 %% of 2.5 Mb/s in second %d, of 1 Mb/s in second %d; of 0.6 Mb/s %.0f %% used; %+v", up, again, 100*low, s.uplink.Stats())
	if up > 10 || again > 10 || low < 0.8 {
		t.Errorf("90 %% of the new link in second %d and %d, want 10; of 0.6 Mb/s %.2f used", up, again, low)
	}
}
