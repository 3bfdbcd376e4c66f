//go:build bench

package bench

import (
	"strings"
	"testing"

	"vigie/capture"
)

// TestHardwareLive goes live with the board's encoder: a viewer decodes what it made, also after the encoder stalled and
// was opened again.
func TestHardwareLive(t *testing.T) {
	b, begin := liveBox(t, "camera: {width: 640, height: 360}\nvideo: {encoder: v4l2, bitrate: {min: 300k, start: 2M, max: 4M}}\n")
	if !strings.Contains(b.Log(), "encoder: bench-encoder") {
		t.Error("the box did not take the board's encoder")
	}
	v := watch(t)
	awaitMore(t, v, 90, 90)
	law1(t, b, begin, capture.Now())

	breakEncoder(t, "stall", "1")
	b.awaitWarning("no_camera")
	awaitMore(t, v, 60, 60)
	law1(t, b, begin, capture.Now())
	video, _ := v.Received()
	if pictures := decode(t, video.Units); pictures < 150 {
		t.Errorf("the viewer decodes %d pictures", pictures)
	}
}
