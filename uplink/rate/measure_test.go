package rate

import (
	"testing"
	"time"
)

func TestMeter(t *testing.T) {
	var m meter
	add := func(at time.Duration, amount int64) { m.add(at, amount) }
	if m.rate(0, time.Second) != 0 || m.total(0, time.Second) != 0 {
		t.Error("an empty meter has a rate")
	}
	for at := time.Duration(0); at < 4*time.Second; at += 20 * ms {
		add(at, 2500)
	}
	if got := m.rate(3990*ms, time.Second); got != 1_000_000 {
		t.Errorf("%.0f bit/s", got)
	}
	if got := m.rate(4490*ms, time.Second); got != 500_000 {
		t.Errorf("%.0f bit/s half a second later", got)
	}
	add(3500*ms, 1000) // late
	add(time.Second, 1000)
	if got := m.total(3990*ms, time.Second); got != 126_000 {
		t.Errorf("%d octets with one that came late", got)
	}
	add(-time.Hour, 700)
	if got := m.total(-time.Hour, time.Second); got != 700 {
		t.Errorf("%d octets after the clock was set back", got)
	}
	add(time.Hour, 800)
	if got := m.total(time.Hour, 3*time.Second); got != 800 {
		t.Errorf("%d octets after the clock was set on", got)
	}
	add(time.Hour+100*ms, 800)
	if got := m.rate(time.Hour+100*ms, time.Second); got < 115_000 || got > 118_000 {
		t.Errorf("%.0f bit/s of the 110 ms there were", got)
	}
}

func TestHistoryUnwraps(t *testing.T) {
	var h history
	for i := range 200_000 {
		n := h.add(uint16(i+65_530), departure{bytes: int32(i), fate: flying})
		if m, d := h.find(uint16(i + 65_530)); m != n || d == nil || int(d.bytes) != i {
			t.Fatalf("packet %d: found %v", i, d)
		}
	}
	last := uint16((200_000 + 65_529) % (1 << 16))
	for number, want := range map[uint16]bool{
		last: true, last - remembered + 1: true, last - remembered: false, last + 1: false, last + 30_000: false,
	} {
		if _, d := h.find(number); (d != nil) != want {
			t.Errorf("%d after the last is found: %v", int16(number-last), d != nil)
		}
	}
	h.add(last+10, departure{fate: flying})
	if _, d := h.find(last + 5); d != nil {
		t.Error("a number that was skipped is found")
	}
}

func TestPathSeesAQueue(t *testing.T) {
	var p path
	delay := time.Minute
	for at := time.Duration(0); at < time.Second; at += 10 * ms {
		p.arrived(at, at+delay+time.Duration(int(at/ms)%7)*3*ms, 0) // jitter of up to 18 ms
	}
	if s := p.look(); s.queue > ms || s.slope > growing || s.slope < falling {
		t.Errorf("jitter is taken for a queue: %+v", s)
	}
	for at := time.Second; at < 1300*ms; at += 10 * ms {
		delay += 5 * ms
		p.arrived(at, at+delay, 0)
	}
	if s := p.look(); s.queue < 80*ms || s.queue > 150*ms || s.slope < 0.45 || s.slope > 0.55 {
		t.Errorf("a queue that grows by half: %+v", s)
	}
	p.accept(p.look())
	if s := p.look(); s.excess > ms {
		t.Errorf("accepted, and yet an excess: %+v", s)
	}
	for at := 1300 * ms; at < 2*time.Second; at += 10 * ms {
		p.arrived(at, at+time.Minute, 0)
	}
	for at := 2 * time.Second; at < 2300*ms; at += 10 * ms {
		p.arrived(at, at+time.Minute+50*ms, 0)
	}
	if s := p.look(); s.excess != 50*ms {
		t.Errorf("the level does not fall with the queue: %+v", s)
	}
	for at := 3 * time.Second; at < 30*time.Second; at += 10 * ms {
		p.arrived(at, at+time.Minute+50*ms, 0)
	}
	if s := p.look(); s.queue != 0 || s.excess != 0 {
		t.Errorf("a longer path is not forgotten to be one: %+v", s)
	}
	p.arrived(31*time.Second, 0, 0)
	if s := p.look(); s.queue != 0 {
		t.Errorf("another clock is taken for a queue: %+v", s)
	}
}
