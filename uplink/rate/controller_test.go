package rate

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestReport(t *testing.T) {
	second := func(loss float64, rtt time.Duration) Feedback {
		return Feedback{Loss: loss, RTT: rtt, Interval: time.Second, Sent: 1_000_000}
	}
	const ms = time.Millisecond
	o := Options{Min: 300_000, Start: 1_000_000, Max: 4_096_000, Audio: 96_000}
	for name, c := range map[string]struct {
		in   []Feedback
		want int
	}{
		"nothing heard":                 {nil, 1_000_000},
		"nothing lost":                  {[]Feedback{second(0, 50*ms)}, 1_080_000},
		"rises by time, not by reports": {[]Feedback{{Interval: 500 * ms, Sent: 1_000_000}}, 1_040_000},
		"between the bounds":            {[]Feedback{second(.05, 50*ms)}, 1_000_000},
		"a fifth lost":                  {[]Feedback{second(.2, 50*ms)}, 900_000},
		"pays once":                     {[]Feedback{second(.2, 50*ms), second(.2, 50*ms)}, 900_000},
		"and again when it goes on":     {[]Feedback{second(.2, 50*ms), second(.2, 50*ms), second(.2, 50*ms)}, 810_000},
		"half of it is sent":            {[]Feedback{{Interval: time.Second, Sent: 500_000}}, 1_080_000},
		"little is sent":                {[]Feedback{{Interval: time.Second, Sent: 499_000}}, 1_000_000},
		"little is sent, and lost":      {[]Feedback{{Loss: .2, Interval: time.Second}}, 900_000},
		"all lost":                      {[]Feedback{second(1, 0)}, 500_000},
		"a queue grows":                 {[]Feedback{second(0, 50*ms), second(0, 250*ms)}, 1_080_000},
		"the interval is an hour":       {[]Feedback{{Interval: time.Hour, Sent: 1_000_000}}, 1_400_000},
		"a loss over all":               {[]Feedback{second(7, 50*ms)}, 500_000},
		"a negative loss and interval":  {[]Feedback{{Loss: -1, Interval: -time.Hour}}, 1_000_000},
		"not a number":                  {[]Feedback{second(math.NaN(), 50*ms)}, 1_000_000},
	} {
		t.Run(name, func(t *testing.T) {
			k := New(o)
			for _, f := range c.in {
				k.Report(f)
			}
			if d := k.Target() - c.want; d < -1 || d > 1 {
				t.Errorf("%d bit/s, want %d", k.Target(), c.want)
			}
		})
	}
}

// A path that has become a longer one, for good, does not hold the rate down for ever.
func TestShortestRoundTripIsForgotten(t *testing.T) {
	k := New(Options{Min: 300_000, Start: 1_000_000, Max: 4_000_000})
	report := func(rtt time.Duration) bool {
		was := k.Target()
		return k.Report(Feedback{RTT: rtt, Interval: time.Second, Sent: 4_000_000}) > was
	}
	if !report(40 * time.Millisecond) {
		t.Fatal("held where no queue grows")
	}
	held := 0
	for !report(400*time.Millisecond) && held < 100 {
		held++
	}
	if held < 30 || held > 60 {
		t.Errorf("held for %d s", held)
	}
	if !report(40*time.Millisecond) || report(400*time.Millisecond) {
		t.Error("the shorter round trip that came back does not count")
	}
}

func TestCeilingLeavesRoomForTheSound(t *testing.T) {
	k := New(Options{Min: 300_000, Start: 9_000_000, Max: 4_000_000, Audio: 96_000})
	if got := k.Target(); got != 3_904_000 {
		t.Errorf("%d bit/s, want Max less Audio", got)
	}
	if got := New(Options{Min: 300_000, Max: 200_000}).Target(); got != 300_000 {
		t.Errorf("%d bit/s, want the floor where the ceiling is below it", got)
	}
}

// Whatever a relay reports, the rate stays within its bounds, and comes to the floor under lasting loss.
func TestBoundsHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := New(Options{Min: 300_000, Start: 1_000_000, Max: 4_000_000})
		for range rapid.IntRange(0, 200).Draw(t, "reports") {
			got := k.Report(Feedback{
				Loss:     rapid.Float64().Draw(t, "loss"),
				RTT:      time.Duration(rapid.Int64().Draw(t, "rtt")),
				Interval: time.Duration(rapid.Int64().Draw(t, "interval")),
				Sent:     rapid.Int().Draw(t, "sent"),
			})
			if got < 300_000 || got > 4_000_000 {
				t.Fatalf("%d bit/s", got)
			}
		}
		for range 100 {
			k.Report(Feedback{Loss: 0.5, RTT: 80 * time.Millisecond, Interval: time.Second})
		}
		if k.Target() != 300_000 {
			t.Fatalf("%d bit/s under lasting loss", k.Target())
		}
	})
}
