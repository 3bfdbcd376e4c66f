package ratetest

import "time"

// Slot is the length of a trace's entries.
const Slot = 100 * time.Millisecond

// Trace is what became of one sender, by tenths of a second.
type Trace struct {
	Sent      []int           // bits, by when they were sent
	Delivered []int           // bits, by when they left the bottleneck
	Capacity  []float64       // bits that the bottleneck can carry
	Target    []int           // bits a second, the least of the slot
	Queue     []time.Duration // the longest wait before the bottleneck
	Waiting   []int           // bits of picture in the pacer, at most

	Packets, Again, Padding int // sent
	Overflowed              int // packets that the bottleneck dropped
	Pictures, Thrown        int // made; thrown away before they were sent
	Decoded                 int
	Freeze                  time.Duration // the longest time without a new picture, after the first
	First                   time.Duration // when the first picture was there
}

func newTrace(b *bottleneck, long time.Duration) *Trace {
	n := int(long / Slot)
	t := &Trace{
		Sent: make([]int, n), Delivered: make([]int, n), Capacity: make([]float64, n), Target: make([]int, n),
		Queue: make([]time.Duration, n), Waiting: make([]int, n),
	}
	for i := range n {
		t.Capacity[i] = b.capacity(time.Duration(i)*Slot, time.Duration(i+1)*Slot)
	}
	return t
}

func (t *Trace) sent(at time.Duration, bytes int)      { add(t.Sent, at, 8*bytes) }
func (t *Trace) delivered(at time.Duration, bytes int) { add(t.Delivered, at, 8*bytes) }

func add(to []int, at time.Duration, bits int) {
	if i := int(at / Slot); i < len(to) {
		to[i] += bits
	}
}

func (t *Trace) queued(at, wait time.Duration) {
	if i := int(at / Slot); i < len(t.Queue) {
		t.Queue[i] = max(t.Queue[i], wait)
	}
}

func (t *Trace) note(at time.Duration, target, waiting int) {
	i := int(at / Slot)
	if i >= len(t.Target) {
		return
	}
	if t.Target[i] == 0 || target < t.Target[i] {
		t.Target[i] = target
	}
	t.Waiting[i] = max(t.Waiting[i], 8*waiting)
}

// Rate is the mean that was delivered in a time, in bits a second.
func (t *Trace) Rate(from, to time.Duration) float64 {
	bits := 0
	for i := int(from / Slot); i < min(int(to/Slot), len(t.Delivered)); i++ {
		bits += t.Delivered[i]
	}
	return float64(bits) / (to - from).Seconds()
}

// Used is the share of the bottleneck's capacity that was delivered in a time.
func (t *Trace) Used(from, to time.Duration) float64 {
	var could float64
	for i := int(from / Slot); i < min(int(to/Slot), len(t.Capacity)); i++ {
		could += t.Capacity[i]
	}
	return t.Rate(from, to) * (to - from).Seconds() / max(could, 1)
}
