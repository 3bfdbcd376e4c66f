package main

import (
	"context"
	"io"
	"sync"
	"time"

	"vigie/device/config"
	"vigie/device/golive"
)

// lampTime is how long doctor shows each lamp: long enough to look up from the terminal.
const lampTime = 2 * time.Second

// lampStep is what is shown, and what is said of it.
type lampStep struct {
	show    golive.Lights
	finding finding
}

// lamps lights each lamp that is fitted in turn, and says which it is. They blink, so that red never says live. A lamp whose
// line cannot be had is red in the report: a vigie that runs holds them all.
func (c doctorCommand) lamps(ctx context.Context, out io.Writer, p config.Panel) error {
	var found []finding
	tell := func(f finding) error {
		if found = append(found, f); c.JSON { // one list, at the end
			return nil
		}
		return printFindings(out, []finding{f}, false)
	}
	lights, failed := findLights(p, false)
	for _, err := range failed {
		if err := tell(finding{"lamps", "red", err.Error(), "a vigie that runs holds them, and has tested them when it began"}); err != nil {
			return err
		}
	}
	running, dark := context.WithCancel(ctx)
	var wait sync.WaitGroup
	wait.Go(func() { lights.Run(running) })
	defer wait.Wait()
	defer dark()
	for _, s := range lampSteps(p) {
		lights.Set(s.show)
		if err := tell(s.finding); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lampTime):
		}
	}
	if err := lights.Err(); err != nil {
		if err := tell(finding{"lamps", "red", err.Error(), ""}); err != nil {
			return err
		}
	}
	if c.JSON {
		if err := printFindings(out, found, true); err != nil {
			return err
		}
	}
	return unwell(found)
}

// lampSteps is one for each lamp that is fitted. The on-air lamp is lit with red.
func lampSteps(p config.Panel) (all []lampStep) {
	add := func(part, text string, show golive.Lights) {
		all = append(all, lampStep{show, finding{part, "green", text, "where it does not, look at its wiring and at active"}})
	}
	amber := "amber light"
	if p.Lights.RGB {
		amber = "blue, as amber"
	}
	switch {
	case p.Lights.Red.Line != "" && p.TallyOut.Line != "":
		add("red light", p.Lights.Red.Line+" blinks now, and the room's on-air lamp on "+p.TallyOut.Line+" is lit", golive.Lights{Red: golive.Fast})
	case p.Lights.Red.Line != "":
		add("red light", p.Lights.Red.Line+" blinks now", golive.Lights{Red: golive.Fast})
	case p.TallyOut.Line != "":
		add("on-air lamp", p.TallyOut.Line+" is lit now", golive.Lights{Red: golive.Fast})
	}
	if p.Lights.Green.Line != "" {
		add("green light", p.Lights.Green.Line+" blinks now", golive.Lights{Green: golive.Fast})
	}
	if p.Lights.Amber.Line != "" {
		add(amber, p.Lights.Amber.Line+" blinks now", golive.Lights{Amber: golive.Fast})
	}
	return all
}
