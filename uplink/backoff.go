package uplink

import (
	"math/rand/v2"
	"time"
)

const (
	firstWait  = 500 * time.Millisecond
	longWait   = 15 * time.Second
	refusedFor = 15 * time.Second // a relay that refuses us needs a person, not a storm
	heedFor    = time.Minute      // of a Retry-After
	health     = 30 * time.Second // of confirmed media, after which a loss is a first one again
)

// backoff is the wait between attempts: nothing after a session that stood, then half a second, doubling to 15 s. The
// zero value is ready.
type backoff struct{ next time.Duration }

// Reset begins anew.
func (b *backoff) Reset() { b.next = 0 }

// Wait returns how long to wait: after a session that stood and was lost, or after an attempt that failed, for refused
// or as long as the relay asked at least. Each wait is a little shorter or longer, by a fifth at most, so that the boxes
// of one venue do not come back in one instant.
func (b *backoff) Wait(stood, refused bool, asked time.Duration) time.Duration {
	if stood && b.next == 0 {
		b.next = firstWait / 2
		return min(asked, heedFor)
	}
	b.next = min(max(2*b.next, firstWait), longWait)
	wait := b.next
	if refused {
		wait = refusedFor
	}
	wait += time.Duration((rand.Float64() - 0.5) * 0.4 * float64(wait))
	return max(min(wait, longWait), min(asked, heedFor))
}
