package rate

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

const ms = time.Millisecond

var bounds = Options{Min: 300_000, Start: 1_000_000, Max: 4_000_000, Audio: 96_000}

// road is a way to a relay and back with 20 ms each: packets of 1200 bytes each 5 ms or so leave at some rate, and each
// 100 ms a feedback tells of them.
type road struct {
	e       *Estimator
	now     time.Duration
	number  uint16
	rate    int           // bits a second that are sent
	delay   time.Duration // one way
	lose    int           // every so many-th packet, 0 for none
	deaf    bool          // feedback does not come
	pending []Arrival
	told    time.Duration
	left    float64 // bits that may be sent
}

func newRoad(rate int) *road {
	return &road{e: NewEstimator(bounds, true), rate: rate, delay: 20 * ms, number: 65_000, now: time.Hour}
}

// run lets time pass in steps of 5 ms. The receiver's clock is a minute behind.
func (r *road) run(long time.Duration) {
	for end := r.now + long; r.now < end; r.now += 5 * ms {
		for r.left += float64(r.rate) * 0.005; r.left >= 1200*8; r.left -= 1200 * 8 {
			r.e.Sent(Sent{Number: r.number, Bytes: 1200, At: r.now, Kind: Video})
			r.pending = append(r.pending, Arrival{
				Number: r.number, Arrived: r.lose == 0 || int(r.number)%r.lose != 0, At: r.now + r.delay - time.Minute,
			})
			r.number++
		}
		if r.now-r.told >= 100*ms {
			if !r.deaf {
				r.e.Feedback(r.now+r.delay+20*ms, r.pending)
			}
			r.pending, r.told = r.pending[:0], r.now
		}
		r.e.Tick(r.now)
	}
}

func TestStartsWithinBounds(t *testing.T) {
	for _, c := range []struct {
		o       Options
		picture int
	}{
		{bounds, 1_000_000},
		{Options{Min: 300_000, Start: 100_000, Max: 4_000_000, Audio: 96_000}, 300_000},
		{Options{Min: 300_000, Start: 9_000_000, Max: 4_000_000}, 4_000_000 * (1200 - Headers) / 1200},
		{Options{Min: 300_000, Start: 300_000, Max: 100_000, Audio: 96_000}, 300_000},
	} {
		e := NewEstimator(c.o, true)
		if d := e.Picture() - c.picture; d < -1 || d > 1 {
			t.Errorf("%+v: the picture has %d bit/s, want %d", c.o, e.Picture(), c.picture)
		}
	}
}

func TestGrowsWhileUsed(t *testing.T) {
	r := newRoad(1_200_000)
	r.run(5 * time.Second)
	if grown := r.e.Target(); grown < 1_500_000 || grown > 1_650_000 {
		t.Errorf("%d bit/s while 1.2 Mb/s is sent: it shall grow as far as that is three quarters", grown)
	}
	r = newRoad(400_000)
	was := r.e.Target()
	r.run(30 * time.Second)
	if r.e.Target() != was {
		t.Errorf("%d bit/s, and %d were sent", r.e.Target(), r.rate)
	}
}

// Nothing below the organiser's minimum, whatever happens.
func TestQueueAndFloor(t *testing.T) {
	r := newRoad(1_177_000)
	r.run(2 * time.Second)
	was := r.e.Target()
	for range 5 { // the queue grows by 20 ms in 100
		r.delay += 20 * ms
		r.run(100 * ms)
	}
	if got := r.e.Target(); got > was*9/10 || r.e.Figures(r.now).Cause != Queued {
		t.Errorf("%d bit/s after %d, for %v", got, was, r.e.Figures(r.now).Cause)
	}
	for range 300 {
		r.delay += 20 * ms
		r.rate = r.e.Target() * 9 / 10
		r.run(100 * ms)
		if r.e.Picture() < bounds.Min {
			t.Fatalf("%d bit/s", r.e.Picture())
		}
	}
}

// A queue that follows no decrease is not ours, and no reason to give up.
func TestForeignQueue(t *testing.T) {
	r := newRoad(1_177_000)
	r.run(2 * time.Second)
	r.delay += 150 * ms
	for range 100 {
		r.rate = r.e.Target()
		r.run(100 * ms)
	}
	if got := r.e.Target(); got < 1_000_000 {
		t.Errorf("%d bit/s on a path that has become longer", got)
	}
}

func TestSteadyLossIsNoCongestion(t *testing.T) {
	for _, lose := range []int{50, 20, 10} {
		r := newRoad(0)
		r.lose = lose
		for range 300 {
			r.rate = r.e.Target()
			r.run(100 * ms)
		}
		if got := r.e.Target(); got < 3_600_000 {
			t.Errorf("%d bit/s where one packet in %d is lost", got, lose)
		}
	}
}

func TestMuchLoss(t *testing.T) {
	r := newRoad(1_177_000)
	r.run(2 * time.Second)
	r.lose = 2
	r.run(2 * time.Second)
	if got := r.e.Target(); got > 700_000 || r.e.Figures(r.now).Cause != Lost {
		t.Errorf("%d bit/s where every other packet is lost, for %v", got, r.e.Figures(r.now).Cause)
	}
}

func TestSilence(t *testing.T) {
	r := newRoad(1_177_000)
	r.run(2 * time.Second)
	was := r.e.Target()
	r.deaf = true
	r.run(350 * ms)
	if got := r.e.Target(); got != was {
		t.Errorf("%d bit/s after 350 ms without feedback, was %d", got, was)
	}
	r.run(350 * ms)
	if got := r.e.Target(); got != was/2 {
		t.Errorf("%d bit/s after 700 ms without feedback, was %d", got, was)
	}
	r.deaf = false
	r.run(150 * ms)
	if got := r.e.Target(); got < was {
		t.Errorf("%d bit/s after only feedback was lost, was %d", got, was)
	}
	r.deaf = true
	r.run(2300 * ms)
	if got := r.e.Target(); got != int(r.e.floor) {
		t.Errorf("%d bit/s after 2 s without feedback", got)
	}
	r.deaf = false
	r.run(700 * ms)
	if p, ok := r.e.Probe(); !ok || p.Rate < was {
		t.Errorf("no probe of what was before: %+v, %v", p, ok)
	}
}

// While nothing is sent, nothing is missing.
func TestIdleIsNoSilence(t *testing.T) {
	r := newRoad(1_177_000)
	r.run(2 * time.Second)
	was := r.e.Target()
	r.rate = 0
	r.run(time.Minute)
	r.rate = 500_000
	r.run(300 * ms)
	if got := r.e.Target(); got != was {
		t.Errorf("%d bit/s after a pause, was %d", got, was)
	}
}

func TestReceiverReportsAlone(t *testing.T) {
	r := newRoad(1_177_000)
	r.e = NewEstimator(bounds, false)
	r.deaf = true
	began := r.e.Target()
	r.run(5 * time.Second)
	if got := r.e.Target(); got != began {
		t.Errorf("%d bit/s, was %d: a report each 5 s is what RFC 3550 asks for", got, began)
	}
	for range 5 {
		r.run(time.Second)
		r.e.Report(r.now, Feedback{Interval: time.Second, Sent: 1_000_000, RTT: 40 * ms})
	}
	if got := r.e.Picture(); got < 1_300_000 || r.e.Figures(r.now).Cause != Reported {
		t.Errorf("%d bit/s for the picture, for %v", got, r.e.Figures(r.now).Cause)
	}
	was := r.e.Target()
	r.run(2600 * ms)
	if got := r.e.Target(); got != was/2 {
		t.Errorf("%d bit/s without a report for 2.6 s, was %d", got, was)
	}
	r.deaf = false
	r.run(time.Second)
	now := r.e.Target()
	r.e.Report(r.now, Feedback{Loss: 1, Interval: time.Second})
	if r.e.Target() != now {
		t.Error("a receiver report decides though there is transport-wide feedback")
	}
}

// Retransmissions and sound are the encoder's loss.
func TestPictureIsTheRest(t *testing.T) {
	e := NewEstimator(bounds, true)
	for i := range 5 * 50 {
		at := time.Duration(i) * 20 * ms
		e.Sent(Sent{Number: uint16(3 * i), Bytes: 240 + Headers, At: at, Kind: Audio}) // 121.6 kb/s
		e.Sent(Sent{Number: uint16(3*i + 1), Bytes: 500, At: at, Kind: Again})         // 200 kb/s
		e.Sent(Sent{Number: uint16(3*i + 2), Bytes: 640, At: at, Kind: Video})         // a tenth is headers
	}
	want := 0.9 * (e.target - 321_600)
	if got := float64(e.Picture()); got < 0.95*want || got > 1.1*want {
		t.Errorf("%.0f bit/s for the picture of %.0f, want about %.0f", got, e.target, want)
	}
}

// Whatever a relay says, the target stays within its bounds and nothing panics.
func TestAnyFeedback(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := NewEstimator(bounds, true)
		var now time.Duration
		for range rapid.IntRange(0, 30).Draw(t, "steps") {
			now += time.Duration(rapid.Int64Range(0, int64(time.Second)).Draw(t, "passed"))
			for range rapid.IntRange(0, 50).Draw(t, "packets") {
				probe := rapid.Bool().Draw(t, "probe")
				e.Sent(Sent{Number: rapid.Uint16().Draw(t, "sent"), Bytes: 1200, At: now, Kind: Video, Probe: probe})
			}
			e.Feedback(now, rapid.SliceOf(rapid.Custom(func(t *rapid.T) Arrival {
				at := time.Duration(rapid.Int64().Draw(t, "at"))
				return Arrival{rapid.Uint16().Draw(t, "number"), rapid.Bool().Draw(t, "arrived"), at}
			})).Draw(t, "feedback"))
			e.Tick(now)
			if got := e.Target(); got < int(e.floor) || got > bounds.Max || e.Picture() < bounds.Min {
				t.Fatalf("%d bit/s", got)
			}
		}
	})
}

// A queue that was taken for another's, and is ours after all: every other packet is lost at its end.
func TestForeignQueueWasOurs(t *testing.T) {
	r := newRoad(1_177_000)
	r.run(2 * time.Second)
	r.delay += 150 * ms
	for range 30 {
		if r.e.Figures(r.now).Shared {
			break
		}
		r.rate = r.e.Target()
		r.run(100 * ms)
	}
	if !r.e.Figures(r.now).Shared {
		t.Fatal("a queue that follows nothing is taken for ours")
	}
	r.lose = 2
	r.run(time.Second)
	if f := r.e.Figures(r.now); f.Shared || f.Target > 600_000 {
		t.Errorf("%+v", f)
	}
}

// A probe that fills a queue which is full already arrives as fast as it left, and half of it does not arrive.
func TestProbeThatIsDropped(t *testing.T) {
	for lose, want := range map[int]int{0: 1_900_000, 2: 1_177_000} {
		r := newRoad(1_177_000)
		r.run(200 * ms)
		p, ok := r.e.Probe()
		if !ok {
			t.Fatal("no probe after the start")
		}
		before := r.e.Target()
		for left := p.Bytes; left > 0; left -= 1200 {
			r.e.Sent(Sent{Number: r.number, Bytes: 1200, At: r.now, Kind: Padding, Probe: true})
			r.pending = append(r.pending, Arrival{
				Number: r.number, Arrived: lose == 0 || r.number%2 == 0, At: r.now + r.delay - time.Minute,
			})
			r.number++
			r.now += 9600 * time.Second / time.Duration(p.Rate)
		}
		r.run(200 * ms)
		if got := r.e.Target(); got < want || lose != 0 && got > before*11/10 {
			t.Errorf("%d bit/s after a probe of %d, before %d, every %d. lost", got, p.Rate, before, lose)
		}
	}
}

// Feedback about packets that were never sent, or said twice, moves nothing.
func TestForgedAndReplayed(t *testing.T) {
	r := newRoad(1_177_000)
	r.run(100 * time.Second) // more packets than are remembered
	was := *r.e
	old := []Arrival{{Number: r.number - 200, Arrived: true, At: time.Hour}}
	for i := range 100 {
		r.e.Feedback(r.now, []Arrival{{Number: r.number + uint16(i), Arrived: true, At: time.Hour}})
		r.e.Feedback(r.now, old)
	}
	if *r.e != was {
		t.Error("the state is another one")
	}
}

func TestNoAllocation(t *testing.T) {
	r := newRoad(4_000_000)
	r.run(5 * time.Second)
	if n := testing.AllocsPerRun(100, func() { r.run(100 * ms) }); n > 0 {
		t.Errorf("%.1f allocations in 100 ms", n)
	}
}

// BenchmarkPacket is the price of one packet, with its part of the feedback and of the ticks.
func BenchmarkPacket(b *testing.B) {
	r := newRoad(4_000_000)
	r.run(time.Second)
	b.ReportAllocs()
	first := r.number
	packets := 0
	for b.Loop() {
		r.run(100 * ms)
		packets += int(r.number - first)
		first = r.number
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(packets), "ns/packet")
}
