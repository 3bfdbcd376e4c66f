package config

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// Whatever bytes an editor, a power cut or a bad card leave: no panic, errors that point into the file, and a
// configuration that is accepted keeps its promises.
func FuzzParse(f *testing.F) {
	shipped, err := os.ReadFile("../../config.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(shipped)
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse("config.yaml", data, nil)
		if err == nil {
			promises(t, c)
			return
		}
		var errs Errors
		if !errors.As(err, &errs) || len(errs) == 0 || c != nil {
			t.Fatalf("got %v, %v", c, err)
		}
		lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(data)), "\n")
		last := Error{}
		for _, e := range errs {
			if e.Line < 1 || e.Line > len(lines) || e.Column < 1 || e.Column > utf8.RuneCountInString(lines[e.Line-1])+1 {
				t.Errorf("%v is outside of the file", e)
			}
			if e.Line < last.Line || e.Line == last.Line && e.Column < last.Column {
				t.Errorf("%v comes after %v", e, last)
			}
			if e.Text == "" || strings.ContainsAny(e.Error(), "\n\x00") {
				t.Errorf("%q is not one line", e.Error())
			}
			last = e
		}
	})
}

// Whatever file is accepted, Fill changes what it was asked to in it and nothing else, or says that it cannot.
func FuzzFill(f *testing.F) {
	f.Add([]byte("venue: {name: 'it''s', channel: x}\nrelay:\n  # none\n"), "Hall # 1")
	f.Add([]byte("\r\nvenue:\r\n  name: \"\\\"\" # x\n...\n"), "true")
	f.Fuzz(func(t *testing.T, data []byte, name string) {
		before, err := Parse("before", data, nil)
		if err != nil || Check("venue.name", name) != nil {
			return
		}
		filled, err := Fill(data, map[string]string{"venue.name": name, "log.level": "warn", "panel.buttons.cut.line": "GPIO5"})
		if err != nil {
			return
		}
		after, err := Parse("after", filled, nil)
		if err != nil {
			return // a rule between the keys
		}
		if after.Venue.Name != name || after.Log.Level != slog.LevelWarn || after.Panel.Buttons.Cut.Line != "GPIO5" {
			t.Errorf("%+v of\n%s", after, filled)
		}
		for _, key := range Diff(before, after) {
			if !slices.Contains([]string{"venue.name", "log.level", "panel.buttons.cut.line"}, key) {
				t.Errorf("%s is another one now:\n%s", key, filled)
			}
		}
	})
}

// promises are those of the Config type, written out once more.
func promises(t *testing.T, c *Config) {
	b := c.Video.Bitrate
	relay, status := addrPort(c.Relay.Listen), addrPort(c.Status.Listen)
	for name, ok := range map[string]bool{
		"picture": c.Camera.Width%2 == 0 && c.Camera.Height%2 == 0 && min(c.Camera.Width, c.Camera.Height) >= 16 &&
			c.Camera.Width <= 4096 && c.Camera.Height <= 2304 && c.Camera.FPS >= 1 && c.Camera.FPS <= 60,
		"sources":  c.Camera.Device != "" && c.Microphone.Device != "" && (c.Camera.Device != "none" || c.Microphone.Device != "none"),
		"sound":    c.Microphone.Channels >= 1 && c.Microphone.Channels <= 2 && c.Microphone.Gain >= -30 && c.Microphone.Gain <= 40,
		"bitrates": 50e3 <= b.Min && b.Min <= b.Start && b.Start <= b.Max && b.Max <= 25e6 && c.Audio.Bitrate >= 16e3,
		"place":    c.Venue.Location.Latitude >= -90 && c.Venue.Location.Longitude <= 180,
		"channel":  c.Venue.Channel != "" && strings.Trim(c.Venue.Channel, "abcdefghijklmnopqrstuvwxyz0123456789-") == "",
		"ports": relay.IsValid() && status.IsValid() && relay.Port() > 0 && status.Port() > 0 && relay != status &&
			int(relay.Port()) != c.Relay.Media,
		"relay":  c.Relay.URL == Embedded || strings.HasPrefix(c.Relay.URL, "http"),
		"backup": !slices.ContainsFunc(c.Relay.Backup, func(b Backup) bool { return !strings.HasPrefix(b.URL, "http") }),
		"tls":    (c.Relay.TLS.Cert == "") == (c.Relay.TLS.Key == ""),
	} {
		if !ok {
			t.Errorf("%s: %s", name, fmt.Sprintf("%+v", *c))
		}
	}
	for _, line := range Explain(c, time.Now()) {
		if line == "" || strings.Contains(line, "\n") {
			t.Errorf("Explain has the line %q", line)
		}
	}
}
