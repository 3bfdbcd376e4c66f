package gpio

import (
	"errors"
	"strings"
	"testing"
)

// TestFindUnknown holds that a wrong name is an error that names it, with a chip and without.
func TestFindUnknown(t *testing.T) {
	_, err := Find("GPIO170")
	if !errors.Is(err, ErrNoChip) && !errors.Is(err, ErrNoLine) && !errors.Is(err, ErrDenied) {
		t.Fatalf("got %v", err)
	}
	if !strings.Contains(err.Error(), "GPIO170") {
		t.Errorf("the error does not name the line: %v", err)
	}
}

// TestLines holds that a machine without a chip is told as one.
func TestLines(t *testing.T) {
	lines, err := Lines()
	if len(lines) == 0 && !errors.Is(err, ErrNoChip) && !errors.Is(err, ErrDenied) {
		t.Fatalf("no lines and no reason: %v", err)
	}
}
