//go:build bench

package bench

import (
	"fmt"
	"testing"
	"time"
)

const lossFrom, lossEnd = 10 * time.Second, 35 * time.Second

// TestSceneLoss has the way to the relay lose packets at random, at a round trip of 80 ms, with room for everything.
func TestSceneLoss(t *testing.T) {
	inTable(t)
	for _, percent := range []int{2, 5, 10} {
		t.Run(fmt.Sprint(percent), func(t *testing.T) {
			s := newScene(t, 40*time.Millisecond)
			s.lossy(percent, 40*time.Millisecond)
			var viewer *Process
			if percent == 2 {
				viewer = s.watch()
			}
			p := s.publish(sceneWeb, 1_000_000)
			passTo(p.began + lossEnd)
			f := s.flow(sceneMedia, p.began)
			t.Logf("%+v", p.Stats())
			figure(t, ours, fmt.Sprintf("loss-%d", percent), f.used(ceilingRate, lossFrom, lossEnd))
			if viewer != nil {
				took(t, ours, "loss-freeze", freeze(pictures(viewer), p.began+lossFrom, p.began+lossEnd))
			}
			s.heldLaw1(p, sceneMedia)
		})
	}
}
