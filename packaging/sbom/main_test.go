package main

import (
	"encoding/json"
	"os"
	"runtime/debug"
	"strings"
	"testing"
	"time"
)

// TestDescribe holds what readers of SPDX ask for: each package is named once, related, and found by its package URL;
// what was replaced is what is in it.
func TestDescribe(t *testing.T) {
	info := &debug.BuildInfo{GoVersion: "go1.26.8", Deps: []*debug.Module{
		{Path: "example.org/a", Version: "v1.2.3+incompatible"},
		{Path: "github.com/pion/mediadevices", Version: "v0.10.0"},
		{Path: "example.org/b", Version: "v1.0.0", Replace: &debug.Module{Path: "example.org/fork", Version: "v1.0.1"}},
	}}
	d := describe(info, "vigie", "1.0", [32]byte{0xab}, time.Unix(0, 0))
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"spdxVersion":"SPDX-2.3"`, `"created":"1970-01-01T00:00:00Z"`, `"checksumValue":"ab00`, `"name":"vigie","versionInfo":"1.0"`,
		`"pkg:golang/stdlib@1.26.8"`, `"pkg:golang/example.org/a@v1.2.3%2Bincompatible"`, `"pkg:golang/example.org/fork@v1.0.1"`,
		`"pkg:github/cisco/openh264@v2.1.1"`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
	if strings.Contains(string(text), "example.org/b") {
		t.Error("a module that was replaced is not in the program")
	}
	related := map[string]int{}
	for _, r := range d.Relationships {
		related[r.To]++
	}
	for _, p := range d.Packages {
		if related[p.ID] != 1 {
			t.Errorf("%s has %d relationships", p.ID, related[p.ID])
		}
	}
}

// TestBrought fails when a module that brings a library is another version: look which library that one has.
func TestBrought(t *testing.T) {
	required, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for module := range brought {
		if !strings.Contains(string(required), "\t"+module+"\n") {
			t.Errorf("go.mod does not require %s", module)
		}
	}
}
