package main

import (
	"errors"
	"os"

	"vigie/device/config"
	"vigie/device/gpio"
	"vigie/device/panel"
)

// darkCommand is what vigie.service runs after whatever ended the box: a light that was lit may have stayed so.
type darkCommand struct{ file }

// Run makes the lights dark, those of the file and of the last good copy: the box may have run on either. A line that
// something else holds stays as it is, and a machine without a GPIO chip has no lights.
func (c darkCommand) Run() error {
	panels := map[config.Panel]bool{}
	if cfg, err := config.Load(c.Config, os.Environ()); err == nil {
		panels[cfg.Panel] = true
	}
	if dir, err := stateDirectory(); err == nil {
		if last, err := (config.LastGood{Dir: dir}).Load(os.Environ()); err == nil {
			panels[last.Panel] = true
		}
	}
	if len(panels) == 0 {
		panels[config.Default().Panel] = true
	}
	var failed []error
	for p := range panels {
		failed = append(failed, darken(p.Outputs()))
	}
	return errors.Join(failed...)
}

func darken(lamps []config.Light) error {
	var failed []error
	for _, l := range lamps {
		line, err := findLine(l.Line, l.ActiveLow)
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
