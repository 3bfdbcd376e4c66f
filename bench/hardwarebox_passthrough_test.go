//go:build bench

package bench

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"vigie/capture"
	"vigie/capture/h264"
)

// TestHardwareWebcamPassesThrough is a webcam that codes by itself, on a board that does not: viewers get its own bytes.
func TestHardwareWebcamPassesThrough(t *testing.T) {
	hideEncoder(t)
	w := onlyWebcam(t)
	b, begin := liveBox(t, kinds+fittedCut)
	b.takes("camera " + w.Path() + " H264 640x360 15, passed through")
	if p := b.pictureStatus(); !strings.Contains(p.Way, "passed through") || p.Encoder != "passthrough" ||
		!strings.Contains(strings.Join(p.Limits, "; "), "its bitrate cannot follow the network") {
		t.Errorf("the status page says %+v", p)
	}
	v := watch(t)
	awaitMore(t, v, 40, 40)
	b.toggleCut()
	b.red.Wait(Low, 5*time.Second)
	law1(t, b, begin, capture.Now())
	awaitMore(t, v, 2, 75)
	uncut, again := time.Now(), capture.Now()
	b.toggleCut()
	awaitMore(t, v, 40, 40)
	plugged := w.replug(t, func() {
		b.awaitWarning("no_camera")
		awaitMore(t, v, 3, 0)
	})
	awaitMore(t, v, 40, 40)
	b.keptSession()
	law1(t, b, again, capture.Now())

	all := saw(t, v, cutText, lostLine)
	own := fed(t, shown{capture.H264, kindsWidth, kindsHeight, 15})
	passed := 0
	for i, s := range all {
		if _, slate := s.slate(); slate {
			continue
		}
		if passed++; !slices.ContainsFunc(own, func(unit []byte) bool { return bytes.Equal(unit, s.unit) }) {
			t.Fatalf("picture %d (%d bytes) is not as the camera made it", i, len(s.unit))
		}
	}
	afterCut, afterPlug := back(t, all, uncut), back(t, all, plugged)
	if afterCut > within+200*time.Millisecond || afterPlug > within+200*time.Millisecond { // the camera has an IDR a second
		t.Errorf("the camera was back %v after the cut, %v after the plug", afterCut, afterPlug)
	}
	t.Logf("%d of the camera's own units; back %v after the cut, %v after the plug", passed, afterCut, afterPlug)
}

// fed is what the webcam shows in such a stream, a second of it.
func fed(t *testing.T, s shown) (units [][]byte) {
	t.Helper()
	m := &movie{shown: s}
	defer m.close()
	for n := range s.fps {
		unit, err := m.picture(n)
		must(t, "picture", err)
		units = append(units, unit)
	}
	if !h264.IsIDR(units[0]) {
		t.Fatal("the movie does not begin with an IDR")
	}
	return units
}

// toggleCut presses the cut button.
func (b *box) toggleCut() {
	b.cut.Bounce(Low)
	b.cut.Bounce(High)
}
