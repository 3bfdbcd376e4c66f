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

// fitPanel looks the lines up. A line that is not there is said, and the status page is the panel for what is missing.
func fitPanel(o *station.Options, p config.Panel, log *slog.Logger) {
	if _, err := gpio.Lines(); errors.Is(err, gpio.ErrNoChip) {
		log.Info("no GPIO chip here: the status page is the panel")
		return
	}
	trouble := func(err error) {
		if err != nil {
			o.PanelTrouble = append(o.PanelTrouble, err)
		}
	}
	find := func(name string, activeLow bool) *panel.Line {
		line, err := findLine(name, activeLow)
		trouble(err)
		return line
	}
	button := func(b config.Button) *panel.Line {
		line := find(b.Line, b.ActiveLow)
		if line != nil {
			line.Pull = map[string]pgpio.Pull{"up": pgpio.PullUp, "down": pgpio.PullDown, "none": pgpio.Float}[b.Pull]
		}
		return line
	}
	light := func(l config.Light) *panel.Line { return find(l.Line, l.ActiveLow) }
	o.GoLive, o.Cut = button(p.Buttons.GoLive), button(p.Buttons.Cut)
	lights, err := panel.NewLights(panel.Lamps{Red: light(p.Lights.Red), Green: light(p.Lights.Green), Amber: light(p.Lights.Amber),
		RGB: p.Lights.RGB, Tally: light(p.TallyOut), Test: true})
	trouble(err)
	o.Lights = lights
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
