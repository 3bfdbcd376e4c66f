package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	pgpio "periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpiotest"

	"vigie/device/config"
	"vigie/device/gpio"
	"vigie/device/panel"
)

// TestDarkLamps holds which lines are made dark: all that the box may have driven, whichever configuration it ran on.
func TestDarkLamps(t *testing.T) {
	const (
		three  = "GPIO27 GPIO22 GPIO23"
		broken = "panel: {lights: {red: GPIO"
		single = "panel: {lights: {red: {line: GPIO6, active: low}, green: '', amber: ''}}"
		none   = "panel: {lights: {red: '', green: '', amber: ''}}"
	)
	for _, c := range []struct{ name, file, good, want string }{
		{"three lights", "{}", "", three},
		{"one, active low", single, "", "-GPIO6"},
		{"of three colours, and the room's", "panel: {lights: {rgb: true}, tally_out: {line: GPIO5, active: low}}", "", three + " -GPIO5"},
		{"none", none, "", ""},
		{"the same in the last good copy", single, single, "-GPIO6"},
		{"a file that waits for the end of the show", single, "{}", three + " -GPIO6"},
		{"another level, of which the file's is last", single, "panel: {lights: {red: GPIO6, green: '', amber: ''}}", "GPIO6 -GPIO6"},
		{"a broken file", broken, single, "-GPIO6"},
		{"a file that is gone", "", single, "-GPIO6"},
		{"nothing that can be read", broken, "", three},
	} {
		t.Run(c.name, func(t *testing.T) {
			path, dir := filepath.Join(t.TempDir(), "config.yaml"), t.TempDir()
			if c.file != "" {
				if err := os.WriteFile(path, []byte(c.file), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if c.good != "" {
				if err := replaceFile(filepath.Join(dir, lastGood), []byte(c.good)); err != nil {
					t.Fatal(err)
				}
			}
			var got []string
			for _, l := range (darkCommand{file{path}}).lamps(dir, nil) {
				got = append(got, map[bool]string{true: "-"}[l.ActiveLow]+l.Line)
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("dark are %q, want %q", s, c.want)
			}
		})
	}
}

// TestDarken holds that lamps that were left lit are dark, those that are lit by a low level too, whatever is wrong with
// the others, and that a machine without a chip is fine.
func TestDarken(t *testing.T) {
	lines := map[string]*panel.Line{
		"GPIO27": {Pin: &gpiotest.Pin{N: "GPIO27", L: pgpio.High}},
		"GPIO5":  {Pin: &gpiotest.Pin{N: "GPIO5", L: pgpio.Low}, ActiveLow: true},
	}
	err := darken([]config.Light{{Line: "GPIO99"}, {Line: "GPIO27"}, {Line: "GPIO5", ActiveLow: true}},
		func(name string, activeLow bool) (*panel.Line, error) {
			line := lines[name]
			if line == nil {
				return nil, fmt.Errorf("GPIO line %s: %w", name, gpio.ErrNoLine)
			}
			if line.ActiveLow != activeLow {
				t.Errorf("%s is looked for as active low: %v", name, activeLow)
			}
			return line, nil
		})
	if !errors.Is(err, gpio.ErrNoLine) || !strings.Contains(err.Error(), "GPIO99") || strings.Contains(err.Error(), "GPIO27") {
		t.Errorf("got %v", err)
	}
	if red, lamp := lines["GPIO27"].Pin.Read(), lines["GPIO5"].Pin.Read(); red != pgpio.Low || lamp != pgpio.High {
		t.Errorf("red's line is %v, the on-air lamp's %v", red, lamp)
	}
	err = darken([]config.Light{{Line: "GPIO27"}}, func(string, bool) (*panel.Line, error) {
		return nil, fmt.Errorf("GPIO line: %w", gpio.ErrNoChip)
	})
	if err != nil {
		t.Errorf("without a chip: %v", err)
	}
}
