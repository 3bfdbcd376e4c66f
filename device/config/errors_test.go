package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// All that is wrong is told at once, in the order of the file, the environment's last.
func TestAllErrorsInOrder(t *testing.T) {
	data := `Venue: {}
venue:
  channel: 0123
  chanel: x
camera:
  fps: true
  width: 12.7
  height: 721
camera:
  fps: 30
relay:
  tls: 3
  public_addresses: [203.0.113.7, here]
video:
  bitrate:
    max: 200k
recording: {keep: 24h}
`
	_, err := Parse("config.yaml", []byte(data), []string{
		"VIGIE_RELAY_ULR=https://x", "VIGIE_AUDIO_BITRATE=1k", "VIGIE_LOG_LEVEL=", "VIGIE_RECORDING_KEEP=1h",
	})
	want := `config.yaml:1:1: Venue: unknown key; keys are lower-case: write venue
config.yaml:3:3: venue.channel: 0123 is a number; expected text in quotes
config.yaml:4:3: venue.chanel: unknown key; did you mean channel?
config.yaml:6:3: camera.fps: true is true-or-false; expected a whole number from 1 to 60
config.yaml:7:3: camera.width: 12.7 is a decimal number; expected a whole number from 16 to 4096
config.yaml:8:3: camera.height: 721 is odd; H.264 needs an even number
config.yaml:9:1: camera: given twice; the first is in line 5
config.yaml:12:3: relay.tls: is a number; expected a section with cert, key in it
config.yaml:13:35: relay.public_addresses[1]: here is not an IP address that a viewer can reach, such as 203.0.113.7
config.yaml:16:5: video.bitrate.max: 200k is below min 300k
config.yaml:17:1: recording: is not built yet in this version; take it out
VIGIE_AUDIO_BITRATE: audio.bitrate: 1k is below min 16k
VIGIE_LOG_LEVEL: log.level: the variable is empty; unset it, or give it a value
VIGIE_RECORDING_KEEP: recording is not built yet in this version; unset the variable
VIGIE_RELAY_ULR: unknown variable; did you mean VIGIE_RELAY_URL?`
	var errs Errors
	if !errors.As(err, &errs) || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func TestSyntaxErrors(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
		"empty":           {"", "1:1: the file is empty"},
		"blank":           {"\n \r\n", "1:1: the file is empty"},
		"tab":             {"camera:\r\n\twidth: 640\r\n", "2:1: a tab"},
		"tab after space": {"camera:\n  fps: 30\n  \twidth: 640\n", "3:3: a tab"},
		"indentation":     {"camera:\n  fps: 30\n   width: 640\n  height: 3\n", "3:4: cannot be read as YAML"},
		"quote":           {"venue:\n  name: \"Hall\n  channel: x\n", "2:3: cannot be read as YAML"},
		"bracket":         {"venue: {name: Hall\ncamera: {}\n", "1:1: cannot be read as YAML"},
		"colon":           {"log: {}\nvenue\ncamera: {}\n", "2:1: cannot be read as YAML"},
		"alias":           {"relay:\n  token_file: *hush\n", "2:3: text that begins with * or & must be in quotes"},
		"known alias":     {"venue: {name: &a Hall}\nbroadcast: {title: *a}\n", "2:13: broadcast.title: YAML aliases"},
		"alias in a list": {"venue: {name: &a Hall}\nbroadcast: {hashtags: [*a]}\n", "2:24: broadcast.hashtags[0]: YAML aliases"},
		"merge":           {"venue: &v {name: Hall}\nlog:\n  <<: *v\n", "3:3: log.<<: unknown key"},
		"tag":             {"venue: {name: !hush x}", "1:9: venue.name: x is of a type that is not known here"},
		"documents":       {"log: {}\n---\ncamera: {}\n", "2:1: a second YAML document"},
		"list":            {"- a\n", "1:1: expected sections"},
		"text":            {"# only\nhello\n", "2:1: expected sections"},
		"latin1":          {"venue: {name: caf\xe9}\n", "1:18: not UTF-8"},
		"nul":             {"log: {}\nx\x00", "2:2: an invisible character"},
		"line separator":  {"broadcast: {title: a\u2028b}", "1:21: an invisible character"},
		"break in a key":  {"\"a\\nb\": 1\n\"a\\nb\": 2\n", "1:1: \"a\\nb\": unknown key"},
		"key of a list":   {"? [a]\n: b\n", "1:3: a key must be one plain word"},
	} {
		t.Run(name, func(t *testing.T) {
			c2, err := Parse("c.yaml", []byte(c.file), nil)
			if c2 != nil || err == nil || !strings.HasPrefix(err.Error(), "c.yaml:"+c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "hush") {
				t.Errorf("%v has a value in it that may be secret", err)
			}
		})
	}
	for _, fine := range []string{
		"# all as it is\n", "\ufeffvenue: {name: Hall}\n", "camera:\n  # fps: 3\n", "---\nlog: {}\n", "log: {}\r\n",
	} {
		if _, err := Parse("c.yaml", []byte(fine), nil); err != nil {
			t.Errorf("%q: %v", fine, err)
		}
	}
}

// Law: no token in an error, wherever it was written by mistake.
func TestSecretsStaySecret(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "token")
	if err := os.WriteFile(file, []byte("hush hush\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, data := range []string{
		"relay: {url: 'https://u:hush@relay.example.org/whip'}", "relay: {url: 'https://relay.example.org/hush#x'}",
		"relay: {url: hush}", "relay: {url: [hush]}", "relay: {url: 'https://rel ay/hush'}", "relay: {url: '::hush'}",
		"relay: {token_file: hush}", "relay: {token_file: !!int hush}", "relay: {token_file: " + file + "}",
		"relay: {ice_servers: ['turn:u:hush@turn.example.org']}", "relay: {backup: ['https://u:hush@x']}",
		"relay: {ice_servers: [{url: 'turn:turn.example.org', credential: hush}]}",
		"relay: {ice_servers: [{url: 'turn:turn.example.org', username: u, credential: !hush hush}]}",
		"relay: {ice_servers: [{url: 'turn:turn.example.org', username: u, credential: *hush}]}",
		"relay: {token_file: [hush}",
	} {
		_, err := Parse("config.yaml", []byte(data), nil)
		if err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v", data, err)
		}
	}
	_, err := Parse("config.yaml", []byte("log: {}"), []string{"VIGIE_RELAY_TOKEN=hush", "VIGIE_RELAY_TOKEN_FILE=hush"})
	if err == nil || strings.Contains(err.Error(), "hush") {
		t.Error(err)
	}
}
