package watchdog_test

import (
	"strings"
	"testing"
	"time"

	"vigie/device/watchdog"
)

// TestLook plays the parts second by second: each step lists what is there, and which of it is to be called stuck.
func TestLook(t *testing.T) {
	loop := func(n uint64) watchdog.Part { return watchdog.Part{Name: "the loop", Count: n} }
	camera := func(n uint64) watchdog.Part {
		return watchdog.Part{Name: "the picture", Count: n, Patience: 2 * time.Second}
	}
	type step struct {
		parts []watchdog.Part
		stuck string // the names, in order
	}
	parts := func(p ...watchdog.Part) []watchdog.Part { return p }
	for _, c := range []struct {
		name  string
		steps []step
	}{
		{"all moves", []step{{parts(loop(0), camera(0)), ""}, {parts(loop(1), camera(30)), ""}, {parts(loop(2), camera(60)), ""}}},
		{"without patience", []step{{parts(loop(7)), ""}, {parts(loop(7)), "the loop"}, {parts(loop(8)), ""}}},
		{"with patience", []step{
			{parts(camera(30)), ""}, {parts(camera(30)), ""}, {parts(camera(30)), ""}, {parts(camera(30)), "the picture"},
			{parts(camera(31)), ""}, {parts(camera(31)), ""},
		}},
		{"a count that begins anew has moved", []step{
			{parts(camera(30)), ""}, {parts(camera(30)), ""}, {parts(camera(0)), ""}, {parts(camera(0)), ""}, {parts(camera(0)), ""},
			{parts(camera(0)), "the picture"},
		}},
		{"a part that was away begins anew", []step{
			{parts(camera(30)), ""}, {parts(camera(30)), ""}, {parts(), ""}, {parts(), ""}, {parts(camera(30)), ""}, {parts(camera(30)), ""},
		}},
		{"two at once", []step{
			{parts(loop(1), camera(1)), ""}, {parts(loop(2), camera(1)), ""}, {parts(loop(3), camera(1)), ""},
			{parts(loop(3), camera(1)), "the loop the picture"},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var w watchdog.Watchdog
			now := time.Unix(0, 0)
			for i, s := range c.steps {
				err := w.Look(now, s.parts...)
				now = now.Add(time.Second)
				for _, name := range []string{"the loop", "the picture"} {
					got := err != nil && strings.Contains(err.Error(), name)
					if want := strings.Contains(s.stuck, name); got != want {
						t.Errorf("second %d: %v; %s is to be stuck: %v", i, err, name, want)
					}
				}
			}
		})
	}
}
