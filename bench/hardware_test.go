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
	b, begin := liveBox(t, "camera: {width: 640, height: 360}\nvideo: {bitrate: {min: 300k, start: 2M, max: 4M}}\n")
	if !strings.Contains(b.Log(), "YUYV 640x360 30 -> DMABUF -> /dev/video11 H264 (the CPU touches no pixel)") {
		t.Error("the box did not take the board's encoder")
	}
	v := watch(t)
	awaitMore(t, v, 90, 90)
	law1(t, b, begin, capture.Now())

	breakEncoder(t, "stall", "1")
	awaitMore(t, v, 90, 90)
	law1(t, b, begin, capture.Now())
	if again, shared, copied := b.metric("vigie_encoder_reopened_total"), b.metric("vigie_encoder_shared_total"),
		b.metric("vigie_encoder_copied_total"); again != 1 || shared < 150 || copied != 0 {
		t.Errorf("the encoder was opened again %v times; %v pictures shared, %v copied, want none", again, shared, copied)
	}
	video, _ := v.Received()
	if pictures := decode(t, video.Units); pictures < 150 {
		t.Errorf("the viewer decodes %d pictures", pictures)
	}
}
