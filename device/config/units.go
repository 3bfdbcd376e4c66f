package config

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// A bit rate is written in bits a second, k for thousands and M for millions (decimal, as network rates are).
var bitrateText = regexp.MustCompile(`^(0|[1-9][0-9]{0,11})(\.[0-9]{1,9})?[kM]?$`)

// bitrate reads `300k`, `1.5M` and `300000` into bits a second.
func bitrate(least, most int) kind {
	want := fmt.Sprintf("a bit rate from %s to %s", formatBitrate(least), formatBitrate(most))
	show := func(v any) string { return formatBitrate(v.(int)) }
	return kind{want: want, tags: []string{"!!str", "!!int"}, show: show, read: func(s string) (any, error) {
		if !bitrateText.MatchString(s) {
			return nil, fmt.Errorf("%s is not a bit rate; write it as 300k or 1.5M, in bits a second", shown(s))
		}
		number, unit := s, 1.0
		switch s[len(s)-1] {
		case 'k':
			number, unit = s[:len(s)-1], 1e3
		case 'M':
			number, unit = s[:len(s)-1], 1e6
		}
		f, err := strconv.ParseFloat(number, 64)
		if err != nil {
			return nil, fmt.Errorf("%s is not %s", shown(s), want)
		}
		// Compared before it is made an int, which has 32 bits on some boards.
		bits, err := within(math.Round(f*unit), s, float64(least), float64(most),
			func(f float64) string { return formatBitrate(int(f)) })
		if err != nil {
			return nil, err
		}
		return int(bits.(float64)), nil
	}}
}

// formatBitrate writes bits a second the way that organisers do.
func formatBitrate(bits int) string {
	switch {
	case bits >= 1e6 && bits%1e4 == 0:
		return strconv.FormatFloat(float64(bits)/1e6, 'f', -1, 64) + "M"
	case bits >= 1e3 && bits%1e2 == 0:
		return strconv.FormatFloat(float64(bits)/1e3, 'f', -1, 64) + "k"
	}
	return strconv.Itoa(bits)
}

// decibels reads `0dB`, `-6dB`, `+1.5dB`. The unit must be there: a bare 10 might as well mean ten times.
func decibels(least, most float64) kind {
	format := func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) + "dB" }
	want := fmt.Sprintf("decibels from %s to %s, such as -6dB", format(least), format(most))
	return words(want, func(s string) (any, error) {
		number, ok := strings.CutSuffix(s, "dB")
		if !ok || !decimalNumber.MatchString(number) {
			return nil, fmt.Errorf("%s is not %s", shown(s), want)
		}
		f, err := strconv.ParseFloat(number, 64)
		if err != nil {
			return nil, fmt.Errorf("%s is not %s", shown(s), want)
		}
		return within(f, s, least, most, format)
	}).shown(func(v any) string { return format(v.(float64)) })
}
