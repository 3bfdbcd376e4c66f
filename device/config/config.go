package config

import (
	"log/slog"
	"slices"
)

// Config is a configuration that was found good: every value is in its range and the rules between them hold.
type Config struct {
	Venue      Venue
	Broadcast  Broadcast
	Camera     Camera
	Microphone Microphone
	Video      Video
	Audio      Audio
	Relay      Relay
	Panel      Panel
	Schedule   Schedule
	Status     Status
	Log        Log
}

// Venue is where the box stands.
type Venue struct {
	Name     string
	Channel  string // the last part of the watch page's address: "main-stage"
	Location Location
	Timezone string // IANA's name, or empty: the system's
}

// Location is a place for viewers. An empty label means that none is shown.
type Location struct {
	Label     string
	Latitude  float64 // degrees, north is positive
	Longitude float64 // degrees, east is positive
}

// Broadcast is what viewers read above the picture.
type Broadcast struct {
	Title    string
	Hashtags []string // without the #
}

// Camera is the picture that is asked for; the driver may answer with another.
type Camera struct {
	Device        string // "auto", "rpicam", "test", "none" or a path under /dev
	Width, Height int    // pixels, even
	FPS           int    // pictures a second
	// Controls are V4L2 controls by the kernel's names, as `v4l2-ctl --list-ctrls` prints them. A value is a decimal
	// number, true or false, or the text of a menu entry.
	Controls map[string]string
}

// Microphone is the sound that is asked for.
type Microphone struct {
	Device   string  // "auto", "test", "none", an ALSA name such as "hw:1,0", or a card's id
	Channels int     // 1 or 2; what is sent is always stereo
	Gain     float64 // dB
}

// Video is the coded picture.
type Video struct {
	Encoder string // "auto", "v4l2", "openh264" or "passthrough"
	Bitrate Bitrate
}

// Bitrate is the range in which the sending rate moves, in bits a second: Min <= Start <= Max.
type Bitrate struct{ Min, Start, Max int }

// Audio is the coded sound.
type Audio struct {
	Bitrate int // bits a second
}

// Embedded is the Relay.URL that stands for the relay inside this program.
const Embedded = "embedded"

// Relay is where the show is sent, and how the relay inside this program serves it.
type Relay struct {
	URL        string      // Embedded, or the WHIP endpoint's URL (RFC 9725); it may hold a secret in its path
	TokenFile  string      `mapstructure:"token_file"` // absolute path for ReadToken, or empty
	CAFile     string      `mapstructure:"ca_file"`    // absolute path for ReadCA, or empty
	Interface  string      // that media leaves by, or empty for any
	ICEServers []ICEServer `mapstructure:"ice_servers"` // for the session to the relay; none by default
	Backup     []Backup    // other relays, in the order in which they take over
	// The rest is the embedded relay's.
	Listen          string // host:port for the pages, WHIP and WHEP; the host is an IP address or empty (all)
	Media           int    // the UDP and TCP port of the media, on Listen's addresses
	TLS             TLS
	PublicAddresses []string `mapstructure:"public_addresses"` // IP addresses that viewers reach a NAT by
}

// Backup is another relay: its WHIP endpoint, and the file of its token.
type Backup struct {
	URL       string // may hold a secret in its path
	TokenFile string `mapstructure:"token_file"` // absolute path for ReadToken; empty: the first relay's
}

// ICEServer is a STUN or TURN server (RFC 7064, RFC 7065). Username and Credential are a TURN server's.
type ICEServer struct {
	URL, Username string
	Credential    Secret
}

// Secret is text that does not show itself when it is printed. Convert it to a string to use it.
type Secret string

// String keeps the secret out of logs and errors.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "(secret)"
}

// GoString keeps the secret out of %#v.
func (s Secret) GoString() string { return `"` + s.String() + `"` }

// MarshalText keeps the secret out of JSON.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// TLS names a certificate and its private key, PEM files: both or none.
type TLS struct{ Cert, Key string }

// Panel is how the box is wired. An empty line is not fitted.
type Panel struct {
	Buttons  Buttons
	Lights   Lights
	TallyOut Light `mapstructure:"tally_out"` // the room's on-air lamp
}

// Outputs returns every line of the panel that the box drives: what is to be dark when the box is gone.
func (p Panel) Outputs() []Light {
	all := []Light{p.Lights.Red, p.Lights.Green, p.Lights.Amber, p.TallyOut}
	return slices.DeleteFunc(all, func(l Light) bool { return l.Line == "" })
}

// Buttons are the two of the panel.
type Buttons struct {
	GoLive Button `mapstructure:"go_live"`
	Cut    Button
}

// Button is an input line.
type Button struct {
	Line      string // the kernel's name of it: "GPIO17"
	ActiveLow bool   `mapstructure:"active"` // pressed when the line is low
	Pull      string // the line's bias: "up", "down" or "none"
}

// Lights are the three of the panel.
type Lights struct {
	Red, Green, Amber Light
	RGB               bool // they are one light; its blue is on Amber's line
}

// Light is an output line.
type Light struct {
	Line      string
	ActiveLow bool `mapstructure:"active"` // lit when the line is low
}

// Loopback tells whether this computer alone reaches the embedded relay.
func (r Relay) Loopback() bool { return addrPort(r.Listen).Addr().Unmap().IsLoopback() }

// Status is the local page. Beyond this computer it is served by TLS alone.
type Status struct {
	Listen string // host:port; the host is an IP address or empty (all)
	TLS    TLS    // none: a certificate that the box makes itself
}

// Loopback tells whether this computer alone reaches the page.
func (s Status) Loopback() bool { return addrPort(s.Listen).Addr().Unmap().IsLoopback() }

// Log is what is written to the journal.
type Log struct{ Level slog.Level }
