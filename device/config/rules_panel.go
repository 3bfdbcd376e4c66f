package config

// lines holds that no line is used twice.
func (r *reader) lines(p Panel) {
	fitted := []struct{ path, line string }{
		{"panel.buttons.go_live.line", p.Buttons.GoLive.Line}, {"panel.buttons.cut.line", p.Buttons.Cut.Line},
		{"panel.lights.red.line", p.Lights.Red.Line}, {"panel.lights.green.line", p.Lights.Green.Line},
		{"panel.lights.amber.line", p.Lights.Amber.Line}, {"panel.tally_out.line", p.TallyOut.Line},
	}
	for i, a := range fitted {
		for _, b := range fitted[:i] {
			if a.line == "" || a.line != b.line || !r.good(a.path, b.path) {
				continue
			}
			blamed, other := a.path, b.path
			if r.last(a.path, b.path) == b.path {
				blamed, other = b.path, a.path
			}
			r.blame(blamed, "%s is used by %s already", a.line, other)
		}
	}
}

// rgb holds that a light of three colours has all of them: without one nobody could tell what it says.
func (r *reader) rgb(l Lights) {
	red, green, amber := "panel.lights.red.line", "panel.lights.green.line", "panel.lights.amber.line"
	if !l.RGB || !r.good("panel.lights.rgb", red, green, amber) || l.Red.Line != "" && l.Green.Line != "" && l.Amber.Line != "" {
		return
	}
	r.blame("panel.lights.rgb", "true is one light with lines for red, green and amber, which is its blue; one of them is not fitted")
}

// pull holds that the bias of a button's line does not press the button for ever.
func (r *reader) pull(button string, b Button) {
	active, pull := button+".active", button+".pull"
	if b.Line == "" || !r.good(button+".line", active, pull) {
		return
	}
	level, pressed := "high", b.Pull == "up"
	if b.ActiveLow {
		level, pressed = "low", b.Pull == "down"
	}
	if pressed {
		r.blame(r.last(pull, active), "active %s and pull %s make a button that is always pressed; "+
			"write active: low with pull: up, active: high with pull: down", level, b.Pull)
	}
}
