package alsa

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"

	pcm "github.com/gen2brain/alsa"
)

// The suffixes of the mixer controls that a recording passes through (Documentation/sound/designs/control-names.rst).
const (
	captureSwitch = "Capture Switch"
	captureVolume = "Capture Volume"
	raisedVolume  = 75 // percent of its range, for a volume that was at its lowest
)

// wake unmutes the card's microphone and raises a capture volume that is at its lowest. A volume that somebody set is
// left alone, as is one channel of a pair. It logs what it did; a card without such controls is as it should be.
func wake(d Device, log *slog.Logger) error {
	mixer, err := pcm.MixerOpen(uint(d.Card))
	if err != nil {
		return deviceError(d, "open the mixer of", err)
	}
	defer mixer.Close()
	names := make([]string, len(mixer.Ctls))
	for i, c := range mixer.Ctls {
		names[i] = c.Name()
	}
	for i, name := range names {
		if !isMicrophone(name, names) {
			continue
		}
		if err := wakeControl(mixer, mixer.Ctls[i], d, log); err != nil {
			return deviceError(d, fmt.Sprintf("set %q of", name), err)
		}
	}
	return nil
}

// isMicrophone tells whether the control called name is the microphone's, among all those of the card: by its name,
// or because it is the only one of its kind.
func isMicrophone(name string, all []string) bool {
	for _, kind := range []string{captureSwitch, captureVolume} {
		source, found := strings.CutSuffix(name, kind)
		if !found {
			continue
		}
		others := slices.ContainsFunc(all, func(n string) bool { return n != name && strings.HasSuffix(n, kind) })
		return source == "" || strings.HasPrefix(source, "Mic") || strings.HasPrefix(source, "Headset") || !others
	}
	return false
}

func wakeControl(mixer *pcm.Mixer, c *pcm.MixerCtl, d Device, log *slog.Logger) error {
	low, high := 0, 1
	switch c.Type() {
	case pcm.SNDRV_CTL_ELEM_TYPE_BOOLEAN:
	case pcm.SNDRV_CTL_ELEM_TYPE_INTEGER:
		low, _ = c.RangeMin() // cannot fail: it is an integer
		high, _ = c.RangeMax()
	default:
		return nil
	}
	v := newElemValue(c.ID())
	if err := v.transfer(mixer.Fd(), elemRead); err != nil {
		return err
	}
	to := high
	if c.Type() == pcm.SNDRV_CTL_ELEM_TYPE_INTEGER {
		to = low + (high-low)*raisedVolume/100
	}
	for i := range int(c.NumValues()) {
		if v.get(i) > low {
			return nil
		}
		v.set(i, to)
	}
	if err := v.transfer(mixer.Fd(), elemWrite); err != nil {
		return err
	}
	log.Info("microphone was muted or at its lowest volume", "device", d.String(), "control", c.Name(),
		"now", to, "max", high)
	return nil
}
