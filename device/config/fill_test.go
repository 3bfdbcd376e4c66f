package config

import (
	"os"
	"strings"
	"testing"
)

// TestFill holds that the shipped file takes other values, keeps its comments, and reads as what was meant.
func TestFill(t *testing.T) {
	shipped, err := os.ReadFile("../../config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	data, err := Fill(shipped, map[string]string{
		"venue.name": `Salle "des fêtes": #1`, "venue.channel": "true", "broadcast.title": "a", "relay.url": "https://r.example/whip/x",
		"camera.device": "/dev/v4l/by-id/usb-a-very-long-name-that-does-not-fit-before-its-comment-index0", "status.listen": ":8080",
	})
	if err != nil {
		t.Fatal(err)
	}
	c, err := Parse("filled", data, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Venue.Name != `Salle "des fêtes": #1` || c.Venue.Channel != "true" || c.Relay.URL != "https://r.example/whip/x" ||
		!strings.HasSuffix(c.Camera.Device, "index0") || c.Status.Listen != ":8080" || c.Broadcast.Title != "a" {
		t.Errorf("%+v", c)
	}
	if strings.Count(string(data), "#") < strings.Count(string(shipped), "#") || strings.Count(string(data), "\n") != strings.Count(string(shipped), "\n") {
		t.Errorf("comments are lost:\n%s", data)
	}
	if !strings.Contains(string(data), "\n  channel: \"true\"            # the last part") {
		t.Errorf("a comment moved though there is room:\n%s", data)
	}
	for path, value := range map[string]string{"venue.nmae": "x", "venue": "x", "venue.name": "a\nb"} {
		if _, err := Fill(shipped, map[string]string{path: value}); err == nil {
			t.Errorf("%s: %q was filled in", path, value)
		}
	}
}

// TestFillInto holds that a file that somebody wrote keeps its own ways, whichever keys are in it.
func TestFillInto(t *testing.T) {
	for name, c := range map[string]struct{ file, path, text, want string }{
		"in braces":        {"venue: {name: Salle é, channel: hall} # ours\n", "venue.channel", "a, b", "venue: {name: Salle é, channel: \"a, b\"} # ours\n"},
		"into braces":      {"relay: {listen: ':1'}", "relay.url", "https://a", "relay: {url: \"https://a\", listen: ':1'}"},
		"into empty ones":  {"{relay: {}}\n", "relay.url", "x", "{relay: {url: \"x\"}}\n"},
		"a whole section":  {"{log: {level: info}}", "panel.buttons.cut.line", "GPIO5", "{panel: {buttons: {cut: {line: \"GPIO5\"}}}, log: {level: info}}"},
		"quotes, a hash":   {"venue:\n  name: 'it''s #1'  # ours\n", "venue.name", "Hall", "venue:\n  name: Hall        # ours\n"},
		"more quotes":      {"venue: {name: \"a \\\"b\\\" c\", channel: x}", "venue.name", "Hall", "venue: {name: \"Hall\", channel: x}"},
		"a key":            {"relay:   # far away\n    listen: ':1'\nlog: {level: info}", "relay.url", "x", "relay:   # far away\n    url: x\n    listen: ':1'\nlog: {level: info}"},
		"an empty section": {"relay:\n  # url: y\nlog: {level: info}", "relay.url", "x", "relay:\n  url: x\n  # url: y\nlog: {level: info}"},
		"a section":        {"log: {level: info}", "panel.buttons.cut.line", "GPIO5", "log: {level: info}\npanel:\n  buttons:\n    cut:\n      line: GPIO5\n"},
		"nothing":          {"# nothing yet\n\n", "venue.name", "no", "# nothing yet\nvenue:\n  name: \"no\"\n"},
		"other line ends":  {"\uFEFFvenue:\r\n  name: a\r\n", "venue.name", "b", "venue:\n  name: b\n"},
	} {
		if got, err := Fill([]byte(c.file), map[string]string{c.path: c.text}); err != nil || string(got) != c.want {
			t.Errorf("%s: %v\n%s\nwant\n%s", name, err, got, c.want)
		}
	}
	for name, file := range map[string]string{
		"lines":    "venue:\n  name: >-\n    a\n    b\n",
		"an alias": "broadcast: {title: &a x}\nvenue: {name: *a}\n",
		"an end":   "log: {level: info}\n...\n",
	} {
		if got, err := Fill([]byte(file), map[string]string{"venue.name": "b"}); err == nil {
			t.Errorf("%s: it became\n%s", name, got)
		}
	}
}

func TestCheck(t *testing.T) {
	for path, want := range map[string]string{"venue.channel": "lower-case", "relay.url": "https://", "nothing": "no key", "relay.backup": "no key"} {
		if err := Check(path, "A b"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if err := Check("camera.device", "auto"); err != nil {
		t.Error(err)
	}
}
