package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime/pprof"
	"strings"

	"golang.org/x/sys/unix"

	"vigie/device/config"
	"vigie/device/status"
)

// settings is the running configuration, as everybody who sees the status page may see it.
func (b *box) settings() []status.Setting {
	var all []status.Setting
	for _, s := range config.Settings(b.live.Load()) {
		all = append(all, status.Setting{Key: s.Key, Value: s.Value, Default: s.Default})
	}
	return all
}

// pieces is what this program adds to the support bundle.
func (b *box) pieces() []status.Piece {
	return []status.Piece{
		{Name: "version.txt", Write: writeVersion},
		{Name: "doctor.json", Write: b.writeDoctor},
		{Name: "board.txt", Write: writeBoard},
		{Name: "goroutines.txt", Write: func(_ context.Context, w io.Writer) error {
			return pprof.Lookup("goroutine").WriteTo(w, 1) // with 2 it would have arguments
		}},
	}
}

func writeVersion(_ context.Context, w io.Writer) error {
	_, err := fmt.Fprintln(w, strings.Join(aboutBuild(), "\n"))
	return err
}

// writeDoctor looks at what can be looked at beside a show. Cameras, codecs and relay are the show's own: status.json has
// them.
func (b *box) writeDoctor(_ context.Context, w io.Writer) error {
	c := b.live.Load()
	found := append(microphones(c, nil), lines(c)...)
	return printFindings(w, append(found, statusPage(c)), true)
}

// writeBoard tells of the machine. The kernel's log and command line are left out: what is in them is not ours to give away.
func writeBoard(_ context.Context, w io.Writer) error {
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		return err
	}
	fmt.Fprintf(w, "%s %s %s\n", unix.ByteSliceToString(name.Release[:]), unix.ByteSliceToString(name.Version[:]),
		unix.ByteSliceToString(name.Machine[:]))
	for _, file := range []string{"/proc/device-tree/model", "/etc/os-release", "/proc/uptime", "/proc/loadavg", "/proc/meminfo"} {
		text, err := os.ReadFile(file)
		if err != nil { // not every board has each
			continue
		}
		if _, err := fmt.Fprintf(w, "\n%s\n%s\n", file, strings.Trim(string(text), "\x00\n")); err != nil {
			return err
		}
	}
	return nil
}
