//go:build bench

package bench

import (
	"math"
	"sort"
	"testing"
	"time"
)

const (
	slot       = 100 * time.Millisecond // the step in which a scene is looked at
	ipOverhead = 20 + 8                 // bytes of IPv4 and UDP
	collapse   = 0.25                   // of a link: three seconds that use less are a collapse
	window     = 3 * time.Second
	never      = time.Hour // longer than any scene
)

// flow is what one sender's packets did, by the time since it began: those it sent, and those that came out of the
// bottleneck.
type flow struct{ sent, carried meter }

// meter is bits of IP over time.
type meter struct {
	at   []time.Duration
	bits []int           // until then, in sum
	wait []time.Duration // before the bottleneck; of those that came out of it
}

// flow takes the packets to a port of the relay from the two captures. The bytes of a packet are encrypted, with a
// number of its own: its head is known again behind the bottleneck.
func (s *scene) flow(media uint16, began time.Duration) *flow {
	f, entered := &flow{}, map[string]time.Duration{}
	for _, p := range s.before.Packets() {
		if !p.Outgoing && p.Dst.Port() == media {
			f.sent.add(p.At-began, p.Size, 0)
			entered[string(p.Head)] = p.At
		}
	}
	for _, p := range s.after.Packets() {
		if p.Outgoing && p.Dst.Port() == media {
			f.carried.add(p.At-began, p.Size, p.At-entered[string(p.Head)])
		}
	}
	return f
}

func (m *meter) add(at time.Duration, bytes int, wait time.Duration) {
	sum := 8 * (bytes + ipOverhead)
	if n := len(m.bits); n > 0 {
		sum += m.bits[n-1]
	}
	m.at, m.bits, m.wait = append(m.at, at), append(m.bits, sum), append(m.wait, wait)
}

// until is how many packets came before a time.
func (m *meter) until(t time.Duration) int {
	return sort.Search(len(m.at), func(i int) bool { return m.at[i] >= t })
}

// rate is bits a second in a time.
func (m *meter) rate(from, to time.Duration) float64 {
	sum := func(n int) int {
		if n == 0 {
			return 0
		}
		return m.bits[n-1]
	}
	return float64(sum(m.until(to))-sum(m.until(from))) / (to - from).Seconds()
}

// queue is the longest wait of a packet that came out of the bottleneck in a slot.
func (m *meter) queue(from time.Duration) (longest time.Duration) {
	for i := m.until(from); i < m.until(from+slot); i++ {
		longest = max(longest, m.wait[i])
	}
	return longest
}

// used is the share of a link of so many bits a second.
func (f *flow) used(link float64, from, to time.Duration) float64 {
	return f.carried.rate(from, to) / link
}

// collapses is how often, in a time, three seconds on end used less than a quarter of the link.
func (f *flow) collapses(link float64, from, to time.Duration) (n int) {
	for at := from; at+window <= to; at += slot {
		if f.used(link, at, at+window) < collapse {
			n++
			at += window
		}
	}
	return n
}

// least is the least used share of three seconds on end.
func (f *flow) least(link float64, from, to time.Duration) float64 {
	share := math.Inf(1)
	for at := from; at+window <= to; at += slot {
		share = min(share, f.used(link, at, at+window))
	}
	return share
}

// reached is how long it takes from a time on until one second has used such a share of the link.
func (f *flow) reached(link, share float64, from, to time.Duration) time.Duration {
	const second = time.Second
	return second + after(from+second, to, func(at time.Duration) bool { return f.used(link, at-second, at) >= share })
}

// after is how long it takes from a time on until something holds.
func after(from, to time.Duration, holds func(time.Duration) bool) time.Duration {
	for at := from; at <= to; at += slot {
		if holds(at) {
			return at - from
		}
	}
	return never
}

// TestFlow holds the figures against a flow of 80 kb/s, which pauses for four seconds and then is as before.
func TestFlow(t *testing.T) {
	const link, from, pause, on, end = 100e3, 10 * time.Second, 20 * time.Second, 24 * time.Second, 40 * time.Second
	f := &flow{}
	for at := time.Duration(0); at < end; at += 20 * time.Millisecond {
		if at < pause || at >= on {
			f.carried.add(at, 200-ipOverhead, at/100)
		}
	}
	used, worst := f.used(link, from, pause), f.least(link, from, end)
	if math.Abs(used-0.8) > 0.001 || worst != 0 {
		t.Errorf("%.3f used, want 0.8; %.3f in the worst three seconds, want none", used, worst)
	}
	if before, all := f.collapses(link, from, pause), f.collapses(link, from, end); before != 0 || all != 1 {
		t.Errorf("%d collapses before it pauses and %d in all, want none and one", before, all)
	}
	if back := f.reached(link, 0.75, pause+time.Second, end); back < 3900*time.Millisecond || back > 4*time.Second {
		t.Errorf("three quarters are used again after %v, want 4 s", back)
	}
	if got := f.reached(link, 0.9, from, end); got < never {
		t.Errorf("nine tenths, which were never used, after %v", got)
	}
	if got := f.carried.queue(from); got != 101800*time.Microsecond-time.Millisecond {
		t.Errorf("the queue is %v", got)
	}
}
