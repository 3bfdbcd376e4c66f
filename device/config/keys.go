package config

import (
	"slices"
	"strings"
)

// A key is one that may be written: its path, its default as it would be written, and the kind of its value.
//
// In a path, * is any name and [] is each element of a list.
type key struct {
	path, def string
	kind      kind
}

// keys is all of them, in the order of config.yaml.
var keys = []key{
	{"venue.name", "Main stage", text(80)},
	{"venue.channel", "main-stage", channel},
	{"venue.location.label", "", text(80)},
	{"venue.location.latitude", "0", decimal(-90, 90)},
	{"venue.location.longitude", "0", decimal(-180, 180)},
	{"venue.timezone", "", timezone},
	{"broadcast.title", "", text(200)},
	{"broadcast.hashtags", "", list(hashtag)},
	{"camera.device", "auto", cameraDevice},
	{"camera.width", "1280", even(16, 4096)},
	{"camera.height", "720", even(16, 2304)},
	{"camera.fps", "30", whole(1, 60)},
	{"camera.controls.power_line_frequency", "50Hz", control}, // hall lights flicker
	{"camera.controls.*", "", control},
	{"microphone.device", "auto", microphoneDevice},
	{"microphone.channels", "2", whole(1, 2)},
	{"microphone.gain", "0dB", decibels(-30, 40)},
	{"video.encoder", "auto", choice("auto", "v4l2", "openh264", "passthrough")},
	// Below 50k there is no picture to speak of; the boards' encoders end at 25 Mb/s.
	{"video.bitrate.min", "300k", bitrate(50e3, 25e6)},
	{"video.bitrate.start", "1M", bitrate(50e3, 25e6)},
	{"video.bitrate.max", "4M", bitrate(50e3, 25e6)},
	{"audio.bitrate", "96k", bitrate(16e3, 256e3)},
	{"relay.url", Embedded, relayURL},
	{"relay.token_file", "", tokenFile},
	{"relay.ca_file", "", caFile},
	{"relay.interface", "", networkInterface},
	{"relay.ice_servers", "", list(kind{})},
	{"relay.ice_servers[].url", "", iceURL},
	{"relay.ice_servers[].username", "", text(512)},
	{"relay.ice_servers[].credential", "", secret(text(512))},
	{"relay.backup", "", list(kind{})},
	{"relay.backup[].url", "", backupURL},
	{"relay.backup[].token_file", "", tokenFile},
	{"relay.listen", "127.0.0.1:8889", listen},
	{"relay.media", "8890", whole(1, 65535)},
	{"relay.tls.cert", "", pemFile},
	{"relay.tls.key", "", pemFile},
	{"relay.public_addresses", "", list(address)},
	{"panel.buttons.go_live.line", "GPIO17", line},
	{"panel.buttons.go_live.active", "low", activeLow},
	{"panel.buttons.go_live.pull", "up", choice("up", "down", "none")},
	{"panel.buttons.cut.line", "", line},
	{"panel.buttons.cut.active", "low", activeLow},
	{"panel.buttons.cut.pull", "up", choice("up", "down", "none")},
	{"panel.lights.red.line", "GPIO27", line},
	{"panel.lights.red.active", "high", activeLow},
	{"panel.lights.green.line", "GPIO22", line},
	{"panel.lights.green.active", "high", activeLow},
	{"panel.lights.amber.line", "GPIO23", line},
	{"panel.lights.amber.active", "high", activeLow},
	{"panel.lights.rgb", "false", yesNo},
	{"panel.tally_out.line", "", line},
	{"panel.tally_out.active", "high", activeLow},
	{"schedule.events", "", list(kind{})},
	{"schedule.events[].start", "", localTime},
	{"schedule.events[].end", "", localTime},
	{"schedule.events[].title", "", text(200)},
	{"schedule.calendar", "", calendar},
	{"schedule.auto", "false", yesNo},
	{"schedule.remind", "10m", minutes(24 * 60)},
	{"status.listen", "127.0.0.1:8080", listen},
	{"status.tls.cert", "", pemFile},
	{"status.tls.key", "", pemFile},
	{"log.level", "info", logLevel},
}

// notBuilt are keys of the design whose parts do not exist yet: refused with that reason, never ignored.
var notBuilt = map[string]bool{
	"broadcast.comments": true, "broadcast.visibility": true, "recording": true,
}

// shorthand names sections that may be written as one value, and the key in them that is meant:
// `red: GPIO27` is `red: {line: GPIO27}`.
var shorthand = map[string]string{
	"panel.lights.red": "line", "panel.lights.green": "line", "panel.lights.amber": "line", "panel.tally_out": "line",
	"relay.ice_servers[]": "url", "relay.backup[]": "url",
}

// leaves has each key by its path; sections has the names in each section, in order, by the section's path ("" is
// the file itself).
var leaves, sections = index(keys)

func index(keys []key) (map[string]key, map[string][]string) {
	leaves, sections := map[string]key{}, map[string][]string{}
	for _, k := range keys {
		leaves[k.path] = k
		for path := k.path; path != ""; path, _ = cutLast(path) {
			parent, name := cutLast(path)
			if !slices.Contains(sections[parent], name) && !strings.HasSuffix(name, "[]") {
				sections[parent] = append(sections[parent], name)
			}
		}
	}
	return leaves, sections
}

// lookup finds the key that path stands for: relay.ice_servers[2].url is the key relay.ice_servers[].url.
func lookup(path string) (key, bool) {
	path = schemaPath(path)
	if k, ok := leaves[path]; ok {
		return k, true
	}
	parent, _ := cutLast(path)
	k, ok := leaves[parent+".*"]
	return k, ok
}

// schemaPath takes the numbers out of a path's brackets.
func schemaPath(path string) string {
	for i, in := 0, false; i < len(path); i++ {
		switch {
		case path[i] == '[':
			in = true
		case path[i] == ']':
			in = false
		case in:
			path = path[:i] + path[i+1:]
			i--
		}
	}
	return path
}

// cutLast splits "video.bitrate.max" into "video.bitrate" and "max".
func cutLast(path string) (parent, name string) {
	i := strings.LastIndexByte(path, '.')
	return path[:max(i, 0)], path[i+1:]
}
