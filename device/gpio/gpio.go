// Package gpio finds the lines of the board's GPIO chips by their names.
//
// The lines are periph's: gpio.PinIO of periph.io/x/conn/v3, driven through the kernel's character device
// (/dev/gpiochipN, linux/gpio.h, version 2 of its interface). Names are the kernel's own, as gpioinfo prints them;
// on a Raspberry Pi GPIO17 is line 17 of the 40-pin header's chip, pin 11 of the header.
//
// A machine without a GPIO chip is a normal one: ErrNoChip says so, and the status page is its panel.
package gpio

import (
	"errors"
	"fmt"
	"path/filepath"
	"sort"
	"strings"
	"sync"

	"periph.io/x/conn/v3/driver/driverreg"
	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/gpio/gpioreg"
	"periph.io/x/host/v3/gpioioctl"
)

// Why a line is not to be had.
var (
	ErrNoChip = errors.New("this machine has no GPIO chip")
	ErrDenied = errors.New("the GPIO chips may not be opened: the program's user is to be in the group gpio")
	ErrNoLine = errors.New("no GPIO chip has a line of that name")
)

var load = sync.OnceValue(func() error {
	_, err := driverreg.Init()
	if len(gpioioctl.Chips) > 0 {
		return err
	}
	if nodes, _ := filepath.Glob("/dev/gpiochip*"); len(nodes) > 0 {
		return ErrDenied
	}
	return ErrNoChip
})

// Find returns the line of that name. It is not requested from the kernel before In or Out is called on it; those
// fail where another program holds it.
func Find(name string) (gpio.PinIO, error) {
	if err := load(); err != nil {
		return nil, fmt.Errorf("GPIO line %s: %w", name, err)
	}
	if line := gpioreg.ByName(name); line != nil {
		return line, nil
	}
	return nil, fmt.Errorf("GPIO line %s: %w: there are %s", name, ErrNoLine, strings.Join(names(), " "))
}

// names lists what Find would find.
func names() []string {
	var all []string
	for _, p := range gpioreg.All() {
		if p.Name() != "" {
			all = append(all, p.Name())
		}
	}
	sort.Strings(all)
	return all
}

// Line is a line of a chip as the kernel describes it.
type Line struct {
	Chip, Name string
	Consumer   string // the program that holds it, empty where nobody does
}

// Lines lists the named lines of all chips, in the kernel's order, as they were when this process first looked.
func Lines() ([]Line, error) {
	if err := load(); err != nil {
		return nil, err
	}
	var all []Line
	for _, chip := range gpioioctl.Chips {
		for _, l := range chip.Lines() {
			if l.Name() != "" {
				all = append(all, Line{Chip: chip.Path(), Name: l.Name(), Consumer: l.Consumer()})
			}
		}
	}
	return all, nil
}
