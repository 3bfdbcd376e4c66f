package ratetest

import (
	"math"
	"time"
)

// Download is somebody's TCP: as much as the path takes, by CUBIC's rules (RFC 9438) or Reno's (RFC 5681).
type Download struct {
	From, To time.Duration
	Delay    time.Duration // one way
	Reno     bool
}

const segment = 1500 // bytes, with headers

// flight is a segment whose acknowledgement is under way.
type flight struct {
	back time.Duration // when the sender learns of it
	lost bool
	n    int
}

type download struct {
	Download
	link    *bottleneck
	trace   *Trace
	out     []flight
	n       int     // segments sent
	window  float64 // segments
	slow    float64 // slow start's end
	recover int     // losses of segments before this one belong to a decrease that was made
	most    float64 // window before the last decrease
	fell    time.Duration
}

func newDownload(d Download, l *bottleneck, t *Trace) *download {
	return &download{Download: d, link: l, trace: t, window: 10, slow: 1e9}
}

func (d *download) next() time.Duration {
	if d.n == 0 {
		return d.From
	}
	if len(d.out) == 0 {
		return 1 << 62
	}
	return d.out[0].back
}

func (d *download) step(now time.Duration) {
	for len(d.out) > 0 && d.out[0].back <= now {
		f := d.out[0]
		d.out = d.out[1:]
		if f.lost {
			d.lost(f, now)
		} else {
			d.acked(now)
		}
	}
	for now < d.To && float64(len(d.out)) < d.window {
		left, ok := d.link.send(now, segment)
		d.trace.sent(now, segment)
		f := flight{n: d.n, lost: !ok, back: left + 2*d.Delay}
		if ok {
			d.trace.delivered(left, segment)
		} else { // what is sent next tells of it
			f.back = max(d.link.free, now+10*time.Millisecond) + 2*d.Delay
		}
		if k := len(d.out); k > 0 {
			f.back = max(f.back, d.out[k-1].back)
		}
		d.out = append(d.out, f)
		d.n++
	}
}

func (d *download) acked(now time.Duration) {
	switch {
	case d.window < d.slow:
		d.window++
	case d.Reno:
		d.window += 1 / d.window
	default:
		k := math.Cbrt(d.most * 0.3 / 0.4)
		cubic := 0.4*math.Pow((now-d.fell).Seconds()-k, 3) + d.most
		d.window += max((cubic-d.window)/d.window, 0.5/d.window) // RFC 9438, 4.3: at least as Reno does
	}
}

func (d *download) lost(f flight, now time.Duration) {
	if f.n < d.recover {
		return
	}
	keep := 0.7
	if d.Reno {
		keep = 0.5
	}
	d.most, d.fell, d.recover = d.window, now, d.n
	d.window = max(d.window*keep, 2)
	d.slow = d.window
}
