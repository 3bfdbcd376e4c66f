package station

import (
	"time"

	"vigie/device/golive"
)

// step feeds the machine and carries out what it says.
func (s *Station) step(e golive.Event) {
	if _, down := e.(golive.GoLiveDown); down {
		s.view.Pressed = time.Now()
	}
	before, camera := s.machine.State, s.machine.Camera
	next, commands := golive.Step(s.machine, e)
	s.machine = next
	if next.State != before || next.Camera != camera {
		s.view.Refused = "" // its cause may be gone
	}
	s.onAir.Store(onAir(next.State))
	if next.State != before {
		s.Log.Info("now "+next.State.String(), "was", before.String())
		s.view.Since = time.Now()
	}
	switch { // what interrupts a show does not begin it anew
	case !onAir(next.State):
		s.view.OnAir = time.Time{}
	case next.State == golive.Live && s.view.OnAir.IsZero():
		s.view.OnAir = s.view.Since
	}
	for _, c := range commands {
		s.do(c)
	}
	if onAir(next.State) != onAir(before) {
		s.health()
	}
}

// do carries out one command.
func (s *Station) do(c golive.Command) {
	switch c := c.(type) {
	case golive.SetLights:
		if s.Lights != nil {
			s.Lights.Set(c.Lights)
		}
	case golive.OpenUplink:
		s.openShow()
	case golive.CloseUplink:
		s.closeShow()
	case golive.RetryUplink:
		if s.show != nil {
			s.show.uplink.Retry()
		}
	case golive.SetCut:
		s.Log.Info(cutText(c.On, onAir(s.machine.State)))
		s.setCut(c.On)
	case golive.Mark:
		s.Log.Info("marker")
		s.view.Markers++
	case golive.Refuse:
		s.view.Refused = c.Why
	}
}

// cutText says what the cut button did.
func cutText(on, inShow bool) string {
	switch {
	case on && inShow:
		return "cut: viewers see the slate and hear nothing"
	case on:
		return "the next show begins cut"
	case inShow:
		return "the cut is over: viewers get the stage again"
	}
	return "the next show does not begin cut"
}

// setCut puts slate and silence on air or takes them off. When they are on, nothing of the stage is left in a queue.
func (s *Station) setCut(on bool) {
	if s.video != nil {
		s.video.SetCut(on)
	}
	if a := s.audio.Load(); a != nil {
		a.SetCut(on)
	}
	if !on {
		return
	}
	if s.show != nil {
		s.show.uplink.Flush()
	}
	s.step(golive.CutTook{})
}
