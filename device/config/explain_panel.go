package config

import (
	"fmt"
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

// explainLights says what is lost where a light is missing.
func (c *Config) explainLights() []string {
	l := c.Panel.Lights
	if l.Red.Line == "" && l.Green.Line == "" && l.Amber.Line == "" {
		return []string{"warning: no lights: the status page alone shows whether the stage is live"}
	}
	var lines []string
	for _, light := range []struct {
		name string
		Light
		lost string
	}{
		{"red", l.Red, "nobody at the box sees whether the stage is live; the status page shows it"},
		{"green", l.Green, "nobody at the box sees that it is ready; the status page shows it"},
		{"amber", l.Amber, "warnings show on the status page only, and a show that is cut looks like a box that is off"},
	} {
		if light.Line == "" {
			lines = append(lines, "warning: no "+light.name+" light: "+light.lost)
			continue
		}
		lines = append(lines, fmt.Sprintf("%s light: line %s, lit when %s", light.name, light.Line, level(light.ActiveLow)))
	}
	return lines
}

func level(low bool) string {
	if low {
		return "low"
	}
	return "high"
}
