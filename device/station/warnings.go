package station

import "vigie/device/golive"

// Warning is something that is wrong, for people: why amber is lit, and what to do.
type Warning struct {
	Code string // stable, for programs: "no_camera"
	Text string
}

// warnings lists what is wrong in the order in which staff would mend it.
func warnings(v Snapshot) []Warning {
	m, all := v.Machine, []Warning{}
	add := func(code, text string) { all = append(all, Warning{code, text}) }
	switch m.Config {
	case golive.ConfigBroken:
		add("config_broken", "The configuration has errors. Mend config.yaml; the box goes on by itself when it is saved.")
	case golive.ConfigLastGood:
		add("config_last_good", "The configuration has errors; the box runs on the last good copy. Mend config.yaml.")
	}
	if v.Reminder != "" {
		add("show_due", v.Reminder)
	}
	switch m.Camera {
	case golive.Absent:
		add("no_camera", "No picture: "+why(v.CameraErr)+". It is tried again and again; what is plugged in is found by itself.")
	case golive.Simulated:
		add("test_picture", "The test picture stands in for a camera.")
	}
	switch m.Microphone {
	case golive.Absent:
		add("no_microphone", "No microphone: "+why(v.MicrophoneErr)+". The show is silent.")
	case golive.Simulated:
		add("test_sound", "The test sound stands in for a microphone.")
	}
	switch m.Relay {
	case golive.RelayUnreachable:
		add("relay_unreachable", "No way to the relay: "+why(v.Trouble)+". It is tried again and again; if this stays, look at the network.")
	case golive.RelayRefuses:
		add("relay_refuses", "The relay refuses: "+why(v.Trouble)+".")
	}
	if v.Backup != "" {
		add("relay_backup", v.Backup+". Viewers may have to go there.")
	}
	for _, button := range v.Stuck {
		add("button_stuck", "The "+button+" button is stuck and is ignored. Release it, or look at its wiring.")
	}
	for _, err := range v.Panel {
		add("panel_failed", "The panel is not whole: "+err.Error()+". This page shows and does the same.")
	}
	if v.LightsErr != nil {
		add("panel_failed", "Do not trust the lights: "+v.LightsErr.Error()+". This page shows what they should.")
	}
	return all
}

func why(err error) string {
	if err == nil {
		return "no reason known yet"
	}
	return err.Error()
}
