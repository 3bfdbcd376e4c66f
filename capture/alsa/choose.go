package alsa

import (
	"fmt"
	"strconv"
	"strings"

	"vigie/capture"
)

// address is a parsed Options.Device. Exactly one of auto, id and card says which card.
type address struct {
	auto   bool
	id     string // the card's id, or empty
	card   int    // the card's number, where id is empty
	number int    // the PCM on the card
}

// parseAddress reads "auto", "hw:1,0", "hw:CARD=Device,DEV=0" and a bare card id. As in alsa-lib, a card may be named
// by its number or its id, and the PCM is 0 where it is not given.
func parseAddress(s string) (address, error) {
	if s == "auto" {
		return address{auto: true}, nil
	}
	rest, hw := strings.CutPrefix(s, "hw:")
	card, dev, given := strings.Cut(rest, ",")
	bad := fmt.Errorf("alsa: microphone %q: write auto, hw:1,0, hw:CARD=Device,DEV=0 or a card's id", s)
	if !hw && (given || strings.ContainsAny(s, ":= ")) {
		return address{}, bad
	}
	card = strings.TrimPrefix(card, "CARD=")
	if card == "" || strings.ContainsAny(card, ":= ") {
		return address{}, bad
	}
	a := address{id: card}
	if n, err := strconv.ParseUint(card, 10, 8); err == nil { // the kernel makes no id that begins with a digit
		a.id, a.card = "", int(n)
	}
	if given {
		n, err := strconv.ParseUint(strings.TrimPrefix(dev, "DEV="), 10, 8)
		if err != nil {
			return address{}, bad
		}
		a.number = int(n)
	}
	return a, nil
}

// choose finds the device of an address among all, which Find has sorted. "auto" never takes a dummy card: its
// silence would pass for a microphone.
func choose(all []Device, name string) (Device, error) {
	a, err := parseAddress(name)
	if err != nil {
		return Device{}, err
	}
	for _, d := range all {
		switch {
		case a.auto && d.Driver != "Dummy":
			return d, nil
		case a.auto:
		case d.Number == a.number && (d.ID == a.id || a.id == "" && d.Card == a.card):
			return d, nil
		}
	}
	if a.auto {
		return Device{}, fmt.Errorf("alsa: microphone %w: plug one in; `arecord -l` lists what the kernel knows",
			capture.ErrNotFound)
	}
	return Device{}, fmt.Errorf("alsa: microphone %q %w: there is %s", name, capture.ErrNotFound, list(all))
}

func list(all []Device) string {
	if len(all) == 0 {
		return "none; plug one in"
	}
	names := make([]string, len(all))
	for i, d := range all {
		names[i] = d.Address()
	}
	return strings.Join(names, ", ")
}
