package station

import (
	"slices"

	"vigie/device/golive"
	"vigie/device/panel"
)

// handle takes one event of the queue.
func (s *Station) handle(e any) {
	switch e := e.(type) {
	case golive.Event:
		s.step(e)
	case gesture:
		s.gesture(e)
	case showEvent:
		if e.show == s.show {
			s.uplinkEvent(e.event)
		}
	case showEnded:
		if e.show == s.show {
			s.show = nil
			s.uplink.Store(nil)
			s.view.Backup = "" // until the next probe
			s.health()
			s.step(golive.UplinkClosed{})
		}
	case conditionsFound:
		s.view.Found = e.found
		s.health()
	case buttonFailed:
		s.view.Panel = append(slices.Clip(s.view.Panel), e.err)
		s.health()
	case reminded:
		s.view.Reminder = e.text
		s.health()
	case noticed:
		s.notice(e.condition)
	case relayProbed:
		if !s.onAir.Load() {
			s.view.Trouble = e.err
			if s.view.Backup = ""; e.relay == golive.RelayReady && e.err != nil {
				s.view.Backup = "The first relay is not ready: " + e.err.Error()
			}
			s.health()
			s.step(golive.RelayProbed{Relay: e.relay})
		}
	default:
		s.device(e)
	}
	s.bootedOnce()
}

// device takes what the camera's and the microphone's goroutines report.
func (s *Station) device(e any) {
	switch e := e.(type) {
	case cameraFound:
		s.Log.Info("camera: " + s.video.Stats().Way)
		s.view.CameraErr = nil
		s.step(golive.CameraChanged{Device: found(e.simulated)})
	case cameraLost:
		s.complain("picture", &s.view.CameraErr, e.err)
		s.step(golive.CameraChanged{Device: golive.Absent})
	case audioStarted:
		s.Log.Info("microphone: " + e.audio.Stats().Microphone)
		s.view.MicrophoneErr = nil
		e.audio.SetCut(s.machine.Cut)
		s.audio.Store(e.audio)
		e.audio.SetSink(s.sink())
		s.step(golive.MicrophoneChanged{Device: found(e.simulated)})
	case audioStopped:
		s.complain("sound", &s.view.MicrophoneErr, e.err)
		s.audio.Store(nil)
		s.step(golive.MicrophoneChanged{Device: golive.Absent})
	}
}

func found(simulated bool) golive.Device {
	if simulated {
		return golive.Simulated
	}
	return golive.Present
}

// complain keeps why there is no picture or no sound, and logs a reason that is another one than before: it is tried again
// and again.
func (s *Station) complain(what string, last *error, err error) {
	if err == nil {
		err = errEnded
	}
	if *last != nil && (*last).Error() != err.Error() {
		s.Log.Warn("still no " + what + ": " + err.Error())
	}
	*last = err
}

// gesture translates a button for the machine.
func (s *Station) gesture(g gesture) {
	switch {
	case g.gesture == panel.Stuck || g.gesture == panel.Freed:
		s.stuck(g)
	case g.button == "cut":
		if g.gesture == panel.Down {
			s.step(golive.CutDown{})
		}
	default:
		s.step(map[panel.Gesture]golive.Event{
			panel.Down: golive.GoLiveDown{}, panel.Held: golive.GoLiveHeld{}, panel.Up: golive.GoLiveUp{},
		}[g.gesture])
	}
}

// stuck warns of a button that nobody can be holding.
func (s *Station) stuck(g gesture) {
	others := slices.DeleteFunc(slices.Clone(s.view.Stuck), func(b string) bool { return b == g.button })
	if s.view.Stuck = others; g.gesture == panel.Stuck {
		s.view.Stuck = append(others, g.button)
	}
	if g.button == "go_live" {
		s.step(golive.GoLiveUp{}) // a press that never ends is over
	}
	s.health()
}

// lookAtLights notices a light that fails in use: then the page alone is to be trusted, and says so.
func (s *Station) lookAtLights() {
	if s.Lights == nil {
		return
	}
	before := s.view.LightsErr
	if s.view.LightsErr = s.Lights.Err(); (before == nil) != (s.view.LightsErr == nil) {
		s.health()
	}
}
