package ratetest

import (
	"math/rand/v2"
	"time"
)

// Step is a rate from a time on, in bits a second; 0 is a link that is down.
type Step struct {
	From time.Duration
	Rate int
}

// Link is a bottleneck with a queue that drops what does not fit.
type Link struct {
	Steps []Step        // the first one is from 0
	Queue time.Duration // how long a packet waits at most
}

// bottleneck serves packets in their order. What it will do with a packet is known when the packet comes.
type bottleneck struct {
	Link
	free time.Duration // when all that was taken has left
}

// rate is that of a time, and until when it holds.
func (b *bottleneck) rate(at time.Duration) (bits int, until time.Duration) {
	bits, until = b.Steps[0].Rate, 1<<62
	for _, s := range b.Steps[1:] {
		if s.From > at {
			return bits, s.From
		}
		bits = s.Rate
	}
	return bits, until
}

// send returns when a packet of so many bytes has left the link; false where the queue has no room.
func (b *bottleneck) send(now time.Duration, bytes int) (left time.Duration, ok bool) {
	if b.free-now > b.Queue {
		return 0, false
	}
	at, bits := max(b.free, now), float64(8*bytes)
	for {
		rate, until := b.rate(at)
		if rate == 0 {
			if until-now > b.Queue {
				return 0, false
			}
			at = until
			continue
		}
		end := at + time.Duration(bits/float64(rate)*float64(time.Second))
		if end <= until {
			b.free = end
			return end, true
		}
		bits -= float64(rate) * (until - at).Seconds()
		at = until
	}
}

// capacity is what the link can carry between two times, in bits.
func (b *bottleneck) capacity(from, to time.Duration) (bits float64) {
	for from < to {
		rate, until := b.rate(from)
		until = min(until, to)
		bits += float64(rate) * (until - from).Seconds()
		from = until
	}
	return bits
}

// Path is the way of one sender behind the bottleneck, and back.
type Path struct {
	Delay    time.Duration // one way
	Jitter   time.Duration // on top, at most; packets stay in order
	Loss     float64       // share of the packets that vanish
	Burst    float64       // how many vanish together, on average; below 1 counts as 1
	BackLoss float64       // share of the feedback that vanishes
	BackDown [2]time.Duration
}

// way is a path in use.
type way struct {
	Path
	rng    *rand.Rand
	losing bool
	last   time.Duration
}

// forward takes what left the bottleneck.
func (w *way) forward(left time.Duration) (at time.Duration, ok bool) {
	if w.lose() {
		return 0, false
	}
	at = left + w.Delay
	if w.Jitter > 0 {
		at += time.Duration(w.rng.Float64() * w.rng.Float64() * float64(w.Jitter)) // mostly little
	}
	w.last = max(w.last, at)
	return w.last, true
}

// lose is a chain of two states (Gilbert): bursts begin so often that on the whole Loss is lost.
func (w *way) lose() bool {
	switch stay := 1 - 1/max(w.Burst, 1); {
	case w.Loss == 0:
		return false
	case stay == 0:
		w.losing = w.rng.Float64() < w.Loss
	case w.losing:
		w.losing = w.rng.Float64() < stay
	default:
		w.losing = w.rng.Float64() < w.Loss*(1-stay)/(1-w.Loss)
	}
	return w.losing
}

// back takes what the relay sends.
func (w *way) back(now time.Duration) (at time.Duration, ok bool) {
	if w.rng.Float64() < w.BackLoss || now >= w.BackDown[0] && now < w.BackDown[1] {
		return 0, false
	}
	return now + w.Delay, true
}
