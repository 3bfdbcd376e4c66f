package main

import (
	"context"
	"time"

	"vigie/device/config"
	"vigie/device/golive"
	"vigie/device/panel"
)

// lampTime is how long doctor shows each lamp: long enough to look up from the terminal.
const lampTime = 2 * time.Second

// lamps lights each lamp that is fitted in turn, and says which it is. Lights blink, so that red never says live; the
// on-air lamp is lit. A lamp whose line cannot be had is red in the report: a vigie that runs holds them all.
func lamps(ctx context.Context, r *report, p config.Panel) error {
	for _, l := range lampsOf(p) {
		lights, err := l.find()
		f := finding{l.part, "green", l.Line + l.shows, "where it does not, look at its wiring and at active"}
		if err != nil {
			f = finding{l.part, "red", err.Error(), "where vigie runs it has the lines: stop it first"}
		}
		if err := r.add(f); err != nil {
			return err
		}
		if err == nil {
			lights.Set(golive.Lights{Red: golive.Fast})
			shown, dark := context.WithTimeout(ctx, lampTime)
			lights.Run(shown)
			dark()
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return r.end()
}

// tryLamp is a lamp that doctor shows, driven as if red were all that the panel has, or its on-air lamp.
type tryLamp struct {
	part string
	config.Light
	shows string
	as    func(*panel.Line) panel.Lamps
}

func lampsOf(p config.Panel) (fitted []tryLamp) {
	light := func(l *panel.Line) panel.Lamps { return panel.Lamps{Red: l} }
	tally := func(l *panel.Line) panel.Lamps { return panel.Lamps{Tally: l} }
	amber := "amber light"
	if p.Lights.RGB {
		amber = "blue for amber"
	}
	for _, l := range []tryLamp{
		{"red light", p.Lights.Red, " blinks now", light}, {"green light", p.Lights.Green, " blinks now", light},
		{amber, p.Lights.Amber, " blinks now", light}, {"on-air lamp", p.TallyOut, " is lit now", tally},
	} {
		if l.Line != "" {
			fitted = append(fitted, l)
		}
	}
	return fitted
}

func (l tryLamp) find() (*panel.Lights, error) {
	line, err := findLine(l.Line, l.ActiveLow)
	if err != nil {
		return nil, err
	}
	return panel.NewLights(l.as(line))
}
