// Command sbom prints what a Go program was built from, as SPDX 2.3 in JSON (https://spdx.github.io/spdx-spec/v2.3/):
//
//	sbom PROGRAM VERSION
//
// It reads what the go command has written into the program, so it tells what is in it and not what should be. The
// time of the document is SOURCE_DATE_EPOCH. A library in C that a module brings along is named beside it.
package main

import (
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
)

// brought is the C library, as owner/name at GitHub, that a version of a module has linked in.
var brought = map[string]struct{ library, version string }{
	"github.com/pion/mediadevices v0.10.0": {"cisco/openh264", "v2.1.1"}, // pkg/codec/openh264/include/openh264/codec_ver.h
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: sbom PROGRAM VERSION")
		os.Exit(2)
	}
	if err := write(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "sbom:", err)
		os.Exit(1)
	}
}

func write(program, version string) error {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	epoch, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64)
	if err != nil {
		return fmt.Errorf("SOURCE_DATE_EPOCH is to be the seconds since 1970: %w", err)
	}
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", "  ")
	return out.Encode(describe(info, filepath.Base(program), version, sha256.Sum256(data), time.Unix(epoch, 0)))
}

// describe makes the document: the program, and what it contains.
func describe(info *debug.BuildInfo, name, version string, sum [sha256.Size]byte, at time.Time) document {
	digest := hex.EncodeToString(sum[:])
	d := document{
		Version: "SPDX-2.3", License: "CC0-1.0", ID: "SPDXRef-DOCUMENT", Name: name,
		// Unique, as the program is: 6.5 of the specification.
		Namespace: "https://spdx.org/spdxdocs/" + name + "-" + digest,
		Creation:  creation{at.UTC().Format(time.RFC3339), []string{"Tool: vigie-sbom"}},
	}
	program := newPackage("Program", name, version, "")
	program.Checksums = []checksum{{"SHA256", digest}}
	d.add(d.ID, "DESCRIBES", program)
	d.add(program.ID, "CONTAINS", newPackage("Go", "stdlib", strings.TrimPrefix(info.GoVersion, "go"), "golang"))
	for i, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		d.add(program.ID, "CONTAINS", newPackage("Module-"+strconv.Itoa(i+1), m.Path, m.Version, "golang"))
		if c, ok := brought[m.Path+" "+m.Version]; ok {
			d.add(program.ID, "CONTAINS", newPackage("Library-"+strconv.Itoa(i+1), c.library, c.version, "github"))
		}
	}
	return d
}
