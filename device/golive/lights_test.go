package golive

import "testing"

// TestLights is the table that staff learn: every state, every worst condition, cut or not, counting or not.
func TestLights(t *testing.T) {
	const off, steady, slow, fast = Off, Steady, Slow, Fast
	inShow := func(s State) bool { return s == Cueing || s == Live || s == Recovering || s == Ending }
	want := map[State][3]Lights{ // by worst condition: fine, warning, cannot go live
		Starting:   {{off, slow, off}, {off, slow, off}, {off, slow, off}},
		Standby:    {{off, steady, off}, {off, steady, slow}, {off, off, fast}},
		Cueing:     {{fast, off, off}, {fast, off, off}, {fast, off, fast}},
		Live:       {{steady, off, off}, {steady, off, slow}, {steady, off, slow}},
		Recovering: {{fast, off, steady}, {fast, off, steady}, {fast, off, steady}},
		Ending:     {{slow, off, off}, {slow, off, off}, {slow, off, off}},
		Fault:      {{off, fast, fast}, {off, fast, fast}, {off, fast, fast}},
	}
	for _, s := range states {
		for worst := Fine; worst <= CannotGoLive; worst++ {
			for _, cut := range []bool{false, true} {
				for _, counting := range []bool{false, true} {
					w := want[s][worst]
					if s == Live && counting {
						w.Red = fast
					}
					if cut && inShow(s) {
						w = Lights{off, off, steady}
					}
					if got := LightsFor(s, cut, worst, counting); got != w {
						t.Errorf("%v, worst %d, cut %v, counting %v: got %v, want %v", s, worst, cut, counting, got, w)
					}
				}
			}
		}
	}
}

// TestNames holds the names that the status API promises.
func TestNames(t *testing.T) {
	for s, want := range map[State]string{Starting: "starting", Standby: "standby", Cueing: "cueing", Live: "live",
		Recovering: "recovering", Ending: "ending", Fault: "fault", State(9): "state(9)"} {
		if got := s.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	for p, want := range map[Pattern]string{Off: "off", Steady: "steady", Slow: "slow", Fast: "fast", Pattern(-1): "pattern(-1)"} {
		if got := p.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
