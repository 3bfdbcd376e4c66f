//go:build bench

package bench

import (
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"vigie/capture"
)

// The items of vivid's menu "DV Timings Signal Mode".
const noSignal, ownSignal = 1, 4

// plugHDMI plugs a source into the HDMI bridge that RefitCamera made of the camera: "1280x720p50" of vivid's menu.
func plugHDMI(t *testing.T, timings string) {
	t.Helper()
	menu := run(t, exec.Command("v4l2-ctl", "-d", Camera(t), "--list-ctrls-menus"))
	item := regexp.MustCompile(`(\d+): ` + timings).FindStringSubmatch(menu)
	if item == nil {
		t.Fatalf("vivid has no %s:\n%s", timings, menu)
	}
	for _, control := range []string{"dv_timings_signal_mode=4", "dv_timings=" + item[1]} {
		run(t, exec.Command("v4l2-ctl", "-d", Camera(t), "--set-ctrl", control))
	}
}

// TestHardwareHDMI is an HDMI bridge in a show: its source changes the size, goes, and comes back.
func TestHardwareHDMI(t *testing.T) {
	path := RefitCamera(t, "input_types", 3)
	plugHDMI(t, "720x480p")
	b, begin := liveBox(t, kinds)
	b.takes(" 720x480 59.94/4 -> DMABUF -> " + encoderNode(t) + " H264")
	v := watch(t)
	awaitMore(t, v, 30, 30)

	plugHDMI(t, "720x576p")
	changed := time.Now()
	awaitMore(t, v, 30, 30)
	if way := b.pictureStatus().Way; !strings.Contains(way, " 720x576 50/3 -> DMABUF -> ") {
		t.Errorf("the other size goes %s", way)
	}

	SetCamera(t, "dv_timings_signal_mode", noSignal)
	b.awaitWarning("no_camera")
	awaitMore(t, v, 10, 0)
	r := b.status()
	if text := r.Warnings[0].Text; r.Lights.Amber != "slow" || len(r.Warnings) != 1 ||
		!strings.Contains(text, path+"): no signal at its input: plug the source in, and switch it on") || len(text) > 200 {
		t.Errorf("without a signal amber is %s, and staff read %q", r.Lights.Amber, r.Warnings)
	}
	SetCamera(t, "dv_timings_signal_mode", ownSignal)
	plugged := time.Now()
	awaitMore(t, v, 40, 40)
	b.keptSession()
	law1(t, b, begin, capture.Now())

	all := saw(t, v, lostLine)
	other := slices.IndexFunc(all, func(s seen) bool { return s.height == 576 })
	if other < 0 || all[0].height != 480 || all[len(all)-1].height != 576 {
		t.Fatal("the viewer did not see both sizes")
	}
	after := back(t, all, plugged)
	if after > 2*time.Second {
		t.Errorf("the picture was back %v after the signal", after)
	}
	// The slate alone is copied, five times a second: the camera's pictures are shared again when it is back.
	if way := b.pictureStatus().Way; !strings.Contains(way, "-> DMABUF ->") {
		t.Errorf("after the signal was gone the way is %s", way)
	}
	t.Logf("another size after %v, the picture back %v after the signal",
		all[other].at.Sub(changed).Round(time.Millisecond), after)
}
