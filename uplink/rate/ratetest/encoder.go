package ratetest

import (
	"math"
	"math/rand/v2"
	"time"
)

const (
	pictureEvery = time.Second / 30
	gop          = 60 // pictures from IDR to IDR
	idrGap       = 500 * time.Millisecond
)

// encoder makes pictures of the size that is asked for on average.
type encoder struct {
	rng     *rand.Rand
	bitrate float64
	number  int // of the next picture
	since   int // the last IDR
	asked   bool
	last    time.Duration // IDR
	debt    float64       // bits that were too many
}

type picture struct {
	number int
	idr    bool
	bytes  int
}

func (e *encoder) next(now time.Duration) picture {
	mean := e.bitrate / 30
	p := picture{number: e.number}
	p.idr = e.number == 0 || e.since >= gop || e.asked && now-e.last >= idrGap
	bits := max(mean-e.debt/20, 0.3*mean) * math.Exp(0.25*e.rng.NormFloat64()-0.03)
	if p.idr {
		bits = mean * (5 + 3*e.rng.Float64())
		e.since, e.asked, e.last = 0, false, now
	}
	e.debt = min(e.debt+bits-mean, 10*mean)
	e.number++
	e.since++
	p.bytes = max(int(bits/8), 60)
	return p
}
