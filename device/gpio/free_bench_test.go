//go:build bench

package gpio

import (
	"slices"
	"strings"
	"testing"

	"periph.io/x/conn/v3/gpio"
)

// TestFree holds, on the bench's chip, that a line can be had until this program takes it, and again when it is let go.
func TestFree(t *testing.T) {
	const line = "GPIO17"
	before := Free(line, "GPIO22", "GPIO170")
	if len(before) != 2 || !strings.HasPrefix(before[0], line+"@") || !strings.HasPrefix(before[1], "GPIO22@") {
		t.Fatalf("at first %q is free", before)
	}
	pin, err := Find(line)
	if err != nil {
		t.Fatal(err)
	}
	if err := pin.In(gpio.PullUp, gpio.BothEdges); err != nil {
		t.Fatal(err)
	}
	if got := Free(line, "GPIO22"); !slices.Equal(got, before[1:]) {
		t.Errorf("while it is held %q is free", got)
	}
	pin.(interface{ Close() }).Close()
	if got := Free(line, "GPIO22"); !slices.Equal(got, before) {
		t.Errorf("when it was let go %q is free, before it was %q", got, before)
	}
}
