package rate

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

const mtu = 1200

func newPacer(target int) (*Pacer[int], *[]Packet[int]) {
	var dropped []Packet[int]
	p := NewPacer(func(k Packet[int]) { dropped = append(dropped, k) })
	p.SetRate(target, target*2, 80*ms)
	return p, &dropped
}

func video(n int) Packet[int] { return Packet[int]{Kind: Video, Bytes: mtu, Payload: n} }

func again(n int, born time.Duration) Packet[int] {
	return Packet[int]{Kind: Again, Bytes: mtu, Number: int64(n), Born: born}
}

// drain takes what leaves between two times, and tells when.
func drain(p *Pacer[int], from, to time.Duration) (out []Packet[int], at []time.Duration) {
	for now := from; now < to; {
		k, wait := p.Next(now)
		if wait == 0 {
			out, at = append(out, k), append(at, now)
			continue
		}
		if wait >= to-now {
			break
		}
		now += wait
	}
	return out, at
}

func TestPacerPaces(t *testing.T) {
	p, _ := newPacer(1_000_000) // 9.6 ms a packet, 4.8 at the pacing rate
	for n := range 40 {
		p.Push(video(n), 0)
	}
	out, at := drain(p, 0, time.Second)
	if len(out) != 40 || p.Waiting() != 0 {
		t.Fatalf("%d packets left", len(out))
	}
	for i, k := range out {
		if k.Payload != i {
			t.Fatalf("packet %d came as number %d", k.Payload, i)
		}
		if due := time.Duration(i) * 4800 * time.Microsecond; at[i] < due-burst || at[i] > due {
			t.Errorf("packet %d left at %v, due at %v", i, at[i], due)
		}
	}
	if _, wait := p.Next(time.Second); wait != Idle {
		t.Errorf("waits %v for nothing", wait)
	}
}

func TestSoundFirst(t *testing.T) {
	p, _ := newPacer(300_000)
	now := time.Second
	for n := range 10 {
		p.Push(video(n), now)
	}
	p.Next(now)
	p.Push(Packet[int]{Kind: Audio, Bytes: 300}, now+ms)
	if k, wait := p.Next(now + ms); wait != 0 || k.Kind != Audio {
		t.Errorf("%v after %v, while the next packet of picture is not due", k, wait)
	}
	for n := range 100 {
		if p.Push(Packet[int]{Kind: Audio, Bytes: 300}, now+ms) != (n < soundWaits) {
			t.Errorf("packet %d of sound", n)
		}
	}
	for range soundWaits {
		p.Next(now + ms)
	}
	p.Push(again(1, now), now+ms)
	if out, _ := drain(p, now+ms, now+time.Second); out[0].Kind != Again {
		t.Error("a retransmission waits behind the picture")
	}
}

func TestPacerBound(t *testing.T) {
	p, dropped := newPacer(1_000_000) // 400 ms are 50 kB
	pushed := 0
	picture := func(idr bool, packets int) bool {
		if !p.Picture(idr) {
			return false
		}
		for range packets {
			p.Push(video(pushed), 0)
			pushed++
		}
		return true
	}
	if !picture(true, 41) || !picture(false, 4) {
		t.Fatal("an IDR of 330 ms, and what comes after it, is refused")
	}
	if picture(false, 4) || len(*dropped) != 45 || p.Waiting() != 0 {
		t.Fatalf("over the bound: %d thrown away, %d bytes wait", len(*dropped), p.Waiting())
	}
	if picture(false, 4) {
		t.Error("a picture that refers to one that was thrown away is taken")
	}
	if !picture(true, 60) {
		t.Error("an IDR alone is refused")
	}
	if !picture(true, 30) || p.Waiting() != 30*mtu {
		t.Errorf("%d bytes wait after a second IDR over the bound", p.Waiting())
	}
	p.Flush()
	if p.Waiting() != 0 || picture(false, 1) {
		t.Error("not flushed, or a picture is taken that refers to what was")
	}
}

func TestRetransmissionsHaveABudget(t *testing.T) {
	p, _ := newPacer(1_000_000)
	p.Push(again(-1, 0), 0) // the budget begins
	sent := 0
	for now := time.Duration(0); now < 10*time.Second; now += 5 * ms {
		for n := range 20 { // a storm: every packet of late is asked for each 5 ms
			p.Push(again(int(now/ms)+n, now-50*ms), now)
		}
		p.Push(video(0), now)
		out, _ := drain(p, now, now+5*ms)
		for _, k := range out {
			if k.Kind == Again {
				sent += k.Bytes * 8
			}
		}
	}
	if most := 2_000_000 + 100_000 + 10_000; sent > most || sent < 1_900_000 {
		t.Errorf("%d bits sent again in 10 s at 1 Mb/s, want 20 %%", sent)
	}
}

func TestWhatIsNotSentAgain(t *testing.T) {
	p, dropped := newPacer(1_000_000)
	now := time.Second
	for _, c := range []struct {
		name string
		k    Packet[int]
		want bool
	}{
		{"young", again(1, now-400*ms), true},
		{"asked for while it waits", again(1, now-400*ms), false},
		{"old", again(2, now-501*ms), false},
	} {
		if got := p.Push(c.k, now); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	drain(p, now, now+5*ms)
	if p.Push(again(1, now-400*ms), now+79*ms) {
		t.Error("within the round trip")
	}
	if !p.Push(again(1, now-400*ms), now+81*ms) {
		t.Error("refused though it was lost again")
	}
	if out, _ := drain(p, now+200*ms, now+300*ms); len(out) != 0 || len(*dropped) != 1 {
		t.Errorf("%d left, %d thrown away: it grew old while it waited", len(out), len(*dropped))
	}
}

func TestProbeIsFilled(t *testing.T) {
	p, _ := newPacer(1_000_000)
	p.Push(video(0), 0)
	p.Push(video(1), 0)
	p.Probe(Probe{Rate: 4_000_000, Bytes: 10 * mtu}) // 2.4 ms a packet
	out, at := drain(p, 0, time.Second)
	if len(out) != 10 || out[1].Kind != Video || out[2].Kind != Padding || !out[0].Probe || !out[9].Probe {
		t.Fatalf("%+v", out)
	}
	if last := at[9]; last < 9*2400*time.Microsecond-burst || last > 9*2400*time.Microsecond {
		t.Errorf("the last left after %v", last)
	}
	p.Push(video(2), time.Second)
	if k, _ := p.Next(time.Second); k.Probe {
		t.Error("the probe does not end")
	}
}

// Whatever is pushed, it leaves once or is thrown away, in its order, and no faster than the rate allows.
func TestPacerKeepsAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, dropped := newPacer(1_000_000)
		var now time.Duration
		in, out, bits := 0, 0, 0
		last := -1
		for range rapid.IntRange(1, 100).Draw(t, "steps") {
			if p.Picture(rapid.Bool().Draw(t, "idr")) {
				for range rapid.IntRange(1, 50).Draw(t, "packets") {
					p.Push(video(in), now)
					in++
				}
			}
			long := time.Duration(rapid.IntRange(0, 100).Draw(t, "passes")) * ms
			got, _ := drain(p, now, now+long)
			for _, k := range got {
				if k.Payload <= last {
					t.Fatalf("%d after %d", k.Payload, last)
				}
				last = k.Payload
				bits += 8 * k.Bytes
			}
			out += len(got)
			now += long
		}
		if in != out+len(*dropped)+p.queues[Video].len() {
			t.Fatalf("%d in, %d out, %d thrown away, %d wait", in, out, len(*dropped), p.queues[Video].len())
		}
		if most := int(2_000_000*(now+burst).Seconds()) + 2*8*mtu; bits > most {
			t.Fatalf("%d bits in %v", bits, now)
		}
	})
}

func TestPacerNoAllocation(t *testing.T) {
	p, _ := newPacer(4_000_000)
	var now time.Duration
	round := func() {
		for n := range 10 {
			p.Push(video(n), now)
		}
		drain10(p, &now)
	}
	round()
	if n := testing.AllocsPerRun(100, round); n > 0 {
		t.Errorf("%.1f allocations for 10 packets", n)
	}
}

// drain10 takes ten packets.
func drain10(p *Pacer[int], now *time.Duration) {
	for range 10 {
		for {
			_, wait := p.Next(*now)
			if wait == 0 {
				break
			}
			*now += wait
		}
	}
}

func BenchmarkPacer(b *testing.B) {
	p, _ := newPacer(4_000_000)
	var now time.Duration
	b.ReportAllocs()
	for b.Loop() {
		p.Push(video(0), now)
		for {
			_, wait := p.Next(now)
			if wait == 0 {
				break
			}
			now += wait
		}
	}
}
