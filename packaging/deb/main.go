// Command deb makes a Debian package of an nfpm configuration (https://nfpm.goreleaser.com/docs/configuration/):
//
//	deb CONFIG PACKAGE
//
// What the configuration writes as ${NAME} comes from the environment, and the time of everything in the package is
// SOURCE_DATE_EPOCH. It is nfpm's library with its Debian part alone, in a module of its own: nfpm's program brings the
// formats of other systems along, and the house is to depend on neither.
package main

import (
	"bytes"
	"fmt"
	"os"

	"github.com/goreleaser/nfpm/v2"
	"github.com/goreleaser/nfpm/v2/deb"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: deb CONFIG PACKAGE")
		os.Exit(2)
	}
	if err := pack(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "deb:", err)
		os.Exit(1)
	}
}

func pack(from, to string) error {
	c, err := nfpm.ParseFileWithEnvMapping(from, os.Getenv)
	if err != nil {
		return err
	}
	info, err := c.Get("deb")
	if err != nil {
		return err
	}
	var packed bytes.Buffer
	if err := deb.Default.Package(nfpm.WithDefaults(info), &packed); err != nil {
		return err
	}
	return os.WriteFile(to, packed.Bytes(), 0o644)
}
