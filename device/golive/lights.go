package golive

// LightsFor is the table of what staff see: a total function of the state, whether a cut is in force, the worst
// condition, and whether a hold-to-stop is counting down.
//
// Red is lit, steady or blinking, in every state in which media may be leaving the box, and steady in Live alone.
// A cut in force leaves it dark, also while the button is held and while the show ends: nobody on stage is to think that they
// are seen.
func LightsFor(s State, cut bool, worst Severity, counting bool) Lights {
	switch s {
	case Starting:
		return Lights{Green: Slow}
	case Standby:
		return standbyLights(worst)
	case Fault:
		return Lights{Green: Fast, Amber: Fast}
	}
	if cut {
		return Lights{Amber: Steady}
	}
	switch s {
	case Ending:
		return Lights{Red: Slow}
	case Cueing:
		if worst == CannotGoLive {
			return Lights{Red: Fast, Amber: Fast}
		}
		return Lights{Red: Fast}
	case Live:
		l := Lights{Red: Steady}
		if counting {
			l.Red = Fast
		}
		if worst != Fine {
			l.Amber = Slow
		}
		return l
	case Recovering:
		return Lights{Red: Fast, Amber: Steady}
	}
	return Lights{Green: Fast, Amber: Fast} // a state that does not exist is a fault
}

func standbyLights(worst Severity) Lights {
	switch worst {
	case Fine:
		return Lights{Green: Steady}
	case Warning:
		return Lights{Green: Steady, Amber: Slow}
	}
	return Lights{Amber: Fast}
}
