package alsa

import (
	"fmt"
	"slices"
	"testing"
)

func TestProposals(t *testing.T) {
	for name, c := range map[string]struct {
		rates, takes [2]int // of the card, least and most: rates, channels
		channels     int
		want         []string // rate/channels, in order
	}{
		"all that is wanted":          {[2]int{48000, 48000}, [2]int{2, 2}, 2, []string{"48000/2"}},
		"a mono microphone of 16 kHz": {[2]int{16000, 16000}, [2]int{1, 1}, 2, []string{"16000/1"}},
		"44.1 kHz alone":              {[2]int{44100, 44100}, [2]int{1, 2}, 2, []string{"44100/2", "44100/1"}},
		"mono is asked for":           {[2]int{48000, 48000}, [2]int{1, 2}, 1, []string{"48000/1", "48000/2"}},
		"96 kHz and more":             {[2]int{96000, 192000}, [2]int{2, 2}, 2, []string{"96000/2"}},
		"a mixing desk":               {[2]int{44100, 96000}, [2]int{18, 18}, 2, []string{"48000/18", "44100/18"}},
		"a rate between":              {[2]int{22050, 22050}, [2]int{1, 1}, 2, []string{"22050/1"}},
	} {
		d := Device{MinRate: c.rates[0], MaxRate: c.rates[1], MinChannels: c.takes[0], MaxChannels: c.takes[1]}
		var got []string
		for _, p := range proposals(d, c.channels) {
			if p.PeriodCount == bufferPeriods {
				got = append(got, fmt.Sprintf("%d/%d", p.Rate, p.Channels))
			}
			if p.StopThreshold != p.PeriodSize*p.PeriodCount {
				t.Errorf("%s: %+v: a full buffer is not an xrun", name, p)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestWideFormatsComeFirstWithGain(t *testing.T) {
	if formats(false)[0].id != s16.id || formats(true)[0].id == s16.id || len(formats(true)) != len(formats(false)) {
		t.Error("gain does not choose the format")
	}
}
