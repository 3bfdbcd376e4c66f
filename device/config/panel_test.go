package config

import (
	"slices"
	"testing"
)

// TestOutputs holds that no line that the box drives is forgotten when it is made dark.
func TestOutputs(t *testing.T) {
	c, err := Parse("config.yaml", []byte("panel: {lights: {green: '', rgb: false}, tally_out: {line: GPIO5, active: low}}"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.Panel.Outputs(), []Light{{"GPIO27", false}, {"GPIO23", false}, {"GPIO5", true}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
