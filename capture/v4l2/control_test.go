package v4l2

import (
	"slices"
	"strings"
	"testing"

	"vigie/capture/v4l2/uapi"
)

var (
	powerLine = control{kind: uapi.CtrlMenu, name: "power_line_frequency", max: 2,
		items: []item{{0, "Disabled"}, {1, "50 Hz"}, {2, "60 Hz"}}}
	gaps       = control{kind: uapi.CtrlMenu, items: []item{{1, "Manual Mode"}, {3, "Aperture Priority Mode"}}}
	linkRate   = control{kind: uapi.CtrlIntegerMenu, items: []item{{0, "2"}, {1, "1"}, {2, "600000000"}}}
	brightness = control{kind: uapi.CtrlInteger, min: -64, max: 64}
	automatic  = control{kind: uapi.CtrlBoolean, max: 1}
	mask       = control{kind: uapi.CtrlBitmask, max: -1 << 31}
	pan        = control{kind: uapi.CtrlButton}
	fixed      = control{kind: uapi.CtrlInteger, max: 9, readOnly: true}
	text       = control{kind: 7}
)

func TestControlName(t *testing.T) {
	for kernel, want := range map[string]string{
		"Power Line Frequency":        "power_line_frequency",
		"Exposure (Absolute)":         "exposure_absolute",
		"White Balance, Auto & Fast":  "white_balance_auto_fast",
		"Inject V4L2_BUF_FLAG_ERROR":  "inject_v4l2_buf_flag_error",
		"Limited RGB Range (16-235)":  "limited_rgb_range_16_235",
		"Y'CbCr Encoding":             "y_cbcr_encoding",
		"  Focus \u00e0 l'infini\xff": "focus_l_infini",
	} {
		if got := controlName(kernel); got != want {
			t.Errorf("controlName(%q) = %q, want %q", kernel, got, want)
		}
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		control control
		value   string
		want    int32
		wrong   string // what the error says
	}{
		{powerLine, "50Hz", 1, ""},
		{powerLine, "50 Hz", 1, ""},
		{powerLine, " 60 hz ", 2, ""},
		{powerLine, "disabled", 0, ""},
		{powerLine, "2", 2, ""},
		{powerLine, "50", 0, `one of ["Disabled" "50 Hz" "60 Hz"]`},
		{powerLine, "3", 0, "one of"},
		{powerLine, "", 0, "one of"},
		{gaps, "3", 3, ""},
		{gaps, "2", 0, "one of"},
		{gaps, "manual mode", 1, ""},
		{linkRate, "2", 0, ""}, // the number that is meant comes before the index
		{linkRate, "600000000", 2, ""},
		{linkRate, "0", 0, ""},
		{brightness, "-64", -64, ""},
		{brightness, "0x20", 32, ""},
		{brightness, "65", 0, "from -64 to 64"},
		{brightness, "99999999999999999999", 0, "from -64 to 64"},
		{brightness, "bright", 0, "from -64 to 64"},
		{automatic, "true", 1, ""},
		{automatic, "False", 0, ""},
		{automatic, "1", 1, ""},
		{automatic, "2", 0, "true or false"},
		{mask, "0x80000000", -1 << 31, ""},
		{mask, "1", 0, "bits of 0x80000000"},
		{pan, "1", 1, ""},
		{fixed, "3", 0, "only be read"},
		{text, "hello", 0, "kind"},
	} {
		got, err := c.control.parse(c.value)
		switch {
		case c.wrong == "" && (err != nil || got != c.want):
			t.Errorf("%q for %+v is %d, %v; want %d", c.value, c.control, got, err, c.want)
		case c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)):
			t.Errorf("%q for %+v is %d, %v; want an error with %q", c.value, c.control, got, err, c.wrong)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, value := range []string{"50 Hz", "0x7fffffff", "-65", "true", "1e3", "\xff\x00", "９"} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		for _, c := range []control{powerLine, gaps, linkRate} {
			n, err := c.parse(value)
			if err == nil && !slices.ContainsFunc(c.items, func(it item) bool { return it.index == n }) {
				t.Errorf("%q is item %d, and the menu is %v", value, n, c.items)
			}
		}
		for _, c := range []control{brightness, automatic} {
			if n, err := c.parse(value); err == nil && (n < c.min || n > c.max) {
				t.Errorf("%q is %d, outside %d to %d", value, n, c.min, c.max)
			}
		}
		if n, err := mask.parse(value); err == nil && n&^mask.max != 0 {
			t.Errorf("%q is %#x, with bits that do not exist", value, n)
		}
	})
}
