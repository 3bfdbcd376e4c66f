package config

import (
	"slices"
	"testing"
)

// Diff names each key of the table, and no other, when its value is another.
func TestDiff(t *testing.T) {
	for _, c := range []struct {
		before, after string
		want          []string
	}{
		{"{}", "{}", nil},
		{"{}", "venue: {name: Main stage}", nil},
		{"venue: {name: a}", "venue: {name: b, location: {label: here}}", []string{"venue.name", "venue.location.label"}},
		{"log: {level: warn}", "camera: {width: 640, fps: 25}", []string{"camera.width", "camera.fps", "log.level"}},
		{"camera: {controls: {gain: 1, focus: 2}}", "camera: {controls: {gain: 2, zoom: 3}}",
			[]string{"camera.controls.focus", "camera.controls.gain", "camera.controls.zoom"}},
		{"broadcast: {hashtags: [a, b]}", "broadcast: {hashtags: [a, c]}", []string{"broadcast.hashtags"}},
		{"panel: {lights: {red: GPIO5}}", "panel: {buttons: {go_live: {active: high, pull: down}}}",
			[]string{"panel.buttons.go_live.active", "panel.buttons.go_live.pull", "panel.lights.red.line"}},
		{"{}", "{relay: {url: 'https://a.example', ice_servers: ['stun:b.example']}}", []string{"relay.url", "relay.ice_servers"}},
	} {
		before, err := Parse("a", []byte(c.before), nil)
		if err != nil {
			t.Fatal(err)
		}
		after, err := Parse("b", []byte(c.after), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := Diff(before, after); !slices.Equal(got, c.want) {
			t.Errorf("%s, then %s: got %v, want %v", c.before, c.after, got, c.want)
		}
	}
}
