package alsa

import (
	"errors"
	"fmt"

	pcm "github.com/gen2brain/alsa"
	"golang.org/x/sys/unix"
)

// recover brings the stream back after an xrun or a suspend, or returns the error that ends it.
func (m *Microphone) recover(err error) error {
	switch {
	case errors.Is(err, unix.EPIPE):
		m.lost("overrun")
	case errors.Is(err, unix.ESTRPIPE):
		m.lost("the system was suspended")
		if m.stream.Resume() == nil {
			m.begin()
			return nil
		} // the driver cannot: it is set up again instead
	case m.stream.State() == pcm.SNDRV_PCM_STATE_DISCONNECTED:
		return fmt.Errorf("%w (%v)", unix.ENODEV, err)
	default:
		return err
	}
	if err := m.stream.Prepare(); err != nil {
		return err
	}
	m.begin()
	return m.stream.Start()
}

func (m *Microphone) lost(why string) {
	m.log.Warn("sound was lost", "device", m.device.String(), "why", why, "xruns", m.xruns.Add(1))
}

// begin makes what comes next not join on to what came before.
func (m *Microphone) begin() {
	m.clock.lose()
	if m.resampler != nil {
		m.resampler.reset()
	}
}
