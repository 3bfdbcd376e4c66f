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

	"vigie/capture/alsa"
	"vigie/device/config"
	"vigie/device/gpio"
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

// Run looks at the board and prints a line for each part. A vigie that runs holds the camera and the lines: its
// status page then knows more than doctor.
func (c doctorCommand) Run(ctx context.Context, out io.Writer) error {
	cfg, err := config.Load(c.Config, os.Environ())
	if c.Lamps && err != nil {
		return usageError{err}
	}
	if c.Lamps {
		return c.lamps(ctx, out, cfg.Panel)
	}
	found := []finding{{"configuration", "green", c.Config + " is good", ""}}
	if err != nil {
		found[0] = finding{"configuration", "red", err.Error(), "mend the file; vigie check reads it again"}
		defaults := config.Default()
		cfg = &defaults
	}
	found = append(found, pictures(cfg)...)
	found = append(found, microphones(cfg)...)
	found = append(found, lines(cfg)...)
	found = append(found, reachRelays(ctx, cfg)...)
	found = append(found, statusPage(cfg))
	if err := printFindings(out, found, c.JSON); err != nil {
		return err
	}
	return unwell(found)
}

// unwell is the error of a board on which something is red.
func unwell(found []finding) error {
	if slices.ContainsFunc(found, func(f finding) bool { return f.Light == "red" }) {
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

func microphones(c *config.Config) []finding {
	all, err := alsa.Find()
	var found []finding
	if err != nil {
		found = append(found, finding{"microphone", "amber", err.Error(), "run doctor as root, or as a member of the group audio"})
	}
	for _, d := range all {
		found = append(found, finding{"microphone", "green", d.String(), ""})
	}
	switch {
	case c.Microphone.Device == "none" || c.Microphone.Device == "test":
		found = append(found, finding{"microphone", "green", "microphone.device is " + c.Microphone.Device, ""})
	case c.Microphone.Device != "auto" && !slices.ContainsFunc(all, func(d alsa.Device) bool {
		return slices.Contains([]string{d.ID, d.Address(), fmt.Sprintf("hw:%d,%d", d.Card, d.Number), fmt.Sprintf("hw:%d", d.Card)}, c.Microphone.Device)
	}):
		found = append(found, finding{"microphone", "amber", "microphone.device " + c.Microphone.Device + " is none of them: shows are silent",
			"plug it in, or write another name, or auto"})
	case len(all) == 0:
		found = append(found, finding{"microphone", "amber", "no ALSA microphone: shows are silent", "plug one in, and look at arecord -l"})
	}
	return found
}

// lines looks at the lines of the panel, and at who holds them.
func lines(c *config.Config) []finding {
	all, err := gpio.Lines()
	if err != nil {
		return []finding{{"panel", "amber", err.Error(), "the status page is the panel"}}
	}
	consumer := map[string]string{}
	for _, l := range all {
		consumer[l.Name] = l.Consumer
	}
	p := c.Panel
	var found []finding
	for _, l := range []struct{ part, name string }{{"go-live button", p.Buttons.GoLive.Line}, {"cut button", p.Buttons.Cut.Line},
		{"red light", p.Lights.Red.Line}, {"green light", p.Lights.Green.Line}, {"amber light", p.Lights.Amber.Line},
		{"on-air lamp", p.TallyOut.Line}} {
		switch held, there := consumer[l.name]; {
		case l.name == "":
			found = append(found, finding{l.part, "green", "not fitted", ""})
		case !there:
			found = append(found, finding{l.part, "red", "no GPIO chip has a line " + l.name, "gpioinfo lists what there is"})
		case held != "":
			found = append(found, finding{l.part, "amber", l.name + " is held by " + held, "that is right when it is vigie"})
		default:
			found = append(found, finding{l.part, "green", l.name, ""})
		}
	}
	return found
}

// reachRelays is the light probe of Standby, of the first relay and of each backup.
func reachRelays(ctx context.Context, c *config.Config) []finding {
	r := c.Relay
	if r.URL == config.Embedded {
		return []finding{{"relay", "green", "embedded, on " + r.Listen, ""}}
	}
	found := []finding{reachRelay(ctx, r, "relay", config.Backup{URL: r.URL})}
	for _, b := range r.Backup {
		found = append(found, reachRelay(ctx, r, "backup relay", b))
	}
	return found
}

func reachRelay(ctx context.Context, r config.Relay, part string, to config.Backup) finding {
	client, err := publisherTo(r, to.URL, to.TokenFile, "")
	if err == nil {
		err = client.Probe(ctx)
	}
	if err != nil {
		return finding{part, "red", err.Error(), "look at the network, and at the relay's URL and token_file in config.yaml"}
	}
	return finding{part, "green", client.Endpoint.Host + " answers", ""}
}
