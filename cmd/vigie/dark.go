package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"

	"vigie/device/config"
	"vigie/device/gpio"
	"vigie/device/panel"
)

// darkCommand is what vigie.service runs after whatever ended the box: a light that was lit may have stayed so.
type darkCommand struct{ file }

// Run makes the lights dark. A line that something else holds stays as it is, and a machine without a GPIO chip has no
// lights.
func (c darkCommand) Run() error {
	dir, _ := stateDirectory() // "" without one: then there is no last good copy
	return darken(c.lamps(dir, os.Environ()), findLine)
}

// lamps are those of the last good copy in dir and of the file, in that order: the box may have run on either. Of a line
// that is active low in one and high in the other, what the file says comes last: the next program goes by it.
func (c darkCommand) lamps(dir string, environ []string) (all []config.Light) {
	add := func(p config.Panel) {
		for _, l := range p.Outputs() {
			if !slices.Contains(all, l) {
				all = append(all, l)
			}
		}
	}
	known := false
	if last, err := config.Load(filepath.Join(dir, lastGood), environ); err == nil && dir != "" {
		known = true
		add(last.Panel)
	}
	if cfg, err := config.Load(c.Config, environ); err == nil {
		known = true
		add(cfg.Panel)
	}
	if !known {
		add(config.Default().Panel) // as the box does
	}
	return all
}

func darken(lamps []config.Light, find func(name string, activeLow bool) (*panel.Line, error)) error {
	var failed []error
	for _, l := range lamps {
		line, err := find(l.Line, l.ActiveLow)
		if errors.Is(err, gpio.ErrNoChip) {
			return nil
		}
		if err == nil {
			_, err = panel.NewLights(panel.Lamps{Red: line})
		}
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}
