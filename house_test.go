// Package vigie_test holds the rules of the house that no package can hold for itself.
package vigie_test

import (
	"encoding/json"
	"errors"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mayImport is the one direction of imports: what each room may import of ours. docs/architecture.md draws it.
var mayImport = map[string][]string{
	"capture":             {},
	"capture/h264":        {},
	"capture/picture":     {"capture"},
	"capture/v4l2":        {"capture", "capture/h264", "capture/v4l2/uapi"},
	"capture/v4l2/uapi":   {},
	"capture/openh264":    {"capture", "capture/h264", "capture/picture"},
	"capture/passthrough": {"capture", "capture/h264"},
	"capture/rpicam":      {"capture", "capture/h264", "capture/picture"},
	"capture/alsa":        {"capture"},
	"capture/opus":        {"capture"},
	"capture/capturetest": {"capture", "capture/picture"},
	"uplink":              {"uplink/whip", "uplink/rate", "capture", "capture/h264"},
	"uplink/whip":         {},
	"uplink/rate":         {},
	"uplink/uplinktest":   {"capture/h264"},
	"relay":               {"capture/h264"},
	"relay/relaytest":     {"capture/h264"},
	"device/config":       {},
	"device/golive":       {},
	"device/gpio":         {},
	"device/schedule":     {},
	"device/panel":        {"device/golive", "device/gpio"},
	"device/status":       {"device/golive"},
	"device/health":       {"capture", "device/golive"},
	"device/watchdog":     {},
	"device/station":      {"device/golive", "device/health", "device/panel", "uplink", "capture"},
	"packaging/sbom":      {},
	"bench":               {"capture", "capture/openh264"},
	"bench/scenes":        {},
	"bench/arm64":         {},

	"uplink/rate/ratetest":      {"uplink/rate"},
	"capture/rpicam/rpicamtest": {},
	// cmd/vigie wires it all and may import everything but the test rooms.
}

var testRooms = []string{"capture/rpicam/rpicamtest", "uplink/uplinktest", "uplink/rate/ratetest", "relay/relaytest", "bench"}

// TestImports holds the direction of imports over what the go command reports.
func TestImports(t *testing.T) {
	for _, p := range packages(t) {
		room := strings.TrimPrefix(p.ImportPath, "vigie/")
		if p.ImportPath == "vigie" {
			continue
		}
		allowed, known := mayImport[room]
		if !known && room != "cmd/vigie" {
			t.Errorf("%s is a room that nobody drew: add it to mayImport and to docs/architecture.md", room)
			continue
		}
		for _, i := range p.Imports {
			i, ours := strings.CutPrefix(i, "vigie/")
			switch {
			case !ours:
			case room == "cmd/vigie" && !slices.Contains(testRooms, i):
			case !slices.Contains(allowed, i):
				t.Errorf("%s imports %s: it may import %v", room, i, allowed)
			}
		}
		if room != "cmd/vigie" && slices.Contains(p.Imports, "github.com/spf13/viper") && room != "device/config" {
			t.Errorf("%s knows of YAML: only device/config may", room)
		}
	}
}

// TestPackageDocs holds that each package teaches a newcomer what it is.
func TestPackageDocs(t *testing.T) {
	for _, p := range packages(t) {
		if p.ImportPath == "vigie" {
			continue
		}
		longest := ""
		for _, name := range p.GoFiles {
			f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.ParseComments|parser.PackageClauseOnly)
			if err != nil {
				t.Fatal(err)
			}
			if doc := f.Doc.Text(); len(doc) > len(longest) {
				longest = doc
			}
		}
		if len(longest) < 80 {
			t.Errorf("%s: its package doc is %q: say what it is for", p.ImportPath, longest)
		}
	}
}

type listed struct {
	Dir, ImportPath  string
	GoFiles, Imports []string
}

// packages asks the go command for our packages.
func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=Dir,ImportPath,GoFiles,Imports", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}
