package config

import (
	"fmt"
	"slices"
	"strings"
)

func (c *Config) explainButtons() []string {
	describe := func(name string, b Button) string {
		pull := map[string]string{"up": "pulled up", "down": "pulled down", "none": "with a resistor of your own"}[b.Pull]
		return fmt.Sprintf("%s button: line %s, pressed when %s, %s", name, b.Line, level(b.ActiveLow), pull)
	}
	var lines []string
	if b := c.Panel.Buttons.GoLive; b.Line != "" {
		lines = append(lines, describe("go-live", b))
	} else {
		lines = append(lines, "warning: no go-live button: only the status page starts and ends a show")
	}
	if b := c.Panel.Buttons.Cut; b.Line != "" {
		lines = append(lines, describe("cut", b))
	} else {
		lines = append(lines, "no cut button: the status page has one")
	}
	return lines
}

// explainLights says what is lost where a light is missing, or where one light is all there is.
func (c *Config) explainLights() []string {
	l := c.Panel.Lights
	fitted := func(name string, light Light) string {
		return fmt.Sprintf("%s: line %s, lit when %s", name, light.Line, level(light.ActiveLow))
	}
	switch {
	case l.Red.Line == "" && l.Green.Line == "" && l.Amber.Line == "":
		return []string{"warning: no lights: the status page alone shows whether the stage is live"}
	case l.RGB:
		return []string{fitted("one light, its red", l.Red), fitted("its green", l.Green),
			fitted("its blue, which stands for amber", l.Amber),
			"warning: one light: that the relay refuses and that the box reconnects look alike, red and blue in turn"}
	case l.Green.Line == "" && l.Amber.Line == "":
		return []string{fitted("red light", l.Red), "warning: no green and no amber light: dark is ready, cut, a fault or no power; " +
			"live with a warning looks like live, and reconnecting like going live; the status page tells them apart"}
	}
	var lines []string
	for _, light := range []struct {
		name string
		Light
		lost string
	}{
		{"red", l.Red, "nobody at the box sees whether the stage is live; the status page shows it"},
		{"green", l.Green, "nobody at the box sees that it is ready; the status page shows it"},
		{"amber", l.Amber, "warnings show on the status page only, reconnecting looks like going live, and a show that is cut, " +
			"or a box that cannot go live, looks like one that is off"},
	} {
		if light.Line == "" {
			lines = append(lines, "warning: no "+light.name+" light: "+light.lost)
			continue
		}
		lines = append(lines, fitted(light.name+" light", light.Light))
	}
	return lines
}

// explainTally says when the room's lamp is lit; most rooms have none.
func (c *Config) explainTally() []string {
	if t := c.Panel.TallyOut; t.Line != "" {
		return []string{fmt.Sprintf("on-air lamp: line %s, %s for as long as the stage may be leaving the box, also before the "+
			"relay confirms it", t.Line, level(t.ActiveLow))}
	}
	return nil
}

// pulledUp are the lines that a Raspberry Pi pulls up by itself until a program drives them (BCM2835 ARM Peripherals, table
// 6-31); it pulls the others of its header down.
var pulledUp = []string{"GPIO0", "GPIO1", "GPIO2", "GPIO3", "GPIO4", "GPIO5", "GPIO6", "GPIO7", "GPIO8"}

// explainUndriven says which lamps may be lit while no program drives them.
func (c *Config) explainUndriven() []string {
	var lit []string
	for _, l := range c.Panel.Outputs() {
		if l.ActiveLow && !slices.Contains(pulledUp, l.Line) {
			lit = append(lit, l.Line)
		}
	}
	if lit == nil {
		return nil
	}
	return []string{"warning: what " + strings.Join(lit, " and ") + " lights when low may be lit before vigie begins and after it crashed, " +
		"when nothing drives the line: pull it up with a resistor (10k to 3.3 V), or on a Raspberry Pi take one of GPIO0 to GPIO8"}
}

func level(low bool) string {
	if low {
		return "low"
	}
	return "high"
}
