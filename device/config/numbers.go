package config

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
)

// Numbers are decimal and nothing else: YAML's 0123 is 83 to some readers and 123 to others.
var (
	wholeNumber   = regexp.MustCompile(`^[-+]?(0|[1-9][0-9]{0,15})$`)
	decimalNumber = regexp.MustCompile(`^[-+]?(0|[1-9][0-9]{0,15})(\.[0-9]{1,15})?$`)
)

func whole(least, most int) kind {
	want := fmt.Sprintf("a whole number from %d to %d", least, most)
	return kind{want: want, tags: []string{"!!int"}, read: func(s string) (any, error) {
		if !wholeNumber.MatchString(s) {
			return nil, fmt.Errorf("%s is not %s", shown(s), want)
		}
		n, err := strconv.Atoi(s)
		if err != nil { // too long for a 32-bit board: out of every range here
			n = math.MaxInt32
		}
		return within(n, s, least, most, strconv.Itoa)
	}}
}

// even is for the sides of a picture: its colour has half the resolution, and H.264 counts in pairs of lines.
func even(least, most int) kind {
	k := whole(least, most)
	read := k.read
	k.read = func(s string) (any, error) {
		n, err := read(s)
		if err == nil && n.(int)%2 != 0 {
			return nil, fmt.Errorf("%s is odd; H.264 needs an even number", s)
		}
		return n, err
	}
	return k
}

func decimal(least, most float64) kind {
	format := func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
	want := fmt.Sprintf("a number from %s to %s", format(least), format(most))
	return kind{want: want, tags: []string{"!!int", "!!float"}, read: func(s string) (any, error) {
		if !decimalNumber.MatchString(s) {
			return nil, fmt.Errorf("%s is not %s", shown(s), want)
		}
		f, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return nil, fmt.Errorf("%s is not %s", shown(s), want)
		}
		return within(f, s, least, most, format)
	}}
}

// within is the range check of all numbers; s is n as it was written.
func within[T int | float64](n T, s string, least, most T, format func(T) string) (any, error) {
	switch {
	case n < least:
		return nil, fmt.Errorf("%s is below min %s", s, format(least))
	case n > most:
		return nil, fmt.Errorf("%s is above max %s", s, format(most))
	}
	return n, nil
}
