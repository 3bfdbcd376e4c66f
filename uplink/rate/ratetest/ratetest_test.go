package ratetest

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"vigie/uplink/rate"
)

const (
	ms = time.Millisecond
	s  = time.Second
)

func link(rate int) Link { return Link{Queue: 300 * ms, Steps: []Step{{Rate: rate}}} }

func TestLink(t *testing.T) {
	b := &bottleneck{Link: Link{Queue: 100 * ms, Steps: []Step{
		{Rate: 1_000_000}, {From: s, Rate: 0}, {From: 2 * s, Rate: 500_000},
	}}}
	send := func(at, want time.Duration, taken bool) {
		t.Helper()
		if left, ok := b.send(at, 1250); ok != taken || ok && left != want { // 10 ms at 1 Mb/s
			t.Errorf("sent at %v: left at %v, %v", at, left, ok)
		}
	}
	send(0, 10*ms, true)
	send(0, 20*ms, true)
	send(50*ms, 60*ms, true)
	for i := range 11 {
		send(100*ms, 100*ms+time.Duration(i+1)*10*ms, true)
	}
	send(100*ms, 0, false)
	send(995*ms, 0, false) // half of it would be in the link when it goes down for longer than the queue is
	send(2*s, 2*s+20*ms, true)
	if got := b.capacity(900*ms, 2100*ms); got != 150_000 {
		t.Errorf("%.0f bits", got)
	}
}

func TestLossOnAverage(t *testing.T) {
	for _, burst := range []float64{0, 1, 4} {
		w := way{Path: Path{Loss: 0.1, Burst: burst}, rng: rand.New(rand.NewPCG(1, 2))}
		lost, bursts, was := 0, 0, false
		for range 100_000 {
			now := w.lose()
			if now {
				lost++
				if !was {
					bursts++
				}
			}
			was = now
		}
		if lost < 9_500 || lost > 10_500 {
			t.Errorf("%d of 100,000 lost, in bursts of %.0f", lost, burst)
		}
		if mean := float64(lost) / float64(bursts); mean < 0.95*max(burst, 1) || mean > 1.15*max(burst, 1) {
			t.Errorf("bursts of %.2f, want %.0f", mean, burst)
		}
	}
}

func TestEncoderObeysOnAverage(t *testing.T) {
	e := encoder{rng: rand.New(rand.NewPCG(1, 2)), bitrate: 2_000_000}
	bits := 0
	for i := range 1800 {
		p := e.next(time.Duration(i) * pictureEvery)
		bits += 8 * p.bytes
		if mean := 2_000_000 / 30 / 8; p.idr && (p.bytes < 5*mean || p.bytes > 8*mean+8) {
			t.Errorf("an IDR of %d bytes, a picture has %d", p.bytes, mean)
		}
	}
	if got := bits / 60; got < 1_900_000 || got > 2_100_000 {
		t.Errorf("%d bit/s", got)
	}
}

func TestDownloadFillsALink(t *testing.T) {
	for _, reno := range []bool{false, true} {
		d := Download{To: 60 * s, Delay: 20 * ms, Reno: reno}
		tr := Run(Scene{Seed: 1, Long: 60 * s, Link: link(4_000_000), Downloads: []Download{d}})
		if used := tr[0].Used(5*s, 60*s); used < 0.95 {
			t.Errorf("%.2f of the link, Reno %v", used, reno)
		}
	}
}

func TestTwoDownloadsShare(t *testing.T) {
	d := Download{To: 120 * s, Delay: 20 * ms}
	tr := Run(Scene{Seed: 1, Long: 120 * s, Link: link(4_000_000), Downloads: []Download{d, d}})
	for _, x := range tr {
		if used := x.Used(60*s, 120*s); used < 0.25 {
			t.Errorf("%.2f of the link", used)
		}
	}
}

func TestSameSeedSameMinute(t *testing.T) {
	b := Box{
		Path:    Path{Delay: 40 * ms, Jitter: 20 * ms, Loss: .03, Burst: 2, BackLoss: .1},
		Options: rate.Options{Min: 300_000, Start: 1_000_000, Max: 4_000_000, Audio: 96_000},
	}
	sc := Scene{Seed: 7, Long: 20 * s, Link: link(2_000_000), Boxes: []Box{b}}
	one, two := Run(sc), Run(sc)
	if !reflect.DeepEqual(one, two) {
		t.Error("two runs of one scene differ")
	}
	if one[0].Again == 0 || one[0].Decoded == 0 || one[0].Packets == 0 {
		t.Errorf("nothing happens: %+v", one[0])
	}
	sc.Seed++
	if reflect.DeepEqual(one, Run(sc)) {
		t.Error("another seed gives the same")
	}
}

// BenchmarkMinute is a minute of a venue's network.
func BenchmarkMinute(b *testing.B) {
	x := Box{
		Path:    Path{Delay: 40 * ms, Jitter: 20 * ms, Loss: .03, Burst: 2},
		Options: rate.Options{Min: 300_000, Start: 1_000_000, Max: 4_000_000, Audio: 96_000},
	}
	for b.Loop() {
		Run(Scene{Seed: 7, Long: 60 * s, Link: link(2_000_000), Boxes: []Box{x}})
	}
}
