//go:build bench

package bench

import (
	"bufio"
	"context"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"vigie/capture"
)

// soak is a box that is live for hours while one thing after another goes wrong.
type soak struct {
	*apart
	t       *testing.T
	http    http.Client // from the box's own network
	checked time.Duration
	samples []sample
}

// sample is what the box holds in a quiet moment of a show.
type sample struct {
	at                                               time.Duration
	rss, anon, taken, heap, fds, threads, goroutines float64
}

// soakEach is how often something goes wrong, and soakRests how long the box is left alone before it is looked at.
const (
	soakEach  = time.Minute
	soakRests = 5 * time.Second
)

// TestBoxSoak has a fault at a random moment of each minute: SOAK is for how long, two minutes where it is not set, and
// SOAK_SEED makes others. After each the box is live again by itself; law 1 holds all the time; and what the box holds
// does not grow.
func TestBoxSoak(t *testing.T) {
	length, seed := 2*time.Minute, uint64(1)
	if d, err := time.ParseDuration(os.Getenv("SOAK")); err == nil {
		length = d
	}
	if n, err := strconv.ParseUint(os.Getenv("SOAK_SEED"), 10, 64); err == nil {
		seed = n
	}
	random := rand.New(rand.NewPCG(seed, 0))
	s := &soak{t: t, apart: liveApart(t)}
	s.checked = s.begin
	s.http.Transport = &http.Transport{DisableKeepAlives: true, DialContext: func(_ context.Context, network, address string) (c net.Conn, err error) {
		err = s.near.ns.Do(func() error { c, err = net.Dial(network, address); return err })
		return c, err
	}}
	s.sample()
	for began, n := capture.Now(), 0; n < int(length/soakEach); n++ {
		next := began + time.Duration(n+1)*soakEach
		pause(time.Duration(random.Int64N(int64(soakEach / 3))))
		fault := soakFaults[random.IntN(len(soakFaults))]
		if n < 2 { // of a short one, too
			fault = soakFaults[(int(seed)+n)%len(soakFaults)]
		}
		fault.do(s, time.Second+time.Duration(random.Int64N(int64(14*time.Second))))
		WaitFor(t, patience, "the box to be live after: "+fault.name, func() bool { return s.state() == "live" })
		pause(max(soakRests, next-capture.Now()-time.Second))
		s.lawHolds()
		s.sample()
		last := s.samples[len(s.samples)-1]
		t.Logf("%3d %-28s rss %.1f MiB, anonymous %.1f MiB, taken %.1f MiB, heap %.1f MiB, descriptors %.0f, threads %.0f, goroutines %.0f", n+1, fault.name,
			last.rss/(1<<20), last.anon/(1<<20), last.taken/(1<<20), last.heap/(1<<20), last.fds, last.threads, last.goroutines)
	}
	s.judge()
}

// soakFaults are what goes wrong; each lasts about d, and ends as it began.
var soakFaults = []struct {
	name string
	do   func(s *soak, d time.Duration)
}{
	{"the link down", func(s *soak, d time.Duration) { s.near.Down(); pause(d); s.near.Up() }},
	{"the camera out", func(s *soak, d time.Duration) { UnplugCamera(s.t); pause(d); PlugCamera(s.t) }},
	{"the encoder stalls", func(s *soak, d time.Duration) { breakEncoder(s.t, "stall", "1"); pause(d) }},
	{"the relay killed", func(s *soak, d time.Duration) { s.relay.Kill(); pause(d); s.apart.relay = s.start() }},
	{"10 % of the packets lost", func(s *soak, d time.Duration) { s.near.Shape("netem loss 10%"); pause(d); s.near.Shape("pfifo") }},
	{"a link of 300 kb/s", func(s *soak, d time.Duration) {
		s.near.Shape("tbf rate 300kbit burst 4kb latency 300ms")
		pause(d)
		s.near.Shape("pfifo")
	}},
	{"a show ends, another begins", func(s *soak, d time.Duration) {
		s.hold()
		s.await("standby", patience)
		pause(d)
		s.press()
	}},
	{"30 pages come and go", func(s *soak, d time.Duration) {
		ctx, cancel := context.WithTimeout(context.Background(), d)
		defer cancel()
		for range 30 {
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, statusURL+"/api/v1/events", nil)
			if err != nil {
				s.t.Fatal(err)
			}
			answer, err := s.http.Do(r)
			if err != nil {
				s.t.Fatal(err)
			}
			defer answer.Body.Close()
		}
		<-ctx.Done()
	}},
	{"the configuration broken", func(s *soak, d time.Duration) {
		file := s.cmd.Dir + "/config.yaml"
		good, err := os.ReadFile(file)
		if err == nil {
			err = os.WriteFile(file, append([]byte("camera: {width: wide}\n"), good...), 0o600)
		}
		if err != nil {
			s.t.Fatal(err)
		}
		pause(d)
		if err := os.WriteFile(file, good, 0o600); err != nil {
			s.t.Fatal(err)
		}
	}},
	{"the microphone out", func(s *soak, d time.Duration) {
		UnplugMicrophone(s.t)
		pause(d)
		PlugMicrophone(s.t)
		PlayTone(s.t, Tone{})
	}},
	{"the clock leaps", func(s *soak, d time.Duration) { s.leap(36 * time.Hour); pause(d); s.leap(-36 * time.Hour) }},
}

// leap sets the wall clock forward.
func (s *soak) leap(by time.Duration) {
	s.t.Helper()
	to := unix.NsecToTimespec(time.Now().Add(by).UnixNano())
	if err := unix.ClockSettime(unix.CLOCK_REALTIME, &to); err != nil {
		s.t.Fatalf("the clock cannot be set: %v", err)
	}
}

// lawHolds holds law 1 since it was held last, and forgets what is no longer needed for it.
func (s *soak) lawHolds() {
	s.t.Helper()
	from, to := s.checked, capture.Now()
	s.checked = to
	red := slices.DeleteFunc(intervals(s.red.Changes(), to), func(l lit) bool { return l.to < from })
	sent, reports := s.media(from-confirmedFor-time.Second, to)
	since := slices.Clone(red)
	for i := range since {
		since[i].from = max(since[i].from, from)
	}
	redIsTrue(s.t, since, sent, reports)
	leavingIsLit(s.t, red, slices.DeleteFunc(slices.Clone(sent), func(at time.Duration) bool { return at < from }))
	s.wire.Forget(to - 2*confirmedFor)
	s.red.Forget(to - 2*confirmedFor)
}

// sample notes what the box holds now.
func (s *soak) sample() {
	s.t.Helper()
	answer, err := s.http.Get(statusURL + "/metrics")
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	figures := map[string]float64{}
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), " ")
		figures[name], _ = strconv.ParseFloat(value, 64)
	}
	u := s.Usage()
	s.samples = append(s.samples, sample{capture.Now(), float64(u.RSS), float64(u.Anon), figures["go_memstats_sys_bytes"], figures["go_memstats_heap_inuse_bytes"], float64(u.FDs),
		float64(u.Threads), figures["go_goroutines"]})
}

// judge fits a line through what was sampled in the second half, when pools are full. What it grows by in that time is
// nothing, or not more than its own error says of chance; a short soak has too few samples for lines, and is held to
// wider bounds.
func (s *soak) judge() {
	s.t.Helper()
	late := s.samples[len(s.samples)/2:]
	for _, f := range []struct {
		name string
		of   func(sample) float64
		most float64 // that it may grow by all the same
	}{
		{"anonymous memory, bytes", func(a sample) float64 { return a.anon }, 8 << 20},
		{"taken by the runtime, bytes", func(a sample) float64 { return a.taken }, 8 << 20}, // of the kernel, some of it given back since
		{"heap, bytes", func(a sample) float64 { return a.heap }, 8 << 20},
		{"descriptors", func(a sample) float64 { return a.fds }, 2},
		{"threads", func(a sample) float64 { return a.threads }, threadSlack},
		{"goroutines", func(a sample) float64 { return a.goroutines }, 4},
	} {
		grown, chance := growth(late, f.of)
		s.t.Logf("%-27s first %.0f, last %.0f; the second half's line grows by %.0f ± %.0f", f.name, f.of(s.samples[0]),
			f.of(s.samples[len(s.samples)-1]), grown, chance)
		if len(late) >= 20 {
			f.most /= 8
		}
		if grown > f.most && grown > 3*chance {
			s.t.Errorf("%s grew by %.0f", f.name, grown)
		}
	}
}

// growth is what a least-squares line through the samples grows by from the first to the last, and its standard error.
// Samples that follow each other resemble each other, and so tell less than as many that do not: the error counts for
// that by the correlation of what the line leaves (a first-order autoregression).
func growth(all []sample, of func(sample) float64) (grown, chance float64) {
	n, x, y := float64(len(all)), 0.0, 0.0
	for _, a := range all {
		x += a.at.Seconds() / n
		y += of(a) / n
	}
	var xx, xy, rest, next, before float64
	for _, a := range all {
		dx := a.at.Seconds() - x
		xx += dx * dx
		xy += dx * (of(a) - y)
	}
	length := (all[len(all)-1].at - all[0].at).Seconds()
	if n < 3 || xx == 0 {
		return of(all[len(all)-1]) - of(all[0]), 0
	}
	slope := xy / xx
	for _, a := range all {
		off := of(a) - y - slope*(a.at.Seconds()-x)
		rest += off * off
		next += off * before
		before = off
	}
	if rest == 0 {
		return slope * length, 0
	}
	alike := min(max(next/rest, 0), 0.9)
	return slope * length, math.Sqrt(rest/(n-2)/xx*(1+alike)/(1-alike)) * length
}
