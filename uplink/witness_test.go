package uplink

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

const ms = time.Millisecond

// naive is the law as it is written: everything that was ever sent, searched each time.
type naive struct {
	window time.Duration
	sent   []struct {
		number int64
		filler bool
		at     time.Duration
	}
	covered int64
	proven  []time.Duration // when packets that were newly covered were sent
}

func (n *naive) report(number int64) {
	newest := time.Duration(-1)
	for _, p := range n.sent {
		if p.number > n.covered && p.number <= number && !p.filler {
			newest = max(newest, p.at)
		}
	}
	if newest >= 0 {
		n.proven = append(n.proven, newest)
	}
	n.covered = max(n.covered, number)
}

func (n *naive) confirmed(now time.Duration) bool {
	for _, at := range n.proven {
		if now-at <= n.window {
			return true
		}
	}
	return false
}

func (n *naive) leaving(now time.Duration) bool {
	for _, p := range n.sent {
		if !p.filler && now-p.at <= leavingFor {
			return true
		}
	}
	return false
}

func TestWitnessAgainstTheLaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const ssrc = 7
		first := int64(rapid.Uint16Range(1, 1<<15).Draw(t, "first"))
		if rapid.Bool().Draw(t, "soon past the wrap") {
			first = 1<<16 - int64(rapid.IntRange(1, 50).Draw(t, "before"))
		}
		next := first
		w, n := newWitness(confirmedFor), &naive{window: confirmedFor, covered: first - 1}
		var now time.Duration
		var last int64 // reported; the same again proves nothing, even if such a packet was sent meanwhile
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			now += time.Duration(rapid.IntRange(0, 900).Draw(t, "ms")) * ms
			switch rapid.IntRange(0, 5).Draw(t, "what") {
			case 0, 1, 2:
				filler := rapid.IntRange(0, 3).Draw(t, "filler") == 0
				for range rapid.IntRange(1, 20).Draw(t, "packets") {
					w.Sent(ssrc, uint16(next), filler, now)
					n.sent = append(n.sent, struct {
						number int64
						filler bool
						at     time.Duration
					}{next, filler, now})
					next++
				}
			case 3: // a true report, perhaps an old one
				if next == first {
					continue
				}
				number := rapid.Int64Range(first, next-1).Draw(t, "reported")
				if number == last {
					continue
				}
				last = number
				w.Report(ssrc, uint32(number))
				n.report(number)
			case 4: // the last one again, another stream's, or a retransmission: nothing
				if last != 0 {
					w.Report(ssrc, uint32(last))
				}
				w.Report(ssrc+1, uint32(next-1))
				if next != first {
					w.Sent(ssrc, uint16(rapid.Int64Range(max(first, next-1000), next-1).Draw(t, "again")), false, now)
				}
			case 5: // of what was never sent
				if next == first {
					continue // not a stream yet
				}
				last = next + int64(rapid.IntRange(0, 1<<14).Draw(t, "ahead"))
				w.Report(ssrc, uint32(last))
			}
			if got, want := w.Leaving(now), n.leaving(now); got != want {
				t.Fatalf("at %v: leaving %v, want %v", now, got, want)
			}
			if got, want := w.Confirmed(now), n.confirmed(now); got != want {
				t.Fatalf("at %v: confirmed %v, want %v", now, got, want)
			}
			if until := w.Until(now); until > 0 {
				if end := now + until; w.Leaving(end) && w.Confirmed(end) || !w.Leaving(end-1) || !w.Confirmed(end-1) {
					t.Fatalf("at %v: both hold until %v?", now, end)
				}
			}
		}
	})
}

// A receiver that never got a packet reports 0 each second (pion's do). Our numbers come past 0.
func TestReportOfNothingProvesNothing(t *testing.T) {
	w := newWitness(confirmedFor)
	for seq := 65000; seq < 65536+200; seq++ {
		w.Sent(1, uint16(seq), false, time.Duration(seq)*ms)
		w.Report(1, 0)
		if w.Confirmed(time.Duration(seq) * ms) {
			t.Fatalf("confirmed at sequence number %d", seq)
		}
	}
}

func TestFeedbackProvesOnce(t *testing.T) {
	w := newWitness(confirmedFor)
	now := time.Minute
	for i := range 70000 { // past the wrap
		w.Tagged(uint16(i), i%2 == 1, now+time.Duration(i)*ms)
	}
	now += 70000 * ms
	for number, want := range map[int]bool{
		69998: true,  // of camera or microphone
		69999: false, // filler, or sent again
		70001: false, // never sent
		60000: false, // too long ago to be remembered
	} {
		if got := w.Received(uint16(number)); got != want {
			t.Errorf("packet %d proves something: %v", number, got)
		}
	}
	if w.Received(uint16(69998 & 0xffff)) {
		t.Error("the same packet proves twice")
	}
	if !w.Confirmed(now) || w.Confirmed(now+confirmedFor) {
		t.Error("it is confirmed for the window's time after it was sent")
	}
}

func TestWitnessDoesNotAllocate(t *testing.T) {
	w := newWitness(confirmedFor)
	var seq uint16
	w.Sent(1, seq, false, 0)
	if n := testing.AllocsPerRun(1000, func() {
		seq++
		w.Sent(1, seq, false, 0)
		w.Tagged(seq, false, 0)
		w.Report(1, uint32(seq))
		w.Received(seq)
	}); n != 0 {
		t.Errorf("%v allocations a packet", n)
	}
}

// A relay may claim to have got what was not sent yet.
func TestFeedbackBeforeTheFirstPacket(t *testing.T) {
	w := newWitness(confirmedFor)
	if w.Received(0) || w.Received(65534) || w.Confirmed(0) {
		t.Error("confirmed, but nothing was sent")
	}
}
