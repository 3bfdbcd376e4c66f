package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// in makes a file of one key.
func in(path, value string) string {
	var b strings.Builder
	names := strings.Split(path, ".")
	for i, name := range names {
		fmt.Fprintf(&b, "%s%s:", strings.Repeat("  ", i), name)
		if i < len(names)-1 {
			b.WriteByte('\n')
		}
	}
	return b.String() + " " + value + "\n"
}

// Each value is fine, or its error has these words. A value is YAML.
func TestValues(t *testing.T) {
	dir := t.TempDir()
	ca, caKey := writePair(t)
	write := func(name, data string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const fine = ""
	for _, c := range []struct{ path, value, want string }{
		{"venue.name", `"2026"`, fine},
		{"venue.name", `2026`, `2026 is a number; expected text in quotes`},
		{"venue.name", `2026-11-22`, `is a date; expected text`},
		{"venue.name", ``, `has no value; expected text`},
		{"venue.name", `"a\nb"`, `line break`},
		{"venue.name", strings.Repeat("ü", 80), fine},
		{"venue.name", strings.Repeat("ü", 81), `has 81 characters, more than 80`},
		{"venue.channel", `stage-2`, fine},
		{"venue.channel", `"0123"`, fine},
		{"venue.channel", strings.Repeat("a", 64), `1 to 63 lower-case letters`},
		{"venue.channel", `Stage`, `Stage is not 1 to 63 lower-case letters`},
		{"venue.channel", `../x`, `../x is not 1 to 63`},
		{"venue.channel", `-x`, `-x is not`},
		{"venue.channel", `""`, `"" is not`},
		{"venue.channel", `whep`, `whep is a page of the relay itself`},
		{"venue.channel", `metrics`, `a page of the relay itself`},
		{"venue.location.latitude", `90`, fine},
		{"venue.location.latitude", `90.5`, `90.5 is above max 90`},
		{"venue.location.latitude", `.nan`, `.nan is not a number from -90 to 90`},
		{"venue.location.latitude", `"48"`, `"48" is text; expected a number from -90 to 90`},
		{"venue.location.longitude", `-180.01`, `-180.01 is below min -180`},
		{"venue.location", `[1, 2]`, `is a list; expected a section with label, latitude, longitude in it`},
		{"broadcast.hashtags", `[jazz, "#été_2026"]`, fine},
		{"broadcast.hashtags", `[two words]`, `two words is not a hashtag`},
		{"broadcast.hashtags", `jazz`, `is not a list; write []`},
		{"broadcast.hashtags", `[[x]]`, `is a list; expected text`},
		{"broadcast.visibility", `public`, `is not built yet in this version`},
		{"broadcast.comments", `everyone`, `is not built yet in this version`},
		{"camera.device", `test`, fine},
		{"camera.device", `/dev/v4l/by-id/usb-046d_C270-video-index0`, fine},
		{"camera.device", `/dev/../etc/passwd`, `is not auto, rpicam, test, none or a path under /dev`},
		{"camera.device", `video0`, `video0 is not auto, rpicam, test, none or a path under /dev`},
		{"camera.device", `rpicam`, fine},
		{"camera.width", `4096`, fine},
		{"camera.width", `14`, `14 is below min 16`},
		{"camera.width", `4098`, `4098 is above max 4096`},
		{"camera.width", `99999999999999`, `99999999999999 is above max 4096`},
		{"camera.width", `"640"`, `"640" is text; expected a whole number`},
		{"camera.width", `0x280`, `0x280 is not a whole number`},
		{"camera.width", `1_280`, `1_280 is not a whole number`},
		{"camera.height", `0720`, `0720 is not a whole number`},
		{"camera.fps", `0`, `0 is below min 1`},
		{"camera.fps", `61`, `61 is above max 60`},
		{"camera.controls", `{gain: 12, sharpness: "3", power_line_frequency: 60 Hz, hflip: True}`, fine},
		{"camera.controls", `{Gain: 12}`, `Gain is not the name of a control`},
		{"camera.controls", `{gain: 0x10}`, `0x10 is`},
		{"camera.controls", `{gain: 010}`, `010 is not a decimal number`},
		{"camera.controls", `{gain: 1.5}`, `1.5 is a decimal number; expected a number, true, false`},
		{"camera.controls", `{gain: }`, `has no value`},
		{"camera.controls", `{gain: {}}`, `is a section; expected a number, true, false`},
		{"microphone.device", `hw:1,0`, fine},
		{"microphone.device", `hw:CARD=Device,DEV=0`, fine},
		{"microphone.device", `Device`, fine},
		{"microphone.device", `None`, `None is written none`},
		{"microphone.device", `plughw:1`, `plughw:1 is not auto, test, none, an ALSA name`},
		{"microphone.device", `default`, `write auto`},
		{"microphone.device", `1`, `1 is a number; expected auto, test, none, an ALSA name such as hw:1,0`},
		{"microphone.channels", `3`, `3 is above max 2`},
		{"microphone.gain", `+1.5dB`, fine},
		{"microphone.gain", `-31dB`, `-31dB is below min -30dB`},
		{"microphone.gain", `41dB`, `41dB is above max 40dB`},
		{"microphone.gain", `6`, `6 is a number; expected decibels from -30dB to 40dB, such as -6dB`},
		{"microphone.gain", `6 db`, `6 db is not decibels`},
		{"video.encoder", `openh264`, fine},
		{"video.encoder", `v4l2`, fine},
		{"video.encoder", `passthrough`, fine},
		{"video.encoder", `x264`, `x264 is unknown; expected auto, v4l2, openh264 or passthrough`},
		{"video.bitrate.min", `50000`, fine},
		{"video.bitrate.min", `49.9k`, `49.9k is below min 50k`},
		{"video.bitrate.max", `25.1M`, `25.1M is above max 25M`},
		{"video.bitrate.max", `999999999999M`, `is above max 25M`},
		{"video.bitrate.max", `4m`, `4m is not a bit rate; write it as 300k or 1.5M`},
		{"video.bitrate.max", `4 Mb/s`, `4 Mb/s is not a bit rate`},
		{"video.bitrate.max", `1.5`, `1.5 is a decimal number; expected a bit rate from 50k to 25M`},
		{"audio.bitrate", `15k`, `15k is below min 16k`},
		{"audio.bitrate", `257k`, `257k is above max 256k`},
		{"relay.url", `https://relay.example.org:8443/whip/stage?x=1`, fine},
		{"relay.url", `http://relay.example.org/whip`, fine},
		{"relay.url", `http://[::1]:8889/whip/x`, fine},
		{"relay.url", `ftp://relay.example.org`, `is neither embedded nor an https:// URL`},
		{"relay.url", `relay.example.org`, `is neither embedded nor an https:// URL`},
		{"relay.url", `https://`, `has no proper host name or port`},
		{"relay.url", `https://relay.example.org:0/`, `has no proper host name or port`},
		{"relay.url", `https://relay.example.org:/`, `has no proper host name or port`},
		{"relay.url", `https://user@relay.example.org/`, `must not have a user name or password`},
		{"relay.token_file", write("token", "abc.DEF_~+/-==\n"), fine},
		{"relay.token_file", write("blank", " \n"), `blank: the file is empty`},
		{"relay.token_file", write("two", "a\nb\n"), `two: the file has more in it than one token`},
		{"relay.token_file", filepath.Join(dir, "gone"), `gone: no such file`},
		{"relay.token_file", dir, `not a file but a folder`},
		{"relay.token_file", `token`, `the path, not the token itself`},
		{"relay.ice_servers", `[stun:s.example.org:3478, stuns:s.example.org, "stun:[2001:db8::1]"]`, fine},
		{"relay.ice_servers", `[https://s.example.org]`, `is not a URL such as stun:`},
		{"relay.ice_servers", `["stun:s.example.org:70000"]`, `has no proper host name or port`},
		{"relay.ice_servers", `["stun:s.example.org?transport=udp"]`, `is a STUN server's URL`},
		{"relay.ice_servers", `[{url: turn:t.example.org, user: u}]`, `ice_servers[0].user: unknown key; here may be url, username`},
		{"relay.ice_servers", `[{username: u}]`, `relay.ice_servers[0]: has no url`},
		{"relay.ice_servers", `[3]`, `relay.ice_servers[0].url: is a number; expected a URL`},
		{"relay.backup", `[]`, fine},
		{"relay.backup", `[https://b.example.org]`, `is for a relay elsewhere, and relay.url is embedded`},
		{"relay.backup", `[embedded]`, `relay.backup[0].url: is not an https:// URL`},
		{"relay.backup", `[{url: "https://b.example.org", ca_file: x}]`, `relay.backup[0].ca_file: unknown key; did you mean relay.ca_file?`},
		{"relay.backup", `https://b.example.org`, `is not a list`},
		{"relay.interface", `usb0.100`, `relay.interface: is about a relay elsewhere`},
		{"relay.interface", `""`, fine},
		{"relay.interface", `eth0:1`, `eth0:1 is not the name of a network interface`},
		{"relay.interface", `a/b`, `a/b is not the name of a network interface`},
		{"relay.interface", `wlan 0`, `wlan 0 is not the name of a network interface`},
		{"relay.interface", `enx0123456789abc`, `enx0123456789abc is not the name of a network interface`},
		{"relay.interface", `..`, `.. is not the name of a network interface`},
		{"relay.ca_file", ca, `relay.ca_file: is about a relay elsewhere`},
		{"relay.ca_file", `ca.pem`, `ca.pem is not the whole path of a file`},
		{"relay.ca_file", caKey, `has a PRIVATE KEY in it; only certificates`},
		{"relay.ca_file", filepath.Join(dir, "gone"), `gone: no such file`},
		{"relay.ca_file", write("text", "ca"), `text: has no certificate in it`},
		{"relay.ca_file", write("broken", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), `certificate 1 in it is broken`},
		{"relay.listen", `"[::1]:9000"`, fine},
		{"relay.listen", `":9000"`, fine},
		{"relay.listen", `localhost:9000`, `write 127.0.0.1:9000`},
		{"relay.listen", `example.org:9000`, `is not an IP address and a port`},
		{"relay.listen", `127.0.0.1`, `is not an IP address and a port`},
		{"relay.listen", `127.0.0.1:0`, `has port 0`},
		{"relay.media", `0`, `0 is below min 1`},
		{"relay.media", `65536`, `65536 is above max 65535`},
		{"relay.tls.cert", `cert.pem`, `cert.pem is not the whole path of a file`},
		{"relay.public_addresses", `[203.0.113.7, "2001:db8::1"]`, fine},
		{"relay.public_addresses", `[0.0.0.0]`, `0.0.0.0 is not an IP address that a viewer can reach`},
		{"panel.buttons.go_live.line", `""`, fine},
		{"panel.buttons.go_live.line", `7J1 Header Pin3`, fine},
		{"panel.buttons.go_live.line", `17`, `17 is a number; expected the name of a GPIO line such as GPIO17`},
		{"panel.buttons.go_live.line", `"17"`, `17 is a number; expected the name`},
		{"panel.buttons.go_live.line", strings.Repeat("G", 32), `is not the name of a GPIO line`},
		{"panel.buttons.go_live.active", `on`, `on is unknown; expected high or low`},
		{"panel.buttons.go_live.pull", `left`, `left is unknown; expected up, down or none`},
		{"panel.buttons.go_live", `GPIO17`, `is text; expected a section with line, active, pull in it`},
		{"panel.lights.red", `""`, fine},
		{"panel.lights.red", ``, `panel.lights.red.line: has no value`},
		{"panel.lights.red", `{line: GPIO9, active: no}`, `no is unknown; expected high or low`},
		{"panel.lights.rgb", `true`, fine},
		{"panel.lights.rgb", `blue`, `blue is text; expected true or false`},
		{"panel.tally_out", `GPIO9`, fine},
		{"panel.tally_out", `{line: GPIO9, active: low}`, fine},
		{"panel.tally_out", `GPIO27`, `GPIO27 is used by panel.lights.red.line already`},
		{"status.listen", `127.0.0.1:x`, `is not an IP address and a port`},
		{"log.level", `trace`, `trace is unknown; expected debug, info, warn or error`},
		{"recording.keep", `24h`, `recording: is not built yet in this version`},
		{"venue.timezone", `Europe/Paris`, fine},
		{"venue.timezone", `""`, fine},
		{"venue.timezone", `CEST`, `CEST is not a time zone such as Europe/Paris`},
		{"venue.timezone", `Local`, `Local is not a time zone`},
		{"venue.timezone", `../UTC`, `../UTC is not a time zone`},
		{"schedule", `[]`, `is a list; expected a section with events, calendar, auto, remind in it`},
		{"schedule.events", `[{start: 2026-11-23T20:00, end: 2026-11-23T22:00:00, title: Jazz}, {start: 2026-11-24 20:00, end: "2026-11-25 01:00"}]`, fine},
		{"schedule.events", `[{start: 2026-11-23T20:00}]`, `schedule.events[0]: has no end`},
		{"schedule.events", `[{end: 2026-11-23T20:00}]`, `schedule.events[0]: has no start`},
		{"schedule.events", `[{start: 2026-11-23T20:00, end: 2026-11-23T20:00}]`, `schedule.events[0].end: 2026-11-23T20:00 is not after the start, 2026-11-23T20:00`},
		{"schedule.events", `[{start: 2026-11-23T20:00, end: 2026-12-23T20:00}]`, `schedule.events[0].end: is more than 7 days after the start`},
		{"schedule.events", `[{start: 2026-11-23, end: 2026-11-24T20:00}]`, `schedule.events[0].start: 2026-11-23 is not a time such as 2026-11-23T20:00`},
		{"schedule.events", `[{start: 2026-02-30T20:00, end: 2026-03-01T00:00}]`, `schedule.events[0].start: 2026-02-30T20:00 is not a time`},
		{"schedule.events", `[{start: 2026-11-23T20:00Z, end: 2026-11-24T20:00}]`, `2026-11-23T20:00Z is not a time`},
		{"schedule.events", `[2026-11-23T20:00]`, `is text; expected a section with start, end, title in it`},
		{"schedule.calendar", `https://calendar.example.org/private-x/basic.ics`, fine},
		{"schedule.calendar", `/etc/vigie/calendar.ics`, fine},
		{"schedule.calendar", `webcal://calendar.example.org/x`, `write https:// instead of webcal://`},
		{"schedule.calendar", `http://calendar.example.org/x`, `is not an https:// URL or the whole path of a file`},
		{"schedule.calendar", `calendar.ics`, `is not an https:// URL or the whole path of a file`},
		{"schedule.auto", `true`, fine},
		{"schedule.auto", `"yes"`, `"yes" is text; expected true or false`},
		{"schedule.remind", `1h30m`, fine},
		{"schedule.remind", `0m`, fine},
		{"schedule.remind", `25h`, `25h is above max 24h`},
		{"schedule.remind", `10`, `10 is a number; expected a time such as 10m or 1h30m, at most 24h`},
		{"schedule.remind", `-1m`, `-1m is not a time such as 10m`},
	} {
		t.Run(fmt.Sprintf("%s=%.20s", c.path, c.value), func(t *testing.T) {
			expect(t, in(c.path, c.value), nil, c.want)
		})
	}
}

// expect parses data: without words it must be fine, else its one error must have them.
func expect(t *testing.T, data string, environ []string, words string) {
	t.Helper()
	_, err := Parse("config.yaml", []byte(data), environ)
	switch {
	case words == "" && err != nil:
		t.Errorf("%s: %v", data, err)
	case words != "" && err == nil:
		t.Errorf("%s is fine, expected: %s", data, words)
	case words != "" && (!strings.Contains(err.Error(), words) || len(err.(Errors)) > 1):
		t.Errorf("%s:\n%v\nexpected only: %s", data, err, words)
	}
}

func TestHints(t *testing.T) {
	for data, want := range map[string]string{
		"{Camera: {}}":                  "keys are lower-case: write camera",
		"{camera: {FPS: 3}}":            "keys are lower-case: write fps",
		"{camera: {widht: 3}}":          "did you mean width?",
		"{relay: {token-file: x}}":      "did you mean token_file?",
		"{cameras: {}}":                 "did you mean camera?",
		"{bitrate: 3}":                  "did you mean video.bitrate?",
		"{fps: 3}":                      "did you mean camera.fps?",
		"{video.bitrate.max: 3M}":       "write each of its parts as a section",
		"{log: {colour: x}}":            "here may be level",
		"{status: {listen: ':1', x: }}": "here may be listen or tls",
		"{'': 3}":                       `"": unknown key; here may be venue, broadcast`,
	} {
		expect(t, data, nil, want)
	}
}
