//go:build bench

package bench

import (
	"context"
	"math"
	"math/rand/v2"
	"sync"
	"time"
)

// madeUp makes pictures of no content but of real sizes: 30 a second whose sizes scatter around what the bitrate
// allows, an IDR each two seconds and when one is asked for, five to eight times as long. What is too much is saved
// again within the next pictures, as a rate control does it.
type madeUp struct {
	rng *rand.Rand

	mu      sync.Mutex
	bitrate int
	idr     bool // is asked for
}

// madeUps counts them: each repeat of a scene has other sizes.
var madeUps uint64

func newMadeUp(bitrate int) *madeUp {
	madeUps++
	return &madeUp{rng: rand.New(rand.NewPCG(madeUps, 2)), bitrate: bitrate}
}

func (e *madeUp) RequestIDR()        { e.mu.Lock(); e.idr = true; e.mu.Unlock() }
func (e *madeUp) SetBitrate(bps int) { e.mu.Lock(); e.bitrate = bps; e.mu.Unlock() }

// run makes pictures until the end. Their bytes are valid until show returns.
func (e *madeUp) run(ctx context.Context, show func(picture []byte, idr bool)) {
	const idrGap = 15 // pictures, at least, before an IDR that is asked for
	tick := time.NewTicker(time.Second / 30)
	defer tick.Stop()
	var picture []byte
	debt := 0.0
	for n, last := 0, -idrGap; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		e.mu.Lock()
		mean := float64(e.bitrate) / 30
		idr := n%60 == 0 || e.idr && n-last >= idrGap
		if idr {
			e.idr, last = false, n
		}
		e.mu.Unlock()
		bits := max(mean-debt/20, 0.3*mean) * math.Exp(0.25*e.rng.NormFloat64()-0.03)
		if idr {
			bits = mean * (5 + 3*e.rng.Float64())
		}
		debt = min(debt+bits-mean, 10*mean)
		picture = appendPicture(picture[:0], max(int(bits/8), 60), idr)
		show(picture, idr)
	}
}

func appendPicture(b []byte, size int, idr bool) []byte {
	kind := byte(0x41)
	if idr {
		b = append(b, 0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1f, 0, 0, 0, 1, 0x68, 0xce)
		kind = 0x65
	}
	b = append(b, 0, 0, 0, 1, kind)
	for range size {
		b = append(b, 0x5a)
	}
	return b
}
