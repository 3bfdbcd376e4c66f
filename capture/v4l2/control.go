package v4l2

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"vigie/capture/v4l2/uapi"
)

// control is a setting that a camera has.
type control struct {
	id       uint32
	kind     uint32 // uapi.CtrlInteger and so on
	name     string // "power_line_frequency"
	min, max int32
	readOnly bool
	items    []item // of a menu
}

// item is a choice of a menu; indices may be left out.
type item struct {
	index int32
	name  string
}

// controlName makes "Power Line Frequency" what v4l2-ctl prints: lower case, with one underscore for whatever is
// between letters and digits.
func controlName(kernel string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(kernel), func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), "_")
}

// parse is the number to set for a value from a configuration. Its error says what the control takes.
func (c control) parse(value string) (int32, error) {
	if c.readOnly {
		return 0, fmt.Errorf("it can only be read")
	}
	text := folded(value)
	number, notNumber := strconv.ParseInt(text, 0, 32)
	switch c.kind {
	case uapi.CtrlBoolean:
		switch text {
		case "true", "1":
			return 1, nil
		case "false", "0":
			return 0, nil
		}
		return 0, fmt.Errorf("it takes true or false")
	case uapi.CtrlMenu, uapi.CtrlIntegerMenu:
		return c.parseItem(text)
	case uapi.CtrlButton:
		return 1, nil
	case uapi.CtrlBitmask: // up to 32 bits without a sign; max is those that exist
		bits, err := strconv.ParseUint(text, 0, 32)
		if err != nil || uint32(bits)&^uint32(c.max) != 0 {
			return 0, fmt.Errorf("it takes bits of %#x", uint32(c.max))
		}
		return int32(uint32(bits)), nil
	case uapi.CtrlInteger:
		if notNumber != nil || number < int64(c.min) || number > int64(c.max) {
			return 0, fmt.Errorf("it takes a number from %d to %d", c.min, c.max)
		}
		return int32(number), nil
	}
	return 0, fmt.Errorf("it is of a kind that cannot be set here (V4L2 type %d)", c.kind)
}

// parseItem finds a menu's item by its text, and if none has that text, by its index.
func (c control) parseItem(text string) (int32, error) {
	names := make([]string, len(c.items))
	for i, it := range c.items {
		if names[i] = it.name; folded(it.name) == text {
			return it.index, nil
		}
	}
	for _, it := range c.items {
		if strconv.Itoa(int(it.index)) == text {
			return it.index, nil
		}
	}
	return 0, fmt.Errorf("it takes one of %q", names)
}

// folded makes "50 Hz" and "50hz" the same.
func folded(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), "")) }
