//go:build bench

package bench

import (
	"slices"
	"testing"
	"time"
)

// What law 1 allows, with what the bench's own clocks and its one CPU add.
const (
	leavingFor   = 500 * time.Millisecond // after a packet of camera or microphone
	confirmedFor = 3 * time.Second        // after the last report that covered one
	slack        = 50 * time.Millisecond  // the panel's edges are up to 25 ms late, and a fast blink begins with its lit half
	recorded     = 5 * time.Millisecond   // a line that changed is read, where the bench runs in real time
	blink        = 500 * time.Millisecond // the longest dark half of a light that blinks
	fastHalf     = 125 * time.Millisecond
)

// law1 compares the recorded red line with the packets that were captured on the wire, from begin to end:
// red steady means that media leaves and reports come back; media that leaves means that red is lit or blinks.
// Packets of a cut (slate and silence) are between cut and uncut and are left out.
func law1(t testing.TB, b *box, begin, end time.Duration) {
	t.Helper()
	red := slices.DeleteFunc(intervals(b.red.Changes(), end), func(l lit) bool { return l.to < begin })
	sent, reports := b.media(begin, end)
	redIsTrue(t, red, sent, reports)
	leavingIsLit(t, red, sent)
}

// media is when packets of media left and reports of the relay came.
func (b *box) media(begin, end time.Duration) (sent, reports []time.Duration) {
	b.t.Helper()
	for _, p := range b.wire.Packets() {
		switch {
		case p.At < begin || p.At > end:
		case p.Kind == RTP && p.Dst.Port() == b.relayPort:
			sent = append(sent, p.At)
		case p.Kind == RTCP && p.Src.Port() == b.relayPort:
			reports = append(reports, p.At)
		}
	}
	if len(sent) == 0 {
		b.t.Fatal("no packet left the box: the law was not tried")
	}
	return sent, reports
}

// lit is a time for which the line was high.
type lit struct{ from, to time.Duration }

func intervals(changes []Change, end time.Duration) (all []lit) {
	for i, c := range changes {
		to := end
		if i+1 < len(changes) {
			to = changes[i+1].At
		}
		if c.Level == High {
			all = append(all, lit{c.At, to})
		}
	}
	return all
}

// redIsTrue: wherever red is steady, a packet left within 500 ms before, and a report came within 3 s before.
func redIsTrue(t testing.TB, red []lit, sent, reports []time.Duration) {
	t.Helper()
	steady := 0
	for _, r := range red {
		if r.to-r.from <= blink+slack {
			continue // the lit half of a blink
		}
		steady++
		// It may have been the lit half of a fast blink that was lit when the relay confirmed.
		for at := r.from + fastHalf; at < r.to; at += 20 * time.Millisecond {
			if last := before(sent, at); at-last > leavingFor+slack {
				t.Errorf("red is steady at %v, and the last packet left %v before", at, at-last)
				break
			}
			if last := before(reports, at); at-last > confirmedFor+slack {
				t.Errorf("red is steady at %v, and the relay's last report came %v before", at, at-last)
				break
			}
		}
	}
	t.Logf("law 1: red was steady %d times, %d packets, %d reports", steady, len(sent), len(reports))
}

// leavingIsLit: wherever a packet leaves, red is lit or was within the dark half of a blink.
func leavingIsLit(t testing.TB, red []lit, sent []time.Duration) {
	t.Helper()
	i := 0
	for _, at := range sent {
		for i+1 < len(red) && red[i+1].from <= at+recorded {
			i++
		}
		if len(red) == 0 || red[i].from > at+recorded || at-red[i].to > blink+slack {
			t.Errorf("a packet left at %v, and red was dark", at)
			return
		}
	}
}

// before is the last of the sorted times that is not after at; long ago where there is none.
func before(times []time.Duration, at time.Duration) time.Duration {
	low, high := 0, len(times)
	for low < high {
		if mid := (low + high) / 2; times[mid] <= at {
			low = mid + 1
		} else {
			high = mid
		}
	}
	if low == 0 {
		return at - time.Hour
	}
	return times[low-1]
}

// TestLaw1CanFail holds that the check sees a light that lies, in both directions.
func TestLaw1CanFail(t *testing.T) {
	ms := func(n int) time.Duration { return time.Duration(n) * time.Millisecond }
	packets := func(from, to int) (all []time.Duration) {
		for n := from; n < to; n += 20 {
			all = append(all, ms(n))
		}
		return all
	}
	for _, c := range []struct {
		name          string
		red           []lit
		sent, reports []time.Duration
		lies          bool
	}{
		{"true", []lit{{ms(900), ms(990)}, {ms(1020), ms(5400)}}, packets(1000, 5000), packets(1000, 5000), false},
		{"steady for a second after the last packet", []lit{{ms(900), ms(6000)}}, packets(1000, 5000), packets(1000, 6000), true},
		{"steady without reports", []lit{{ms(900), ms(9000)}}, packets(1000, 9000), packets(1000, 5000), true},
		{"dark while packets leave", []lit{{ms(900), ms(3000)}}, packets(1000, 5000), packets(1000, 5000), true},
		{"lit after the first packet", []lit{{ms(1010), ms(5000)}}, packets(1000, 5000), packets(1000, 5000), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			seen := &complaints{TB: t}
			redIsTrue(seen, c.red, c.sent, c.reports)
			leavingIsLit(seen, c.red, c.sent)
			if (seen.count > 0) != c.lies {
				t.Errorf("%d complaints", seen.count)
			}
		})
	}
}

// complaints counts what a check would have failed with.
type complaints struct {
	testing.TB
	count int
}

func (c *complaints) Errorf(string, ...any) { c.count++ }
func (c *complaints) Logf(string, ...any)   {}
