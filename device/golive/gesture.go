package golive

// button applies the go-live button. What Up and Held mean is decided by where Down fell, so that neither a stray
// knock nor a long first press ends a show.
func (m Machine) button(e Event) (Machine, []Command) {
	switch e.(type) {
	case GoLiveDown:
		return m.down()
	case GoLiveHeld:
		if m.press == pressOnAir {
			return m.end()
		}
	case GoLiveUp:
		was := m.press
		m.press = notPressed
		if was == pressOnAir {
			return m.mark()
		}
	}
	return m, nil
}

// mark is a short press on air; while recovering it is also the order to try now.
func (m Machine) mark() (Machine, []Command) {
	switch m.State {
	case Recovering:
		return m, []Command{Mark{}, RetryUplink{}}
	case Live:
		return m, []Command{Mark{}}
	}
	return m, nil
}

// tap is a whole short press in one, in the state that whoever pressed saw. Two who begin a show at once do not cancel it.
func (m Machine) tap(in State) (Machine, []Command) {
	marks := func(s State) bool { return s == Live || s == Recovering }
	switch {
	case in != AnyState && in != m.State && !(marks(in) && marks(m.State)):
		return m, nil
	case marks(m.State):
		return m.mark()
	}
	held := m.press
	m, commands := m.down()
	m.press = held
	return m, commands
}

func (m Machine) down() (Machine, []Command) {
	m.press = pressIgnored
	switch m.State {
	case Standby:
		if why := m.refusal(); why != "" {
			return m, []Command{Refuse{why}}
		}
		m.State, m.Wanted = Cueing, true
		return m, []Command{OpenUplink{}}
	case Cueing:
		return m.end()
	case Live, Recovering:
		m.press = pressOnAir
	case Fault:
		return m, []Command{Refuse{m.refusal()}}
	}
	return m, nil
}

// refusal tells why a press in Standby cannot be obeyed. A relay that was unreachable a minute ago is no reason: the
// press is the order to try.
func (m Machine) refusal() string {
	switch {
	case m.Config == ConfigBroken:
		return "the configuration is broken: mend config.yaml, its errors are on the status page"
	case m.Camera == Absent:
		return "there is no picture: look at the camera, and at vigie doctor"
	case m.Camera == None && !m.Microphone.works():
		return "there is no microphone, and no camera is configured"
	}
	return ""
}

// toggleCut puts the slate on air or takes it off. Outside a show it arms: the next show begins cut.
func (m Machine) toggleCut() (Machine, []Command) {
	m.Cut = !m.Cut
	if !m.Cut && m.InForce {
		m.InForce = false
		if m.State == Live && !m.Confirmed {
			m.State = Recovering // red must not be steady before the relay has the stage again
		}
	}
	return m, []Command{SetCut{m.Cut}}
}
