package alsa

import (
	"runtime"
	"testing"
)

func TestIsMicrophone(t *testing.T) {
	usb := []string{"Mic Playback Switch", "Mic Capture Switch", "Mic Capture Volume", "Auto Gain Control"}
	mixer := []string{"Line Capture Switch", "Line Capture Volume", "PCM Playback Volume"}
	many := []string{
		"Line Capture Switch", "CD Capture Switch", "Mic Capture Switch", "Capture Volume", "Synth Capture Volume",
	}
	for _, c := range []struct {
		name string
		all  []string
		want bool
	}{
		{"Mic Capture Switch", usb, true},
		{"Mic Capture Volume", usb, true},
		{"Mic Playback Switch", usb, false}, // it would send the microphone to the card's own output
		{"Auto Gain Control", usb, false},
		{"Line Capture Switch", mixer, true}, // the only one
		{"Line Capture Volume", mixer, true},
		{"Line Capture Switch", many, false},
		{"Mic Capture Switch", many, true},
		{"Capture Volume", many, true},
		{"Synth Capture Volume", many, false},
	} {
		if got := isMicrophone(c.name, c.all); got != c.want {
			t.Errorf("%q among %q: %v", c.name, c.all, got)
		}
	}
}

// The kernel checks the size of struct snd_ctl_elem_value, which is part of the request's number.
func TestElemValueHasTheKernelsSize(t *testing.T) {
	want := map[string]int{"amd64": 1224, "arm64": 1224, "arm": 712, "386": 708}[runtime.GOARCH]
	if got := len(newElemValue(1)); got != want {
		t.Errorf("%d bytes, want %d", got, want)
	}
	v := newElemValue(1)
	v.set(0, 7)
	v.set(1, -3)
	if v.get(0) != 7 || v.get(1) != -3 {
		t.Errorf("7 and -3 are read back as %d and %d", v.get(0), v.get(1))
	}
}
