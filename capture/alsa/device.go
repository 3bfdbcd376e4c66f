package alsa

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	pcm "github.com/gen2brain/alsa"
)

// Device is one capture PCM of a sound card.
type Device struct {
	Card   int    // the card's number: it changes with the order of plugging
	ID     string // the card's id: stable while no second card of the same name is there, "Device"
	Number int    // the PCM on the card, usually 0
	Name   string // the card's name for people: "USB PnP Sound Device"
	Driver string // "USB-Audio", "Loopback", "Dummy", ...

	// What the hardware takes. All empty when another program holds the device, because only an open one can be asked.
	Formats                  []string // as ALSA names them: "S16_LE"
	MinRate, MaxRate         int      // PCM frames a second
	MinChannels, MaxChannels int
}

// Address is the name that Open finds the device by again: "hw:CARD=Device,DEV=0".
func (d Device) Address() string { return fmt.Sprintf("hw:CARD=%s,DEV=%d", d.ID, d.Number) }

func (d Device) String() string { return fmt.Sprintf("%s (%s)", d.Name, d.Address()) }

// Find lists the capture devices, the one that "auto" takes first: USB microphones, then other hardware, then loopback,
// then dummy cards; within these by card id and PCM number. A kernel without sound has none. It opens each device for a
// moment to ask what it takes, and does not block.
func Find() ([]Device, error) {
	cards, err := pcm.EnumerateCards()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("alsa: list the sound cards: %w", err)
	}
	var found []Device
	for _, card := range cards {
		driver, name, _ := strings.Cut(card.Description, " - ") // /proc/asound/cards: "USB-Audio - USB PnP Sound Device"
		for _, d := range card.Devices {
			if d.IsPlayback {
				continue
			}
			device := Device{Card: card.ID, ID: card.Name, Number: d.ID, Name: cmp.Or(name, card.Name), Driver: driver}
			if hw, err := pcm.PcmParamsGet(uint(card.ID), uint(d.ID), pcm.PCM_IN); err == nil {
				device.describe(hw)
			}
			found = append(found, device)
		}
	}
	sortDevices(found)
	return found, nil
}

// describe fills in what the hardware takes.
func (d *Device) describe(hw *pcm.PcmParams) {
	d.Formats = nil
	for f := pcm.PcmFormat(0); f <= pcm.SNDRV_PCM_FORMAT_DSD_U32_BE; f++ {
		if name := pcm.PcmParamFormatNames[f]; name != "" && hw.FormatIsSupported(f) {
			d.Formats = append(d.Formats, name)
		}
	}
	d.MinRate, d.MaxRate = interval(hw, pcm.SNDRV_PCM_HW_PARAM_RATE)
	d.MinChannels, d.MaxChannels = interval(hw, pcm.SNDRV_PCM_HW_PARAM_CHANNELS)
}

// interval cannot fail: p is one of the kernel's interval parameters.
func interval(hw *pcm.PcmParams, p pcm.PcmParam) (least, most int) {
	low, _ := hw.Min(p)
	high, _ := hw.Max(p)
	return int(low), int(high)
}

// rank orders drivers by how likely the card is a person's microphone (see Find).
func (d Device) rank() int {
	switch d.Driver {
	case "USB-Audio":
		return 0
	case "Loopback":
		return 2
	case "Dummy":
		return 3
	}
	return 1
}

func sortDevices(all []Device) {
	slices.SortStableFunc(all, func(a, b Device) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(a.ID, b.ID),
			cmp.Compare(a.Card, b.Card), cmp.Compare(a.Number, b.Number))
	})
}
