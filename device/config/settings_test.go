package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is shown is what would be written, what was changed comes first, and nothing of it is secret.
func TestSettings(t *testing.T) {
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("hush-token"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Parse("config.yaml", fmt.Appendf(nil, `
venue: {name: Town hall}
camera: {controls: {brightness: 12}}
microphone: {gain: -6dB}
video: {bitrate: {max: 2.5M}}
relay:
  url: https://relay.example:8443/whip/hush-path?hush=1
  token_file: %s
  ice_servers: [{url: "turn:turn.example", username: hush-user, credential: hush-credential}]
  backup: [{url: "https://backup.example/hush"}]
panel: {lights: {red: {line: GPIO5, active: low}}}
schedule: {calendar: "https://calendar.example/hush.ics", events: [{start: 2026-11-23T20:00, end: 2026-11-23T22:00, title: Jazz}]}
log: {level: warn}
`, token), nil)
	if err != nil {
		t.Fatal(err)
	}
	all := Settings(c)
	value, changed := map[string]string{}, 0
	for i, s := range all {
		value[s.Key] = s.Value
		if !s.Default {
			changed = i + 1
		}
		if strings.Contains(s.Value, "hush") {
			t.Errorf("a secret: %+v", s)
		}
	}
	if changed != 13 || all[0].Key != "venue.name" {
		t.Errorf("what was changed is not first: %v", all[:min(20, len(all))])
	}
	for key, want := range map[string]string{
		"venue.name": "Town hall", "camera.controls.brightness": "12", "microphone.gain": "-6dB", "video.bitrate.max": "2.5M",
		"video.bitrate.min": "300k", "relay.url": "https://relay.example:8443/…", "relay.token_file": token,
		"relay.ice_servers": "turn:turn.example (with a credential)", "relay.backup": "https://backup.example/…",
		"panel.lights.red.active": "low", "schedule.calendar": "https://calendar.example/…", "schedule.remind": "10m",
		"schedule.events": "2026-11-23T20:00:00 to 2026-11-23T22:00:00 Jazz", "log.level": "warn", "status.tls.cert": "",
	} {
		if got, there := value[key]; !there || got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
}

// The defaults are shown as the table has them, and none of them counts as changed.
func TestSettingsOfDefaults(t *testing.T) {
	d := Default()
	all := Settings(&d)
	for _, s := range all {
		if k, ok := lookup(s.Key); !ok || !s.Default || s.Value != k.def {
			t.Errorf("%+v, want %q", s, k.def)
		}
	}
	want := 0
	for path := range leaves {
		if !strings.ContainsAny(path, "[*") {
			want++
		}
	}
	if len(all) != want {
		t.Errorf("%d settings, %d keys", len(all), want)
	}
}
