package rate

import (
	"math"
	"time"
)

// losses counts packets by the time they were sent, once it is known what became of them.
type losses struct {
	known, gone meter
	calm        float64 // what this path loses whatever is sent
}

func (l *losses) lost(sent time.Duration) {
	l.known.add(sent, 1)
	l.gone.add(sent, 1)
}

func (l *losses) arrived(sent time.Duration) { l.known.add(sent, 1) }

// found takes a loss back.
func (l *losses) found(sent time.Duration) { l.gone.add(sent, -1) }

// share is the part of the packets of a window that was lost, and how many they were.
func (l *losses) share(at, window time.Duration) (share float64, packets int64) {
	gone := l.gone.total(at, window)
	return float64(gone) / float64(max(l.known.total(at, window), 1)), gone
}

// learn follows what the path usually loses, a few seconds behind. Of itself it learns little loss only: what a path
// loses because too much is sent would soon be usual too.
func (l *losses) learn(share float64) {
	if share < l.calm || l.calm < ordinary {
		l.calm += (min(share, max(l.calm, ordinary)) - l.calm) / 64
	}
}

const ordinary = 0.05

// unusual tells whether so much more than usual was lost in the last second, or in as much of it as came after a
// decrease, that chance does not explain it: three deviations where losses come in bursts of three, and in both halves.
func (l *losses) unusual(at, since time.Duration) bool {
	window := min(since, time.Second)
	if window < trend {
		return false
	}
	older, _ := l.share(at-window/2, window/2)
	newer, _ := l.share(at, window/2)
	share, gone := l.share(at, window)
	all := float64(l.known.total(at, window))
	return share > l.calm+0.05 && min(older, newer) > l.calm+0.03 &&
		float64(gone)-all*l.calm > 3*math.Sqrt(5*all*max(l.calm, 0.02))
}
