package station

import (
	"errors"
	"slices"
	"strings"
	"time"

	"vigie/device/golive"
	"vigie/device/health"
	"vigie/uplink"
)

// conditions lists what is wrong, the worst first, else in the order in which staff would mend it.
func conditions(v Snapshot) []health.Condition {
	all := append(facts(v), own(v)...)
	if v.Refused != "" {
		// Amber is its cause's.
		all = append(all, condition(health.PressRefused, golive.Fine, "The button was pressed, but "+v.Refused+".",
			"Press it again when that is mended."))
	}
	slices.SortStableFunc(all, func(a, b health.Condition) int { return int(b.Severity - a.Severity) })
	return all
}

func condition(code string, severity golive.Severity, text, advice string) health.Condition {
	return health.Condition{Code: code, Severity: severity, Text: text, Advice: advice}
}

func warning(code, text, advice string) health.Condition {
	return condition(code, golive.Warning, text, advice)
}

// facts are the conditions that the machine knows by itself: golive.Machine.Worst is the worst of them and of own's.
func facts(v Snapshot) (all []health.Condition) {
	m := v.Machine
	add := func(c health.Condition) { all = append(all, c) }
	switch m.Config {
	case golive.ConfigBroken:
		add(condition(health.ConfigBroken, golive.CannotGoLive, "The configuration has errors.",
			"Mend config.yaml; the box goes on by itself when it is saved."))
	case golive.ConfigLastGood:
		add(warning(health.ConfigLastGood, "The configuration has errors; the box runs on the last good copy.",
			"Mend config.yaml."))
	}
	switch m.Camera {
	case golive.Absent:
		add(condition(health.NoCamera, golive.CannotGoLive, "No picture: "+why(v.CameraErr)+".",
			"It is tried again and again; what is plugged in is found by itself."))
	case golive.Simulated:
		add(warning(health.TestPicture, "The test picture stands in for a camera.",
			"Right for a rehearsal; else plug a camera in and start the box again."))
	}
	switch m.Microphone {
	case golive.Absent:
		severity := golive.Warning
		if m.Camera == golive.None {
			severity = golive.CannotGoLive
		}
		add(condition(health.NoMicrophone, severity, "No microphone: "+why(v.MicrophoneErr)+". The show is silent.",
			"It is looked for again and again; what is plugged in is found by itself."))
	case golive.Simulated:
		add(warning(health.TestSound, "The test sound stands in for a microphone.",
			"Right for a rehearsal; else plug a microphone in and start the box again."))
	}
	switch m.Relay {
	case golive.RelayUnreachable:
		add(condition(health.RelayUnreachable, golive.CannotGoLive, ofRelay("No way to the relay: ", v.Trouble),
			uplink.Advice(v.Trouble)+" It is tried again and again."))
	case golive.RelayRefuses:
		add(condition(health.RelayRefuses, golive.CannotGoLive, ofRelay("The relay takes no show: ", v.Trouble),
			uplink.Advice(v.Trouble)))
	}
	return all
}

// own are the conditions of the box itself: what the machine is told by HealthChanged.
func own(v Snapshot) (all []health.Condition) {
	add := func(code, text, advice string) { all = append(all, warning(code, text, advice)) }
	if v.Reminder != "" {
		add(health.ShowDue, v.Reminder, "A show that is cancelled is to be taken out of the schedule.")
	}
	if v.Backup != "" {
		add(health.RelayBackup, v.Backup+".", "Viewers may have to go there.")
	}
	if n := len(v.Stuck); n > 0 {
		buttons, are := "The "+v.Stuck[0]+" button", "is"
		if n > 1 {
			buttons, are = "The buttons "+strings.Join(v.Stuck, " and "), "are"
		}
		add(health.ButtonStuck, buttons+" "+are+" stuck and ignored.", "Release what is stuck, or look at the wiring.")
	}
	if len(v.Panel) > 0 {
		all := strings.ReplaceAll(errors.Join(v.Panel...).Error(), "\n", "; ")
		add(health.PanelFailed, "The panel is not whole: "+all+".", "Use the status page, which shows and does the same.")
	}
	if v.LightsErr != nil {
		add(health.LightsFailed, "Do not trust the lights: "+v.LightsErr.Error()+".", "The status page shows what they should.")
	}
	found := v.Found
	if !onAir(v.Machine.State) && v.Reminder == "" {
		found = health.BeforeShow(found) // with a show near, staff are to see to the stage
	}
	return slices.Concat(all, found, v.Noticed)
}

// notice keeps what the rest of the program knows, in the order of health.Codes.
func (s *Station) notice(c health.Condition) {
	all := slices.DeleteFunc(slices.Clone(s.view.Noticed), func(n health.Condition) bool { return n.Code == c.Code })
	if c.Text != "" {
		all = append(all, c)
	}
	order := health.Codes()
	slices.SortFunc(all, func(a, b health.Condition) int { return slices.Index(order, a.Code) - slices.Index(order, b.Code) })
	s.view.Noticed = all
	s.health()
}

// onAir tells whether the stage may be seen in a state.
func onAir(s golive.State) bool {
	return s == golive.Cueing || s == golive.Live || s == golive.Recovering
}

// health tells the machine the worst of what is wrong with the box itself, which also depends on the state.
func (s *Station) health() {
	v := s.view
	v.Machine = s.machine
	s.step(golive.HealthChanged{Worst: health.Worst(own(v))})
}

// settle is all that is wrong, and since when.
func (s *Station) settle(now time.Time, v Snapshot) []health.Condition {
	return s.book.Settle(now, conditions(v))
}

// ofRelay says what is wrong with the relay, after intro where the error does not begin with the relay itself.
func ofRelay(intro string, err error) string {
	text := why(err)
	if rest, ok := strings.CutPrefix(text, "the relay "); ok {
		return "The relay " + rest + "."
	}
	return intro + text + "."
}

func why(err error) string {
	if err == nil {
		return "no reason known yet"
	}
	return err.Error()
}
