package main

import (
	"strings"

	"vigie/device/config"
	"vigie/device/gpio"
)

// lines looks at the lines of the panel, and at who holds them: a vigie says so by its name and process id.
func lines(c *config.Config) []finding {
	all, err := gpio.Lines()
	if err != nil {
		return []finding{{"panel", "amber", err.Error(), "the status page is the panel"}}
	}
	consumer := map[string]string{}
	for _, l := range all {
		consumer[l.Name] = l.Consumer
	}
	p := c.Panel
	var found []finding
	for _, l := range []struct{ part, name string }{{"go-live button", p.Buttons.GoLive.Line}, {"cut button", p.Buttons.Cut.Line},
		{"red light", p.Lights.Red.Line}, {"green light", p.Lights.Green.Line}, {"amber light", p.Lights.Amber.Line},
		{"on-air lamp", p.TallyOut.Line}} {
		switch held, there := consumer[l.name]; {
		case l.name == "":
			found = append(found, finding{l.part, "green", "not fitted", ""})
		case !there:
			found = append(found, finding{l.part, "red", "no GPIO chip has a line " + l.name, "gpioinfo lists what there is"})
		case strings.HasPrefix(held, "vigie@"):
			found = append(found, finding{l.part, "green", l.name + ", held by " + held, ""})
		case held != "":
			found = append(found, finding{l.part, "amber", l.name + " is held by " + held, "another program has the line: stop it, or wire the panel to another one"})
		default:
			found = append(found, finding{l.part, "green", l.name, ""})
		}
	}
	return found
}
