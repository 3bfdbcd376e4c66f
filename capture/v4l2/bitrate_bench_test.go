//go:build bench

package v4l2

import (
	"context"
	"sync"
	"testing"
	"time"

	"vigie/capture"
)

// weigher is a sink that adds up what was coded since a moment.
type weigher struct {
	mu    sync.Mutex
	since time.Duration
	bytes int
}

func (w *weigher) WriteVideo(u *capture.AccessUnit) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if u.Coded >= w.since {
		w.bytes += len(u.Data)
	}
}

func (w *weigher) WriteAudio(*capture.AudioPacket) {}

// over blocks for a time and returns the rate meanwhile, in bits a second.
func (w *weigher) over(d time.Duration) int {
	w.mu.Lock()
	w.since, w.bytes = capture.Now(), 0
	w.mu.Unlock()
	<-time.After(d)
	w.mu.Lock()
	defer w.mu.Unlock()
	return int(float64(8*w.bytes) / (capture.Now() - w.since).Seconds())
}

// TestHardwareBitrateIsFollowedWithinASecond changes the bitrate of a pipeline whose camera shows noise, of which no
// bitrate is too much. The second half of the first second is at the new one already.
func TestHardwareBitrateIsFollowedWithinASecond(t *testing.T) {
	const half = time.Second / 2
	e := board(t, capture.YUYV, 640, 360, true)
	o := wish
	o.Import = e.Memory()
	camera := opened(t, o, capture.YUYV)
	set(t, camera.path, "test_pattern", 21)
	defer set(t, camera.path, "test_pattern", 0)
	v := videoOf(t, camera, e)
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { v.Run(ctx) })
	defer running.Wait()
	defer cancel()
	sink := &weigher{}
	v.SetSink(sink)
	for _, bps := range []int{4_000_000, 300_000, 4_000_000, 300_000} {
		v.SetBitrate(bps)
		first, second := sink.over(half), sink.over(half)
		t.Logf("%7d b/s asked for: %7d in the first half second, %7d in the second", bps, first, second)
		if off := float64(second)/float64(bps) - 1; off < -0.15 || off > 0.15 {
			t.Errorf("a second after %d b/s were asked for it is %d", bps, second)
		}
	}
}
