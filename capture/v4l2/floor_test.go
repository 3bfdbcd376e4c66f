package v4l2

import (
	"testing"

	"vigie/capture"
)

func TestFloorFollowsSizeAndRate(t *testing.T) {
	for _, c := range []struct {
		width, height int
		fps           float64
		lowest        int32 // of the control
		want          int
	}{
		{1920, 1080, 30, 25_000, 1_000_000},
		{1920, 1080, 15, 25_000, 500_000},
		{1280, 720, 30, 25_000, 441_177}, // 3600 macroblocks of 8160
		{64, 64, 30, 25_000, 25_000},
		{64, 64, 30, 0, 1961}, // without a bitrate control
	} {
		e := &Encoder{format: capture.VideoFormat{Width: c.width, Height: c.height, FPS: c.fps}, bitrate: limits{min: c.lowest}}
		if got := e.Floor(); got != c.want {
			t.Errorf("%dx%d at %v: Floor = %d b/s, want %d", c.width, c.height, c.fps, got, c.want)
		}
	}
}
