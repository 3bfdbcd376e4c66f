package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"vigie/device/config"
)

type doctorCommand struct {
	file
	JSON  bool `help:"For programs: a list of findings."`
	Lamps bool `help:"Only light each lamp of the panel in turn, and say which it is."`
}

// finding is one thing that doctor looked at.
type finding struct {
	Part   string `json:"part"`
	Light  string `json:"light"` // green, amber or red
	Text   string `json:"text"`
	Advice string `json:"advice,omitempty"`
}

// errUnwell is the exit code of a board on which something is red.
var errUnwell = errors.New("something is red: see above")

// Run looks at the board and prints a line for each part as soon as it is known, in 15 seconds at most where all is well.
// What a vigie that runs holds is left to it: its status page then knows more than doctor.
func (c doctorCommand) Run(ctx context.Context, out io.Writer) error {
	cfg, err := config.Load(c.Config, os.Environ())
	if c.Lamps && err != nil {
		return usageError{err}
	}
	r := &report{out: out, json: c.JSON}
	if c.Lamps {
		return lamps(ctx, r, cfg.Panel)
	}
	first := finding{"configuration", "green", c.Config + " is good", ""}
	if err != nil {
		first = finding{"configuration", "red", err.Error(), "mend the file; vigie check reads it again"}
		defaults := config.Default()
		cfg = &defaults
	}
	if s, ok := findService(); ok {
		for _, u := range s.misses(cfg) {
			first.Light, first.Text, first.Advice = "amber", first.Text+"\n"+u.text, strings.TrimPrefix(first.Advice+"\n"+u.cure, "\n")
		}
	}
	box := findBox(ctx, cfg.Status.Listen)
	if box == nil { // one that cannot have the configuration runs on the defaults
		if box = findBox(ctx, config.Default().Status.Listen); box != nil && box.State != "fault" {
			box = nil
		}
	}
	if err := r.add(first, box.finding()); err != nil {
		return err
	}
	for _, s := range steps(cfg, box) {
		found := s.take(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := r.add(found...); err != nil {
			return err
		}
	}
	return r.end()
}

// report is what doctor has found so far: for people each finding is printed when it is added, for programs all at the end.
type report struct {
	out   io.Writer
	json  bool
	found []finding
}

func (r *report) add(found ...finding) error {
	r.found = append(r.found, found...)
	if r.json {
		return nil
	}
	return printFindings(r.out, found, false)
}

// end is the error of a board on which something is red.
func (r *report) end() error {
	if r.json {
		if err := printFindings(r.out, r.found, true); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(r.found, func(f finding) bool { return f.Light == "red" }) {
		return errUnwell
	}
	return nil
}

func printFindings(out io.Writer, found []finding, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false) // of -> in ways
		return e.Encode(found)
	}
	const below = "\n                      "
	for _, f := range found {
		text := fmt.Sprintf("%-6s %-14s %s", f.Light, f.Part, strings.ReplaceAll(f.Text, "\n", below))
		if f.Advice != "" {
			text += below + "-> " + strings.ReplaceAll(f.Advice, "\n", below+"-> ")
		}
		if _, err := fmt.Fprintln(out, text); err != nil {
			return err
		}
	}
	return nil
}

// sameFile tells whether two paths, links or not, are one device.
func sameFile(a, b string) bool {
	one, err1 := os.Stat(a)
	other, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(one, other)
}
