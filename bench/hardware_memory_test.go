//go:build bench

package bench

import (
	"testing"
	"time"
)

// TestHardwareNoMemory starts a box where the encoder has no memory for this size, or for any: the show goes live all the
// same, with a smaller picture or in software.
func TestHardwareNoMemory(t *testing.T) {
	for _, limit := range []string{"900000", "1"} {
		for range repeat(1, 10) {
			t.Run(limit, func(t *testing.T) {
				breakEncoder(t, "memory_limit", limit)
				b, v, begin := hardwareShow(t)
				b.ended(t, v, begin)
				b.Stop()
			})
		}
	}
}

// TestHardwareNoMemoryAfterStall takes the memory away while the encoder stalls: what is opened in its place makes do.
func TestHardwareNoMemoryAfterStall(t *testing.T) {
	b, v, begin := hardwareShow(t)
	for range repeat(1, 10) {
		from := received(v)
		breakEncoder(t, "memory_limit", "600000")
		breakEncoder(t, "stall", "1")
		awaitMore(t, v, 60, 60)
		breakEncoder(t, "memory_limit", "0")
		video, _ := v.Received()
		if gap := longestGap(video.Units[from-1:]); gap > 4*time.Second {
			t.Errorf("no picture for %v", gap)
		}
	}
	b.ended(t, v, begin)
}
