package station

import (
	"fmt"
	"time"

	"vigie/device/golive"
)

// bootTakes is how long the box waits for a device that was never heard of; rpicam-vid may take ten seconds to begin.
const bootTakes = 15 * time.Second

var errSilent = fmt.Errorf("its driver has not answered for %v: unplug it and plug it in again", bootTakes)

// bootAnyway goes on without devices that hang in their drivers: the press works with what is there, and one that answers
// after all joins.
func (s *Station) bootAnyway(now time.Time) {
	if s.machine.State != golive.Starting || now.Sub(s.view.Since) < bootTakes {
		return
	}
	if s.machine.Camera == golive.Unknown {
		s.Log.Error("no picture: " + errSilent.Error())
		s.device(cameraLost{errSilent})
	}
	if s.machine.Microphone == golive.Unknown {
		s.Log.Error("no sound: " + errSilent.Error())
		s.device(audioStopped{errSilent})
	}
	s.bootedOnce()
}

// bootedOnce leaves Starting when each device was looked for once.
func (s *Station) bootedOnce() {
	if s.machine.State == golive.Starting && s.machine.Camera != golive.Unknown && s.machine.Microphone != golive.Unknown {
		s.step(golive.Booted{})
	}
}
