package config

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

var cameraDevice = words("auto, rpicam, test, none or a path under /dev", func(s string) (any, error) {
	switch {
	case s == "auto" || s == "rpicam" || s == "test" || s == "none":
		return s, nil
	case strings.HasPrefix(s, "/dev/") && path.Clean(s) == s && printable.MatchString(s):
		return s, nil
	}
	return nil, fmt.Errorf("%s is not auto, rpicam, test, none or a path under /dev, best one in /dev/v4l/by-id", shown(s))
})

// A card's id is what /proc/asound/cards has in brackets: at most 15 letters, digits, _ and - (sound/core/init.c).
// An ALSA name is the card, and where it has several, the device on it.
var (
	alsaCard = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,14}$`)
	alsaName = regexp.MustCompile(`^hw:(CARD=)?([0-9]{1,2}|[A-Za-z][A-Za-z0-9_-]{0,14})(,(DEV=)?[0-9]{1,2})?$`)
)

var microphoneDevice = words("auto, test, none, an ALSA name such as hw:1,0, or a card's id", alsaDevice)

func alsaDevice(s string) (any, error) {
	lower := strings.ToLower(s)
	switch {
	case s != lower && (lower == "auto" || lower == "test" || lower == "none"): // else it would be a card's id
		return nil, fmt.Errorf("%s is written %s", s, lower)
	case slices.Contains([]string{"default", "pulse", "pipewire", "sysdefault"}, s):
		return nil, fmt.Errorf("%s is a name of ALSA's library, and the sound card is read without it; write auto", s)
	case alsaCard.MatchString(s) || alsaName.MatchString(s):
		return s, nil
	}
	return nil, fmt.Errorf("%s is not auto, test, none, an ALSA name such as hw:1,0 or hw:CARD=Device, or a card's id",
		shown(s))
}

// A control's name is what `v4l2-ctl --list-ctrls` prints.
var controlName = regexp.MustCompile(`^[a-z0-9][a-z0-9_]{0,62}$`)

var control = kind{
	want: "a number, true, false or a menu entry such as 50Hz",
	tags: []string{"!!str", "!!int", "!!bool"},
	read: func(s string) (any, error) {
		switch lower := strings.ToLower(s); {
		case lower == "true" || lower == "false":
			return lower, nil
		case len(s) > 64 || !printable.MatchString(s) || strings.TrimSpace(s) != s:
			return nil, fmt.Errorf("%s is not a number, true, false or a menu entry such as 50Hz", shown(s))
		case anyNumber.MatchString(s) && !wholeNumber.MatchString(s):
			return nil, fmt.Errorf("%s is not a decimal number", shown(s))
		}
		return s, nil
	},
}

// anyNumber is what YAML and Go may take for a whole number.
var anyNumber = regexp.MustCompile(`^[-+]?(0[xX][0-9a-fA-F_]+|0[oObB][0-9_]+|[0-9][0-9_]*)$`)

// printable is one line of plain ASCII.
var printable = regexp.MustCompile(`^[ -~]+$`)

// A line's name is the kernel's, as gpioinfo prints it: at most 31 characters (GPIO_MAX_NAME_SIZE in linux/gpio.h),
// and some boards have spaces in them. A bare number would be an offset, and on which chip?
var line = words("the name of a GPIO line such as GPIO17", func(s string) (any, error) {
	switch {
	case s == "":
		return s, nil
	case strings.Trim(s, "0123456789") == "":
		return nil, fmt.Errorf("%s is a number; expected the name of a GPIO line such as GPIO%s", shown(s), shown(s))
	case len(s) > 31 || !printable.MatchString(s) || strings.TrimSpace(s) != s:
		return nil, fmt.Errorf("%s is not the name of a GPIO line such as GPIO17; gpioinfo lists them", shown(s))
	}
	return s, nil
})
