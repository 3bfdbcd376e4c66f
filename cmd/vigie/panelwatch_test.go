package main

import (
	"testing"
	"time"

	"vigie/device/config"
)

// TestPanelWatch holds when a box begins anew for its panel: for a line that it did not get and would get now, not for one
// that it cannot use, and not again and again.
func TestPanelWatch(t *testing.T) {
	const soon, later = lookForLines, anewAfter
	places := func(p ...string) []string { return p }
	for _, c := range []struct {
		name       string
		first, now []string
		after      time.Duration
		want       bool
	}{
		{"no chip", nil, nil, later, false},
		{"the panel works", places("GPIO17@9", "GPIO27@9"), nil, later, false},
		{"a line that is free and of no use", places("GPIO17@9", "GPIO27@9"), places("GPIO17@9"), later, false},
		{"the chip comes late", nil, places("GPIO17@9", "GPIO27@9"), soon, true},
		{"another program lets a line go, soon", places("GPIO27@9"), places("GPIO17@9"), soon, false},
		{"another program lets a line go", places("GPIO27@9"), places("GPIO17@9"), later, true},
		{"the chip is gone", places("GPIO17@9", "GPIO27@9"), nil, later, false},
		{"the chip is back", places("GPIO17@9", "GPIO27@9"), places("GPIO17@12", "GPIO27@12"), later, true},
		{"the chip is back soon", places("GPIO17@9", "GPIO27@9"), places("GPIO17@12", "GPIO27@12"), soon, false},
	} {
		began := time.Unix(1000, 0)
		if got := (panelWatch{first: c.first, began: began}).due(began.Add(c.after), c.now); got != c.want {
			t.Errorf("%s: %v after %v", c.name, got, c.after)
		}
	}
}

// TestPanelWatchLines holds that each line of the panel is watched, and none that is not fitted.
func TestPanelWatchLines(t *testing.T) {
	p := config.Default().Panel
	p.Lights.Amber.Line, p.TallyOut.Line = "", "GPIO5"
	want := map[string]bool{"GPIO17": true, "GPIO27": true, "GPIO22": true, "GPIO5": true}
	got := newPanelWatch(p, time.Now()).lines
	for _, line := range got {
		if !want[line] {
			t.Errorf("%q is watched", line)
		}
	}
	if len(got) != len(want) {
		t.Errorf("watched are %q", got)
	}
}
