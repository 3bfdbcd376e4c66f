//go:build bench

package bench

import (
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"vigie/capture"
)

// threadSlack is how many threads Go's runtime may have made more: it keeps those that calls into the kernel once blocked.
const threadSlack = 3

// repeat is how often a test repeats: few times in every run, many in bench-full.
func repeat(few, many int) int {
	if os.Getenv("BENCH_FULL") != "" {
		return many
	}
	return few
}

// TestBoxCycles goes live and ends again and again. It measures, too, how long the press takes to the first packet and
// to the light that says confirmed: in simulated time without what the CPU does, with BENCH_TIME_TRAVEL=0 all of it.
func TestBoxCycles(t *testing.T) { cycles(t, camera180) }

// TestHardwareCycles does so with the board's encoder, which has given all its memory back in the end.
func TestHardwareCycles(t *testing.T) {
	b := cycles(t, hardware)
	b.Stop()
	if used := encoderMemory(t); used != 0 {
		t.Errorf("the box has ended, and %d bytes of the encoder's buffers are left", used)
	}
}

// cycles goes live and ends 20 times, 500 in bench-full: what a box holds is then back where it was after three.
func cycles(t *testing.T, config string) *box {
	t.Helper()
	PlayTone(t, Tone{})
	b := startBox(t, config)
	b.await("standby", startup)
	var packet, confirmed []time.Duration
	cycle := func() {
		edge := b.press()
		b.await("live", patience)
		confirmed = append(confirmed, b.confirmed(edge)-edge)
		packet = append(packet, firstPacket(b, edge)-edge)
		pause(300 * time.Millisecond)
		b.hold()
		b.await("standby", patience)
		pause(300 * time.Millisecond)
	}
	for range 3 { // pools fill, lazy things are made
		cycle()
	}
	b.status() // the test's own connection counts in both
	before, goroutines, buffers := b.Usage(), b.metric("go_goroutines"), encoderMemory(t)
	for range repeat(20, 500) {
		cycle()
	}
	b.awaitStatus("descriptors and goroutines to be where they were", func(report) bool {
		return b.Usage().FDs <= before.FDs && b.metric("go_goroutines") <= goroutines
	})
	after := b.Usage()
	if grown := after.RSS - before.RSS; grown > 16<<20 {
		t.Errorf("memory grew by %d KiB from %d", grown>>10, before.RSS>>10)
	}
	if after.Threads > before.Threads+threadSlack {
		t.Errorf("%d threads, %d before", after.Threads, before.Threads)
	}
	if now := encoderMemory(t); now != buffers {
		t.Errorf("the encoder's buffers have %d bytes, %d before", now, buffers)
	}
	t.Logf("%d cycles: descriptors %d then %d, threads %d then %d, memory %d then %d KiB, goroutines %.0f, the encoder's buffers %d KiB",
		len(packet), before.FDs, after.FDs, before.Threads, after.Threads, before.RSS>>10, after.RSS>>10, goroutines, buffers>>10)
	t.Logf("from the edge, median of %d: first RTP packet %v, confirmed %v", len(packet), median(packet), median(confirmed))
	return b
}

// confirmed is when red began to be steady after at: the first time that it stays lit for longer than a blink.
func (b *box) confirmed(at time.Duration) time.Duration {
	b.t.Helper()
	var since time.Duration
	WaitFor(b.t, patience, "red to be steady", func() bool {
		changes := b.red.Changes()
		last := changes[len(changes)-1]
		since = last.At
		return last.Level == High && last.At > at && capture.Now()-last.At > fastHalf+slack
	})
	return since
}

func median(d []time.Duration) time.Duration {
	d = slices.Sorted(slices.Values(d))
	return d[len(d)/2].Round(time.Millisecond)
}

// TestBoxLaw1 plays a show at random with faults, and holds law 1 over all of it. The seed is in the log.
func TestBoxLaw1(t *testing.T) {
	for range repeat(2, 20) {
		seed := rand.Uint64()
		if !t.Run("", func(t *testing.T) { randomShow(t, seed) }) {
			t.Logf("seed %d", seed)
		}
	}
}

func randomShow(t *testing.T, seed uint64) {
	PlayTone(t, Tone{})
	boxConfig, relayConfig := otherRelay(t)
	relay := startRelay(t, relayConfig)
	b := startBox(t, boxConfig)
	b.await("standby", startup)
	random := rand.New(rand.NewPCG(seed, 0))
	begin, running, plugged := capture.Now(), true, true
	for range 15 {
		switch n := random.IntN(10); {
		case b.state() == "standby" && plugged:
			b.press()
		case n < 4: // let it run
		case n < 5:
			b.press()
		case n < 6:
			b.hold()
		case n < 8 && running:
			relay.Kill()
			running = false
		case n < 8:
			relay = startRelay(t, relayConfig)
			running = true
		case plugged:
			UnplugCamera(t)
			plugged = false
		default:
			PlugCamera(t)
			plugged = true
		}
		pause(time.Duration(random.IntN(4000)) * time.Millisecond)
	}
	law1(t, b, begin, capture.Now())
	if code := b.Stop(); code != 0 {
		t.Errorf("vigie ended with %d", code)
	}
}
