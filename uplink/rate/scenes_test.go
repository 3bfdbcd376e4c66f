package rate_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"vigie/uplink/rate"
	"vigie/uplink/rate/ratetest"
)

const (
	ms = time.Millisecond
	s  = time.Second
)

var options = rate.Options{Min: 300_000, Start: 1_000_000, Max: 4_000_000, Audio: 96_000}

// venue is a box whose feedback comes as pion's relays send it, 40 ms of round trip away.
func venue() ratetest.Box {
	return ratetest.Box{Path: ratetest.Path{Delay: 20 * ms, Jitter: 5 * ms}, Options: options}
}

func bottleneck(steps ...ratetest.Step) ratetest.Link {
	return ratetest.Link{Steps: steps, Queue: 300 * ms}
}

// figure is one number of a scene, over its repeats. Its worst is held to limit, and its median to median where that is
// not 0.
type figure struct {
	name   string
	limit  float64
	most   bool // the limits are the most, not the least
	median float64
	got    []float64
}

func (f figure) short(v, limit float64) bool {
	return f.most && v > limit || !f.most && v < limit
}

// play plays a row of the table with as many seeds as there are repeats, and holds each figure to its limits.
func play(t *testing.T, sc ratetest.Scene, figures []figure, measure func([]*ratetest.Trace) []float64) {
	t.Helper()
	for seed := range uint64(repeats) {
		sc.Seed = seed + 1
		for i, v := range measure(ratetest.Run(sc)) {
			figures[i].got = append(figures[i].got, v)
		}
	}
	for _, f := range figures {
		slices.Sort(f.got)
		worst, median := f.got[0], f.got[len(f.got)/2]
		if f.most {
			worst = f.got[len(f.got)-1]
		}
		t.Logf("%-36s limit %6.2f  median %6.2f  worst %6.2f", f.name, f.limit, median, worst)
		if f.short(worst, f.limit) || f.median != 0 && f.short(median, f.median) {
			t.Errorf("%s: median %.2f, worst %.2f", f.name, median, worst)
		}
	}
}

// first returns the seconds after from until holds is true of a slot.
func first(from, to time.Duration, holds func(slot int) bool) float64 {
	for at := from; at < to; at += ratetest.Slot {
		if holds(int(at / ratetest.Slot)) {
			return (at + ratetest.Slot - from).Seconds()
		}
	}
	return (to - from).Seconds()
}

// least is the least used share of any window of so long.
func least(t *ratetest.Trace, from, to, long time.Duration) float64 {
	low := 1.0
	for at := from; at+long <= to; at += ratetest.Slot {
		low = min(low, t.Used(at, at+long))
	}
	return low
}

// busy tells whether the last second used so much of the link.
func busy(t *ratetest.Trace, share float64) func(slot int) bool {
	return func(i int) bool {
		return t.Used(time.Duration(i-9)*ratetest.Slot, time.Duration(i+1)*ratetest.Slot) >= share
	}
}

func TestSceneStepDown(t *testing.T) {
	const at, end = 20 * s, 60 * s
	play(t, ratetest.Scene{
		Long: end, Boxes: []ratetest.Box{venue()},
		Link: bottleneck(ratetest.Step{Rate: 2_500_000}, ratetest.Step{From: at, Rate: 1_000_000}),
	}, []figure{
		{name: "2.5 -> 1 Mb/s: under the link, s", limit: 1, most: true},
		{name: "used afterwards", limit: 0.8, median: 0.94},
		{name: "least used in 3 s", limit: 0.6},
		{name: "queue under 100 ms, s", limit: 3, most: true},
		{name: "longest freeze, s", limit: 2, most: true},
	}, func(tr []*ratetest.Trace) []float64 {
		x := tr[0]
		return []float64{
			first(at, end, func(i int) bool { return x.Target[i] <= 1_000_000 }),
			x.Used(at+s, end), least(x, at, end, 3*s),
			first(at+500*ms, end, func(i int) bool { return x.Queue[i] < 100*ms }) + 0.5,
			x.Freeze.Seconds(),
		}
	})
}

func TestSceneStartAbove(t *testing.T) {
	const end = 30 * s
	b := venue()
	b.Options.Start = 2_000_000
	link := bottleneck(ratetest.Step{Rate: 1_200_000})
	play(t, ratetest.Scene{Long: end, Boxes: []ratetest.Box{b}, Link: link}, []figure{
		{name: "start at 2 on 1.2: first picture, s", limit: 2, most: true},
		{name: "80 % used, s", limit: 5, most: true},
		{name: "least used in 3 s", limit: 0.6},
		{name: "used afterwards", limit: 0.8},
	}, func(tr []*ratetest.Trace) []float64 {
		x := tr[0]
		return []float64{x.First.Seconds(), first(s, end, busy(x, 0.8)) + 1, least(x, s, end, 3*s), x.Used(5*s, end)}
	})
}

// RFC 8867, 5.1: variable available capacity with a single flow, with the rates of a venue.
func TestSceneRFC8867(t *testing.T) {
	play(t, ratetest.Scene{Long: 100 * s, Boxes: []ratetest.Box{venue()}, Link: bottleneck(
		ratetest.Step{Rate: 1_000_000}, ratetest.Step{From: 40 * s, Rate: 2_500_000},
		ratetest.Step{From: 60 * s, Rate: 600_000}, ratetest.Step{From: 80 * s, Rate: 1_000_000},
	)}, []figure{
		{name: "1 -> 2.5 Mb/s: 90 % used, s", limit: 10, most: true},
		{name: "0.6 -> 1 Mb/s: 90 % used, s", limit: 10, most: true},
		{name: "least used in 3 s, not in rises", limit: 0.6},
		{name: "used in all", limit: 0.8, median: 0.94},
	}, func(tr []*ratetest.Trace) []float64 {
		x := tr[0]
		return []float64{
			first(41*s, 60*s, busy(x, 0.9)) + 1, first(81*s, 100*s, busy(x, 0.9)) + 1,
			min(least(x, 5*s, 40*s, 3*s), least(x, 50*s, 80*s, 3*s), least(x, 90*s, 100*s, 3*s)), x.Used(0, 100*s),
		}
	})
}

func TestSceneLoss(t *testing.T) {
	for _, c := range []struct{ loss, least, freeze float64 }{{.02, .9, .5}, {.05, .8, 2}, {.1, .6, 4}} {
		t.Run(fmt.Sprintf("%.0f %%", 100*c.loss), func(t *testing.T) {
			b := venue()
			b.Delay, b.Loss = 40*ms, c.loss
			play(t, ratetest.Scene{
				Long: 60 * s, Boxes: []ratetest.Box{b}, Link: bottleneck(ratetest.Step{Rate: 20_000_000}),
			}, []figure{
				{name: "of the ceiling", limit: c.least},
				{name: "of the ceiling, least in 3 s", limit: c.least - 0.1},
				{name: "longest freeze, s", limit: c.freeze, most: true},
			}, func(tr []*ratetest.Trace) []float64 {
				x := tr[0]
				return []float64{x.Rate(10*s, 60*s) / 4e6, 5 * least(x, 10*s, 60*s, 3*s), x.Freeze.Seconds()}
			})
		})
	}
}

func TestSceneShared(t *testing.T) {
	const end = 60 * s
	late := venue()
	late.From = 5 * s
	download := ratetest.Download{From: 5 * s, To: end, Delay: 20 * ms}
	reno := download
	reno.Reno = true
	for _, c := range []struct {
		other string
		ratetest.Scene
	}{
		{"another of us", ratetest.Scene{Boxes: []ratetest.Box{venue(), late}}},
		{"CUBIC", ratetest.Scene{Boxes: []ratetest.Box{venue()}, Downloads: []ratetest.Download{download}}},
		{"Reno", ratetest.Scene{Boxes: []ratetest.Box{venue()}, Downloads: []ratetest.Download{reno}}},
	} {
		t.Run(c.other, func(t *testing.T) {
			c.Long, c.Link = end, bottleneck(ratetest.Step{Rate: 4_000_000})
			play(t, c.Scene, []figure{
				{name: "4 Mb/s, beside " + c.other, limit: .25},
				{name: c.other, limit: .25},
				{name: "least in 3 s", limit: .05},
			}, func(tr []*ratetest.Trace) []float64 {
				return []float64{tr[0].Used(15*s, end), tr[1].Used(15*s, end), least(tr[0], 15*s, end, 3*s)}
			})
		})
	}
}

// A link that was down is used again soon, and a feedback that is lost for a while costs little.
func TestSceneSilence(t *testing.T) {
	for _, c := range []struct {
		name string
		down time.Duration
		back bool
	}{{"link down 2 s", 2 * s, false}, {"link down 10 s", 10 * s, false}, {"feedback lost for 1 s", s, true}} {
		t.Run(c.name, func(t *testing.T) {
			const at, end = 15 * s, 40 * s
			b, link := venue(), bottleneck(ratetest.Step{Rate: 3_000_000})
			if c.back {
				b.BackDown = [2]time.Duration{at, at + c.down}
			} else {
				link.Steps = append(link.Steps, ratetest.Step{From: at},
					ratetest.Step{From: at + c.down, Rate: 3_000_000})
			}
			play(t, ratetest.Scene{Long: end, Boxes: []ratetest.Box{b}, Link: link}, []figure{
				{name: c.name + ": 80 % used, s", limit: 4, most: true},
			}, func(tr []*ratetest.Trace) []float64 {
				return []float64{first(at+c.down+s, end, busy(tr[0], 0.8)) + 1}
			})
		})
	}
}

// A relay that sends receiver reports alone is served too.
func TestSceneReceiverReports(t *testing.T) {
	b := venue()
	b.Reports = true
	link := bottleneck(ratetest.Step{Rate: 20_000_000})
	play(t, ratetest.Scene{Long: 60 * s, Boxes: []ratetest.Box{b}, Link: link}, []figure{
		{name: "receiver reports: of the ceiling", limit: 0.8},
	}, func(tr []*ratetest.Trace) []float64 { return []float64{tr[0].Rate(40*s, 60*s) / 4e6} })
}

// A slate takes a tenth of the target: the estimate does not grow on it, and is still there when the stage is back.
func TestSceneSlate(t *testing.T) {
	b := venue()
	b.Slate = [2]time.Duration{10 * s, 30 * s}
	link := bottleneck(ratetest.Step{Rate: 2_000_000})
	play(t, ratetest.Scene{Long: 45 * s, Boxes: []ratetest.Box{b}, Link: link}, []figure{
		{name: "slate: grown meanwhile", limit: 0.05, most: true},
		{name: "used afterwards", limit: 0.8},
	}, func(tr []*ratetest.Trace) []float64 {
		x := tr[0]
		before, after := x.Target[12*10], x.Target[30*10]
		return []float64{float64(after)/float64(before) - 1, x.Used(31*s, 45*s)}
	})
}
