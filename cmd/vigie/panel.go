package main

import (
	"errors"
	"log/slog"

	pgpio "periph.io/x/conn/v3/gpio"

	"vigie/device/config"
	"vigie/device/gpio"
	"vigie/device/panel"
	"vigie/device/station"
)

// fitPanel looks the lines up. A line that is not there is said, and the status page is the panel for what is
// missing.
func fitPanel(o *station.Options, p config.Panel, log *slog.Logger) {
	if _, err := gpio.Lines(); errors.Is(err, gpio.ErrNoChip) {
		log.Info("no GPIO chip here: the status page is the panel")
		return
	}
	trouble := func(err error) {
		if err != nil {
			log.Error("the panel is not whole; the status page stands in", "err", err)
			o.PanelTrouble = append(o.PanelTrouble, err)
		}
	}
	button := func(b config.Button) *panel.Line {
		line, err := findLine(b.Line, b.ActiveLow)
		if trouble(err); line != nil {
			line.Pull = map[string]pgpio.Pull{"up": pgpio.PullUp, "down": pgpio.PullDown, "none": pgpio.Float}[b.Pull]
		}
		return line
	}
	o.GoLive, o.Cut = button(p.Buttons.GoLive), button(p.Buttons.Cut)
	lights, failed := findLights(p, true)
	for _, err := range failed {
		trouble(err)
	}
	o.Lights = lights
}

// findLights takes the lines of the lamps. Those that are not to be had are left out, each with an error.
func findLights(p config.Panel, test bool) (*panel.Lights, []error) {
	var failed []error
	light := func(l config.Light) *panel.Line {
		line, err := findLine(l.Line, l.ActiveLow)
		if err != nil {
			failed = append(failed, err)
		}
		return line
	}
	lights, err := panel.NewLights(panel.Lamps{Red: light(p.Lights.Red), Green: light(p.Lights.Green), Amber: light(p.Lights.Amber),
		RGB: p.Lights.RGB, Tally: light(p.TallyOut), Test: test})
	if err != nil {
		failed = append(failed, err)
	}
	return lights, failed
}

// findLine is nil where none is fitted.
func findLine(name string, activeLow bool) (*panel.Line, error) {
	if name == "" {
		return nil, nil
	}
	pin, err := gpio.Find(name)
	if err != nil {
		return nil, err
	}
	return &panel.Line{Pin: pin, ActiveLow: activeLow}, nil
}
