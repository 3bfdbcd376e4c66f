package rate_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"vigie/uplink/rate"
	"vigie/uplink/rate/ratetest"
)

// anyVenue is a network of a kind that venues have, for 40 s: the rate changes each 6 to 20 s, one change in four is
// a link that is down for a while.
func anyVenue(seed uint64) ratetest.Scene {
	rng := rand.New(rand.NewPCG(seed, 8))
	between := func(low, high float64) float64 { return low + (high-low)*rng.Float64() }
	millis := func(low, high float64) time.Duration { return time.Duration(between(low, high) * float64(ms)) }
	b := ratetest.Box{
		Path: ratetest.Path{Delay: millis(5, 150), Jitter: millis(0, 30)}, Every: millis(50, 100),
		Options: rate.Options{
			Min: 300_000, Audio: 96_000,
			Start: int(between(300_000, 3_000_000)), Max: int(between(1_000_000, 6_000_000)),
		},
	}
	if rng.IntN(2) == 0 {
		b.Loss, b.Burst = between(0, 0.08), between(1, 4)
	}
	if rng.IntN(3) == 0 {
		b.BackLoss = between(0, 0.3)
	}
	sc := ratetest.Scene{Seed: seed, Long: 40 * s, Boxes: []ratetest.Box{b}}
	sc.Link.Queue = millis(80, 600)
	anyRate := func(at time.Duration) ratetest.Step {
		return ratetest.Step{From: at, Rate: int(between(600_000, 5_000_000))}
	}
	for at := time.Duration(0); at < sc.Long-10*s; at += millis(6000, 20000) {
		if at > 0 && rng.IntN(4) == 0 {
			sc.Link.Steps = append(sc.Link.Steps, ratetest.Step{From: at})
			at += millis(300, 5000)
		}
		sc.Link.Steps = append(sc.Link.Steps, anyRate(at))
	}
	return sc
}

// TestAnyVenue plays networks at random, and the same ones each time. Its 3 s are not a law of nature: losses come in
// bursts by chance, and a few networks in a thousand may take up to 5 s.
func TestAnyVenue(t *testing.T) {
	slow := 0
	for seed := range uint64(venues) {
		sc := anyVenue(seed)
		tr := ratetest.Run(sc)[0]
		ceiling := sc.Boxes[0].Options.Max
		if low, high := slices.Min(tr.Target), slices.Max(tr.Target); low < 300_000 || high > ceiling {
			t.Errorf("seed %d: targets of %d to %d bit/s", seed, low, high)
		}
		if most := slices.Max(tr.Waiting); most > ceiling {
			t.Errorf("seed %d: %d bits wait in the pacer", seed, most)
		}
		low, until := collapsed(tr, float64(ceiling))
		if low > 5*s {
			t.Errorf("seed %d: under 60 %% of what the link allows for %v, until %v", seed, low, until)
		}
		high, until := flooded(tr)
		if high > 5*s {
			t.Errorf("seed %d: over 125 %% of the link for %v, until %v", seed, high, until)
		}
		if max(low, high) > 3*s {
			slow++
		}
	}
	t.Logf("%d of %d networks took more than 3 s", slow, venues)
	if slow > max(venues/200, 1) {
		t.Errorf("%d of %d networks took more than 3 s", slow, venues)
	}
}

// collapsed returns for how long at most, after the first 10 s, the target was under 60 % of what the link allowed.
// That is the least of the last 7 s: so long a rise may take.
func collapsed(t *ratetest.Trace, ceiling float64) (long, until time.Duration) {
	const rise = int(7 * s / ratetest.Slot)
	return longest(t, 10*s, func(i int) bool {
		allowed := slices.Min(t.Capacity[i-rise:i+1]) * float64(s/ratetest.Slot)
		return float64(t.Target[i]) < 0.6*min(allowed, ceiling)
	})
}

// flooded returns for how long at most more than 125 % of the link's capacity was sent in a second.
func flooded(t *ratetest.Trace) (long, until time.Duration) {
	return longest(t, s, func(i int) bool {
		sent, could := 0, 0.0
		for j := i - 9; j <= i; j++ {
			sent += t.Sent[j]
			could += t.Capacity[j]
		}
		return could > 0 && float64(sent) > 1.25*could
	})
}

// longest returns how long something held at most, and until when.
func longest(t *ratetest.Trace, from time.Duration, holds func(slot int) bool) (long, until time.Duration) {
	var run time.Duration
	for i := int(from / ratetest.Slot); i < len(t.Target); i++ {
		if run += ratetest.Slot; !holds(i) {
			run = 0
		}
		if run > long {
			long, until = run, time.Duration(i+1)*ratetest.Slot
		}
	}
	return long, until
}
