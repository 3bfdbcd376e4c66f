package config

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestExplainDefaults(t *testing.T) {
	c := Default()
	want := `stage: "Main stage"
picture: the first camera that is found, 1280 x 720, 30 pictures a second; without one the box cannot go live
sound: the first microphone that is found, two channels, gain 0 dB
sending rate: 300k to 4M bits a second, 1M at first, and 96k for sound
goes to: the relay inside vigie, channel main-stage
who can watch: this computer alone, at http://127.0.0.1:8889/main-stage; to let others, set relay.listen to :8889
status page: http://127.0.0.1:8080/
go-live button: line GPIO17, pressed when low, pulled up
no cut button: the status page has one
red light: line GPIO27, lit when high
green light: line GPIO22, lit when high
amber light: line GPIO23, lit when high`
	if got := strings.Join(Explain(&c, time.Now()), "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestExplain(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Config)
		want   string // the beginning of a line
	}{
		"video number":  {func(c *Config) { c.Camera.Device = "/dev/video2" }, "warning: /dev/video2 may be another camera"},
		"its title":     {func(c *Config) { c.Broadcast.Title = "Jam" }, `title: "Jam"`},
		"auto, no show": {func(c *Config) { c.Schedule.Auto = true }, "warning: schedule.auto is true, and no show is planned"},
		"no camera":     {func(c *Config) { c.Camera.Device = "none" }, "picture: none; the show is sound alone"},
		"test picture":  {func(c *Config) { c.Camera.Device = "test" }, "picture: the test picture"},
		"no microphone": {func(c *Config) { c.Microphone.Device = "none" }, "sound: none; the show is silent"},
		"a card":        {func(c *Config) { c.Microphone.Device = "hw:1,0" }, "sound: hw:1,0, two channels"},
		"open":          {func(c *Config) { c.Relay.Listen = ":8889" }, "who can watch: everyone who reaches this box, at http:"},
		"open, plain":   {func(c *Config) { c.Relay.Listen = "0.0.0.0:8889" }, "warning: the watch page is plain http"},
		"open, media":   {func(c *Config) { c.Relay.Listen = "[2001:db8::1]:8889" }, "media: UDP and TCP port 8890"},
		"open, TLS": {
			func(c *Config) { c.Relay.Listen, c.Relay.TLS = ":1", TLS{"c", "k"} },
			"who can watch: everyone who reaches this box, at https://this-box:1/main-stage",
		},
		"other relay":   {func(c *Config) { c.Relay.URL = "https://r.example.org/hush" }, "who can watch: the relay decides"},
		"no token":      {func(c *Config) { c.Relay.URL = "https://r.example.org/hush" }, "warning: no relay.token_file"},
		"its host":      {func(c *Config) { c.Relay.URL = "https://r.example.org/hush" }, "goes to: https://r.example.org"},
		"its CA":        {func(c *Config) { c.Relay.URL, c.Relay.CAFile = "https://r.example.org/hush", "/ca" }, "its certificate: one that this system trusts, or one by a CA in /ca"},
		"its interface": {func(c *Config) { c.Relay.URL, c.Relay.Interface = "https://r.example.org/hush", "wwan0" }, "media leaves by wwan0 alone"},
		"its backup": {func(c *Config) {
			c.Relay.URL, c.Relay.Backup = "https://r.example.org/x", []Backup{{URL: "https://b.example.org/hush"}}
		}, "if that fails: https://b.example.org"},
		"plain relay": {func(c *Config) { c.Relay.URL = "http://r.example.org/hush" }, "warning: the relay is called by"},
		"open status": {func(c *Config) { c.Status.Listen = ":8080" }, "status page: https://this-box:8080/, with the passphrase"},
		"its certificate": {func(c *Config) { c.Status.Listen, c.Status.TLS = ":8080", TLS{"/x", "/y"} },
			"warning: status.tls.cert: stat /x: no such file or directory; there is no status page until"},
		"its key": {func(c *Config) { c.Status.Listen, c.Status.TLS = ":8080", TLS{"/x", "/y"} },
			"warning: status.tls.key: stat /y: no such file"},
		"idle TLS":            {func(c *Config) { c.Status.TLS.Cert = "/c" }, "warning: status.tls is of no use"},
		"no go-live":          {func(c *Config) { c.Panel.Buttons.GoLive.Line = "" }, "warning: no go-live button"},
		"cut":                 {func(c *Config) { c.Panel.Buttons.Cut = Button{"GPIO5", false, "none"} }, "cut button: line GPIO5, pressed when high, with"},
		"no red":              {func(c *Config) { c.Panel.Lights.Red.Line = "" }, "warning: no red light: nobody at the box"},
		"no green":            {func(c *Config) { c.Panel.Lights.Green.Line = "" }, "warning: no green light: "},
		"no amber":            {func(c *Config) { c.Panel.Lights.Amber.Line = "" }, "warning: no amber light: warnings show on"},
		"no light":            {func(c *Config) { c.Panel.Lights = Lights{} }, "warning: no lights: the status page alone"},
		"no amber, looks off": {func(c *Config) { c.Panel.Lights.Amber.Line = "" }, "green light: line GPIO22"},
		"red alone":           {func(c *Config) { c.Panel.Lights = Lights{Red: Light{Line: "GPIO27"}} }, "warning: no green and no amber light: dark is ready, cut"},
		"green alone":         {func(c *Config) { c.Panel.Lights = Lights{Green: Light{Line: "GPIO22"}} }, "warning: no red light: nobody at the box"},
		"one light":           {func(c *Config) { c.Panel.Lights.RGB = true }, "warning: one light: that the relay refuses"},
		"its blue":            {func(c *Config) { c.Panel.Lights.RGB = true }, "its blue, which stands for amber: line GPIO23, lit when high"},
		"lit, undriven": {
			func(c *Config) { c.Panel.Lights.Red.ActiveLow, c.Panel.TallyOut = true, Light{"GPIO24", true} },
			"warning: what GPIO27 and GPIO24 lights when low may be lit",
		},
		"on-air lamp":    {func(c *Config) { c.Panel.TallyOut = Light{"GPIO5", true} }, "on-air lamp: line GPIO5, low for as long"},
		"light when low": {func(c *Config) { c.Panel.Lights.Red.ActiveLow = true }, "red light: line GPIO27, lit when low"},
	} {
		t.Run(name, func(t *testing.T) {
			config := Default()
			c.change(&config)
			got := Explain(&config, time.Now())
			if !slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, c.want) }) {
				t.Errorf("got\n%s\nwithout %s", strings.Join(got, "\n"), c.want)
			}
			if strings.Contains(strings.Join(got, "\n"), "hush") {
				t.Error("the path of a relay's URL is shown")
			}
		})
	}
}

// TestExplainPulledUp holds that nobody is warned of a lamp that is dark while no program drives it.
func TestExplainPulledUp(t *testing.T) {
	c := Default()
	c.Panel.Lights.Red, c.Panel.TallyOut = Light{"GPIO8", true}, Light{"GPIO24", false}
	for _, line := range Explain(&c, time.Now()) {
		if strings.HasPrefix(line, "warning: what ") {
			t.Error(line)
		}
	}
}
