package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vigie/device/config"
	"vigie/device/health"
)

// TestBoard looks at a board that is well and at one that is not, and holds that the disk is as it was.
func TestBoard(t *testing.T) {
	root, state := t.TempDir(), t.TempDir()
	t.Setenv("STATE_DIRECTORY", state)
	write := func(path, text string) {
		t.Helper()
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const zone, throttled = "sys/class/thermal/thermal_zone0/temp", "sys/devices/platform/soc/soc:firmware/get_throttled"
	now := time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)
	byPart := func() map[string]finding {
		all := map[string]finding{}
		for _, f := range append(board(root, now), storage()) {
			all[f.Part] = f
		}
		if len(all) != 4 {
			t.Errorf("%+v", all)
		}
		return all
	}
	is := func(all map[string]finding, want finding) {
		t.Helper()
		f := all[want.Part]
		if f.Light != want.Light || !strings.Contains(f.Text, want.Text) || !strings.Contains(f.Advice, want.Advice) {
			t.Errorf("%+v, want %+v", f, want)
		}
	}
	all := byPart()
	is(all, finding{"temperature", "green", "this board does not tell", ""})
	is(all, finding{"power", "green", "this board does not tell", ""})
	is(all, finding{"clock", "green", "2026-11-22 20:00:00 UTC", ""}) // there is no way out
	if f := all["disk"]; !strings.Contains(f.Text, " MB/s written to "+state) || !strings.Contains(f.Text, " MB free") {
		t.Errorf("%+v", f)
	}
	if left, err := os.ReadDir(state); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}

	write(zone, "52000\n")
	write(throttled, "0\n")
	all = byPart()
	is(all, finding{"temperature", "green", "52 °C", ""})
	is(all, finding{"power", "green", "watched by the board itself", ""})

	write(throttled, "50000\n") // in the show of last night
	is(byPart(), finding{"power", "amber", "under-voltage has occurred since boot", "power supply"})
	write(throttled, "40000\n")
	is(byPart(), finding{"power", "amber", "slowed down since boot", "air"})

	write(zone, "85000\n")
	write(throttled, "5\n")
	t.Setenv("STATE_DIRECTORY", "/proc/nowhere")
	all = byPart()
	is(all, finding{"temperature", "amber", "The board is hot: 85 °C.", "fan"})
	is(all, finding{"power", "amber", "voltage is too low", "power supply"})
	is(all, finding{"power", "amber", "runs slower", "smaller picture"})
	is(all, finding{"disk", "red", "/proc/nowhere", "STATE_DIRECTORY"})
}

// TestClock holds what is said where a condition says nothing.
func TestClock(t *testing.T) {
	now := time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		health.Readings
		text, advice string
	}{
		{health.Readings{Told: true, Synchronised: true}, "2026-11-22 20:00:00 UTC, synchronised", ""},
		{health.Readings{Told: true}, "2026-11-22 20:00:00 UTC, not synchronised: this network has no way out", "watch"},
		{health.Readings{WayOut: true}, "2026-11-22 20:00:00 UTC; nobody says whether it is synchronised", "watch"},
	} {
		if f := clock(c.Readings, now); f.Text != c.text || f.Light != "green" || !strings.Contains(f.Advice, c.advice) {
			t.Errorf("%+v: %+v", c.Readings, f)
		}
	}
	brest := config.Venue{Timezone: "Europe/Paris"}.Zone()
	if f := clock(health.Readings{}, now.In(brest)); !strings.HasPrefix(f.Text, "2026-11-22 21:00:00 CET") {
		t.Errorf("by the venue's clocks: %+v", f)
	}
	late := and(clock(health.Readings{Told: true, WayOut: true}, now),
		[]health.Condition{{Code: health.Hot, Text: "no"}, {Code: health.ClockNotSet, Text: "It is wrong.", Advice: "Set it."}}, health.ClockNotSet)
	if late != (finding{"clock", "amber", "2026-11-22 20:00:00 UTC\nIt is wrong.", "Set it."}) {
		t.Errorf("%+v", late)
	}
}
