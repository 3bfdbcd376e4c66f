//go:build bench

package bench

import (
	"strings"
	"testing"

	"vigie/capture"
)

// TestHardwarePicture is the board's picture from end to end: what the camera shows goes through the board's encoder,
// WHIP, the embedded relay and WHEP, and what a viewer decodes is that picture. Between two still pictures comes noise,
// which leaves nothing of the one before.
func TestHardwarePicture(t *testing.T) {
	const noise = 21
	SetCamera(t, "osd_text_mode", 2) // no clock in the picture
	patterns := []struct {
		name    string
		control int
		source  []byte
	}{{name: "75% colour bars"}, {name: "100% colour squares", control: 4}, {name: "2x2 red and green checkers", control: 13}}
	for i := range patterns {
		SetCamera(t, "test_pattern", patterns[i].control)
		patterns[i].source = still(t)
	}
	SetCamera(t, "test_pattern", noise)
	b, begin := liveBox(t, hardware)
	if !strings.Contains(b.Log(), "-> DMABUF -> /dev/video11 H264") {
		t.Error("the box did not take the board's encoder")
	}
	v := watch(t)
	awaitMore(t, v, 30, 30)
	var last []int // the unit that shows each pattern at its best
	for _, p := range patterns {
		SetCamera(t, "test_pattern", p.control)
		awaitMore(t, v, 90, 0)
		last = append(last, received(v)-1)
		SetCamera(t, "test_pattern", noise)
		awaitMore(t, v, 30, 0)
	}
	law1(t, b, begin, capture.Now())
	b.oneSession()

	video, _ := v.Received()
	if video.Missing > 0 {
		t.Errorf("%d packets of the picture are missing", video.Missing)
	}
	pictures := picturesOf(t, video.Units, last...)
	for i, p := range patterns {
		db := likeness(p.source, pictures[i])
		t.Logf("%s: %.1f dB", p.name, db)
		if db < 30 {
			t.Errorf("%s: the viewer's picture is %.1f dB from the camera's, want 30", p.name, db)
		}
		other := patterns[(i+1)%len(patterns)]
		if db := likeness(other.source, pictures[i]); db > 20 {
			t.Errorf("%s: it is as well %s, by %.1f dB: this proves nothing", p.name, other.name, db)
		}
	}
}
