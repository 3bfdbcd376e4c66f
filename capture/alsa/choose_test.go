package alsa

import (
	"errors"
	"strings"
	"testing"

	"vigie/capture"
)

var (
	usb      = Device{Card: 3, ID: "Device", Name: "USB PnP Sound Device", Driver: "USB-Audio"}
	usbB     = Device{Card: 1, ID: "Mic", Name: "Røde", Driver: "USB-Audio"}
	board    = Device{Card: 2, ID: "PCH", Name: "HDA Intel", Driver: "HDA-Intel"}
	boardAlt = Device{Card: 2, ID: "PCH", Name: "HDA Intel", Driver: "HDA-Intel", Number: 2}
	loopback = Device{Card: 0, ID: "Loopback", Name: "Loopback", Driver: "Loopback"}
	dummy    = Device{Card: 4, ID: "A", Name: "Dummy", Driver: "Dummy"}
)

func TestOrder(t *testing.T) {
	want := []Device{usb, usbB, board, boardAlt, loopback, dummy}
	all := []Device{dummy, loopback, boardAlt, board, usbB, usb}
	sortDevices(all)
	for i := range want {
		if all[i].Address() != want[i].Address() {
			t.Fatalf("order is %s", list(all))
		}
	}
}

func TestChoose(t *testing.T) {
	all := []Device{usb, usbB, board, boardAlt, loopback, dummy}
	for name, want := range map[string]Device{
		"auto": usb, "hw:1,0": usbB, "hw:1": usbB, "hw:2,2": boardAlt, "hw:CARD=PCH,DEV=2": boardAlt,
		"hw:CARD=PCH": board, "hw:PCH,2": boardAlt, "Mic": usbB, "A": dummy, "hw:4,0": dummy,
	} {
		if got, err := choose(all, name); err != nil || got.Address() != want.Address() {
			t.Errorf("%s: %v, %v, want %v", name, got, err, want)
		}
	}
	if got, err := choose(all[4:], "auto"); err != nil || got.ID != "Loopback" {
		t.Errorf("auto with loopback and dummy: %v, %v", got, err)
	}
	if got, err := choose(all[5:], "auto"); !errors.Is(err, capture.ErrNotFound) {
		t.Errorf("auto with a dummy card alone: %v, %v", got, err)
	}
	_, err := choose(all, "hw:CARD=Nobody,DEV=0")
	if !errors.Is(err, capture.ErrNotFound) || !strings.Contains(err.Error(), usb.Address()) {
		t.Errorf("a card that is not there: %v", err)
	}
	for _, bad := range []string{
		"", "hw:", "hw:1,x", "hw:1,0,0", "plughw:1", "default:CARD=PCH", "a card", "hw:CARD=", "PCH,0",
	} {
		d, err := choose(all, bad)
		if err == nil || errors.Is(err, capture.ErrNotFound) || !strings.Contains(err.Error(), "auto") {
			t.Errorf("%q: %v, %v", bad, d, err)
		}
	}
}

// A name of a device comes from a file: whatever it is, Address of what was understood means the same.
func FuzzParseAddress(f *testing.F) {
	f.Fuzz(func(t *testing.T, name string) {
		a, err := parseAddress(name)
		if err != nil || a.auto || a.id == "" {
			return
		}
		again, err := parseAddress(Device{ID: a.id, Number: a.number}.Address())
		if err != nil || again != a {
			t.Errorf("%q is %+v, its address %+v, %v", name, a, again, err)
		}
	})
}
