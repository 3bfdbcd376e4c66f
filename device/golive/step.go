package golive

// Step is what the box does when e happens: the next machine, and what is to be done. It is pure and total; an event
// that means nothing in a state changes nothing.
func Step(m Machine, e Event) (Machine, []Command) {
	before := m.Lights()
	next, commands := m.take(e)
	next, more := next.settle()
	commands = append(commands, more...)
	if lights := next.Lights(); lights != before {
		commands = append([]Command{SetLights{lights}}, commands...)
	}
	return next, commands
}

// take applies the event itself.
func (m Machine) take(e Event) (Machine, []Command) {
	switch e := e.(type) {
	case Booted:
		if m.State == Starting {
			m.State = Standby
		}
	case ConfigChanged:
		m.Config = e.Config
	case CameraChanged:
		m.Camera = e.Device
	case MicrophoneChanged:
		m.Microphone = e.Device
	case RelayProbed:
		if !m.onAir() { // a show knows better
			m.Relay = e.Relay
		}
	case HealthChanged:
		m.Health = e.Worst
	case GoLiveDown, GoLiveHeld, GoLiveUp:
		return m.button(e)
	case GoLiveTapped:
		return m.tap(e.In)
	case EndAsked:
		return m.end()
	case ScheduleStarted:
		if m.State == Standby && m.refusal() == "" {
			m.State, m.Wanted, m.Scheduled = Cueing, true, true
			return m, []Command{OpenUplink{}}
		}
	case ScheduleEnded:
		if m.Scheduled {
			return m.end()
		}
	case CutDown:
		return m.toggleCut()
	case CutAsked:
		if e.Cut != m.Cut {
			return m.toggleCut()
		}
	case CutTook:
		m.InForce = m.Cut
	case ShutdownRequested:
		return m.end()
	default:
		return m.uplink(e)
	}
	return m, nil
}

// settle moves between Standby and Fault, as the facts have it, and out of a show that a fault ended.
func (m Machine) settle() (Machine, []Command) {
	switch {
	case m.onAir() && m.Config == ConfigBroken:
		// Devices that vanish are no reason to end a show: they may be back in a second.
		m.State = Ending
		return m, []Command{CloseUplink{}}
	case m.State == Standby && m.broken():
		m.State = Fault
	case m.State == Fault && !m.broken(), m.State == Standby && m.Wanted:
		m.State = Standby
		if m.Wanted {
			m.State = Cueing
			return m, []Command{OpenUplink{}}
		}
	}
	return m, nil
}

// uplink applies what the uplink reports.
func (m Machine) uplink(e Event) (Machine, []Command) {
	switch e := e.(type) {
	case UplinkClosed:
		m.Confirmed = false
		if m.State == Ending {
			m.State = Standby
		}
	case UplinkConnected:
		m.Relay = RelayReady
	case UplinkConfirmed:
		m.Relay, m.Confirmed = RelayReady, true
		if m.State == Cueing || m.State == Recovering {
			m.State = Live
		}
	case UplinkUnconfirmed:
		m.Confirmed = false
		// Under a cut only the slate leaves, which confirms nothing and is no trouble.
		if m.State == Live && !m.InForce {
			m.State = Recovering
		}
	case UplinkLost:
		m.Confirmed = false
		m.Relay = RelayUnreachable
		if e.Refused {
			m.Relay = RelayRefuses
		}
		if m.State == Live {
			m.State = Recovering
		}
	}
	return m, nil
}

// end closes the show, if there is one, and forgets that it was wanted.
func (m Machine) end() (Machine, []Command) {
	m.Wanted, m.Scheduled, m.press = false, false, notPressed
	if !m.onAir() {
		return m, nil
	}
	m.State = Ending
	return m, []Command{CloseUplink{}}
}
