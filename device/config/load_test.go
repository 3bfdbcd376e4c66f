package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/spf13/viper"
)

// The shipped file is what organisers copy: it must say what happens without it, and name every key in the order of
// the table.
func TestShippedFileIsTheDefaults(t *testing.T) {
	const path = "../../config.yaml"
	c, err := Load(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := Default(); !reflect.DeepEqual(*c, want) {
		t.Errorf("config.yaml has\n%+v\nthe defaults are\n%+v", *c, want)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	root, e := parse(path, data)
	if e != nil {
		t.Fatal(e)
	}
	r := &reader{file: path, from: map[string]source{}, bad: map[string]bool{}}
	r.section(root, "")
	before := source{}
	for _, k := range keys {
		if variables[variable(k.path)] != k.path || strings.HasSuffix(k.path, ".active") && strings.Contains(k.path, "lights") {
			continue // a shorthand stands for it
		}
		if at, ok := r.from[k.path]; !ok || !at.after(before) {
			t.Errorf("%s is not in config.yaml, or not in the order of the table", k.path)
		} else {
			before = at
		}
	}
}

func TestDefault(t *testing.T) {
	c := Default()
	for _, ok := range []bool{
		c.Venue.Name == "Main stage", c.Venue.Channel == "main-stage", c.Camera.Width == 1280, c.Camera.FPS == 30,
		reflect.DeepEqual(c.Camera.Controls, map[string]string{"power_line_frequency": "50Hz"}),
		c.Video.Bitrate == Bitrate{300_000, 1_000_000, 4_000_000}, c.Audio.Bitrate == 96_000, c.Relay.URL == Embedded,
		c.Panel.Buttons.GoLive == Button{"GPIO17", true, "up"}, c.Panel.Buttons.Cut == Button{"", true, "up"},
		c.Panel.Lights == Lights{Light{"GPIO27", false}, Light{"GPIO22", false}, Light{"GPIO23", false}, false},
		c.Log.Level == slog.LevelInfo, c.Status.Listen == "127.0.0.1:8080",
	} {
		if !ok {
			t.Fatalf("the defaults are not the design's: %+v", c)
		}
	}
	c.Camera.Controls["gain"] = "1"
	if len(Default().Camera.Controls) != 1 {
		t.Error("two configurations share a map")
	}
}

func TestFileThenEnvironment(t *testing.T) {
	c, err := Parse("config.yaml", []byte(`
venue: {name: Hall, location: {latitude: 48.39, longitude: -4}}
broadcast: {hashtags: [jazz, "#ohé"]}
camera:
  width: 640
  controls: {brightness: -12, auto_exposure: Manual Mode, focus_automatic_continuous: false}
microphone: {gain: -6dB}
video: {bitrate: {max: 2.5M}}
relay:
  ice_servers: [stun:stun.example.org, {url: "turns:[2001:db8::1]:443?transport=tcp", username: u, credential: c}]
panel:
  buttons:
  lights: {red: {line: GPIO5, active: low}, green: "", amber: PA 7}
log: {level: warn}
schedule: {events: [{start: 2026-11-23 20:00, end: 2026-11-23T22:30}], calendar: https://calendar.example.org/x}
`), []string{
		"HOME=/", "VIGIE_CAMERA_WIDTH=800", "VIGIE_VENUE_NAME=Hall 2", "VIGIE_RELAY_PUBLIC_ADDRESSES=203.0.113.7, 2001:db8::2",
		"VIGIE_CAMERA_CONTROLS_BRIGHTNESS=7", "VIGIE_PANEL_LIGHTS_GREEN=GPIO6", "VIGIE_VIDEO_BITRATE_MIN=100k",
		"VIGIE_VENUE_TIMEZONE=Europe/Paris", "VIGIE_SCHEDULE_AUTO=true", "VIGIE_SCHEDULE_REMIND=1h30m",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.Venue.Name, want.Venue.Location = "Hall 2", Location{"", 48.39, -4}
	want.Broadcast.Hashtags = []string{"jazz", "ohé"}
	want.Camera.Width = 800
	want.Camera.Controls = map[string]string{
		"power_line_frequency": "50Hz", "brightness": "7", "auto_exposure": "Manual Mode", "focus_automatic_continuous": "false",
	}
	want.Microphone.Gain = -6
	want.Video.Bitrate = Bitrate{100_000, 1_000_000, 2_500_000}
	want.Relay.ICEServers = []ICEServer{
		{URL: "stun:stun.example.org"}, {"turns:[2001:db8::1]:443?transport=tcp", "u", "c"},
	}
	want.Relay.PublicAddresses = []string{"203.0.113.7", "2001:db8::2"}
	want.Panel.Lights = Lights{Light{"GPIO5", true}, Light{"GPIO6", false}, Light{"PA 7", false}, false}
	want.Log.Level = slog.LevelWarn
	want.Venue.Timezone = "Europe/Paris"
	want.Schedule = Schedule{[]Event{{"2026-11-23T20:00:00", "2026-11-23T22:30:00", ""}}, "https://calendar.example.org/x", true, 90 * time.Minute}
	if !reflect.DeepEqual(*c, want) {
		t.Errorf("got\n%#v\nwant\n%#v", *c, want)
	}
}

func TestMissingFile(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "config.yaml"), nil)
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "`vigie init` makes one; or copy the config.yaml that came with vigie") {
		t.Errorf("got %v", err)
	}
	if _, err := Load(t.TempDir(), nil); err == nil || !strings.Contains(err.Error(), "a folder") {
		t.Errorf("a folder: got %v", err)
	}
	if _, err := Load("/dev/zero", nil); err == nil || !strings.Contains(err.Error(), "a device") {
		t.Errorf("a device: got %v", err)
	}
}

// Each variable is the name of one key, and each key that can have one has one.
func TestVariables(t *testing.T) {
	for name, path := range variables {
		if _, ok := lookup(path); !ok || !regexp.MustCompile(`^VIGIE_[A-Z_]+$`).MatchString(name) {
			t.Errorf("%s stands for %s", name, path)
		}
	}
	for _, k := range keys {
		if strings.ContainsAny(k.path, "[*") {
			continue
		}
		if got := variables[variable(k.path)]; got != k.path {
			t.Errorf("%s is %s and %s", variable(k.path), k.path, got)
		}
	}
}

// The table and the Config type hold each other: a type, a key or a field that the other lacks is found by every load.
func TestTableAndConfigAgree(t *testing.T) {
	for name, v := range map[string]func(*viper.Viper){
		"another type":       func(v *viper.Viper) { v.Set("camera.fps", true) },
		"text for a number":  func(v *viper.Viper) { v.Set("camera.fps", "30") },
		"a key of no field":  func(v *viper.Viper) { v.Set("camera.zoom", 2) },
		"a value for a list": func(v *viper.Viper) { v.Set("broadcast.hashtags", "jazz") },
	} {
		changed := defaults()
		v(changed)
		if _, err := build(changed); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := build(viper.New()); err == nil {
		t.Error("fields without keys: no error")
	}
}

func TestSecretDoesNotShow(t *testing.T) {
	c := Default()
	c.Relay.ICEServers = []ICEServer{{"turn:t.example.org", "u", "hush"}}
	encoded, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{fmt.Sprintf("%v", c), fmt.Sprintf("%+v", &c), fmt.Sprintf("%#v", c), string(encoded)} {
		if strings.Contains(s, "hush") || !strings.Contains(s, "(secret)") {
			t.Error(s)
		}
	}
}
