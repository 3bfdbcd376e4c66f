package config

import (
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Explain says in plain words what the box will do, line by line. Lines that begin with "warning: " are what an
// organiser should know before the show. By now it tells which planned shows are over.
func Explain(c *Config, now time.Time) []string {
	return slices.Concat(c.explainTitles(), c.explainCapture(), c.explainRelay(), c.explainAudience(), c.explainSchedule(now),
		c.explainButtons(), c.explainLights(), c.explainTally(), c.explainUndriven())
}

// explainTitles is what viewers read, in quotes: YAML takes what stands behind " #" for a comment.
func (c *Config) explainTitles() []string {
	lines := []string{"stage: " + strconv.Quote(c.Venue.Name)}
	if c.Broadcast.Title != "" {
		lines = append(lines, "title: "+strconv.Quote(c.Broadcast.Title))
	}
	return lines
}

func (c *Config) explainCapture() []string {
	size := fmt.Sprintf("%d x %d, %d pictures a second", c.Camera.Width, c.Camera.Height, c.Camera.FPS)
	var lines []string
	switch d := c.Camera.Device; d {
	case "auto":
		lines = append(lines, "picture: the first camera that is found, "+size+"; without one the box cannot go live")
	case "rpicam":
		lines = append(lines, "picture: the CSI camera, through rpicam-vid, "+size)
	case "test":
		lines = append(lines, "picture: the test picture, "+size)
	case "none":
		lines = append(lines, "picture: none; the show is sound alone")
	default:
		lines = append(lines, "picture: the camera at "+d+", "+size)
		if strings.HasPrefix(d, "/dev/video") {
			lines = append(lines, "warning: "+d+" may be another camera after a restart; use its name in /dev/v4l/by-id")
		}
	}
	if c.Video.Encoder == "passthrough" {
		lines = append(lines, "warning: the camera's own H.264 is sent as it is: its rate cannot follow the network, and "+
			"there is no preview")
	}
	gain := strconv.FormatFloat(c.Microphone.Gain, 'f', -1, 64) + " dB"
	channels := map[int]string{1: "one channel", 2: "two channels"}[c.Microphone.Channels]
	switch d := c.Microphone.Device; d {
	case "auto":
		lines = append(lines, "sound: the first microphone that is found, "+channels+", gain "+gain)
	case "test":
		lines = append(lines, "sound: the test tone")
	case "none":
		lines = append(lines, "sound: none; the show is silent")
	default:
		lines = append(lines, "sound: "+d+", "+channels+", gain "+gain)
	}
	b := c.Video.Bitrate
	return append(lines, fmt.Sprintf("sending rate: %s to %s bits a second, %s at first, and %s for sound",
		formatBitrate(b.Min), formatBitrate(b.Max), formatBitrate(b.Start), formatBitrate(c.Audio.Bitrate)))
}

// explainRelay shows a relay's host alone: the path of its URL may be a secret.
func (c *Config) explainRelay() []string {
	if c.Relay.URL == Embedded {
		return []string{"goes to: the relay inside vigie, channel " + c.Venue.Channel}
	}
	u, err := url.Parse(c.Relay.URL)
	if err != nil {
		return nil // Parse has read it before
	}
	lines := []string{"goes to: " + u.Scheme + "://" + u.Host}
	if u.Scheme == "http" && !loopbackHost(u.Hostname()) {
		lines = append(lines, "warning: the relay is called by plain http: whoever is between can take the show over")
	}
	if c.Relay.CAFile != "" {
		lines = append(lines, "its certificate: one that this system trusts, or one by a CA in "+c.Relay.CAFile)
	}
	if c.Relay.Interface != "" {
		lines = append(lines, "media leaves by "+c.Relay.Interface+" alone; without it the box cannot go live")
	}
	if c.Relay.TokenFile == "" {
		lines = append(lines, "warning: no relay.token_file: it works only with a relay that takes anyone's show")
	}
	for _, b := range c.Relay.Backup {
		if u, err := url.Parse(b.URL); err == nil {
			lines = append(lines, "if that fails: "+u.Scheme+"://"+u.Host)
		}
	}
	return lines
}

func (c *Config) explainAudience() []string {
	var lines []string
	if c.Relay.URL == Embedded {
		scheme := "http"
		if c.Relay.TLS.Cert != "" {
			scheme = "https"
		}
		page := pageAt(scheme, c.Relay.Listen) + c.Venue.Channel
		if c.Relay.Loopback() {
			lines = append(lines, "who can watch: this computer alone, at "+page+"; to let others, set relay.listen to :8889")
		} else {
			lines = append(lines, "who can watch: everyone who reaches this box, at "+page,
				fmt.Sprintf("media: UDP and TCP port %d; a firewall must let both through", c.Relay.Media))
			if scheme == "http" {
				lines = append(lines, "warning: the watch page is plain http: others on the network can change what viewers see;"+
					" relay.tls makes it https")
			}
		}
	} else {
		lines = append(lines, "who can watch: the relay decides")
	}
	return append(lines, c.explainStatus()...)
}

func (c *Config) explainStatus() []string {
	switch {
	case !c.Status.Loopback():
		lines := []string{"status page: " + pageAt("https", c.Status.Listen) + ", with the passphrase that `vigie passphrase` prints"}
		if c.Status.TLS.Cert != "" {
			wrong := c.Status.TLS.read() // no error: a show needs no page, and others renew certificates
			for _, key := range slices.Sorted(maps.Keys(wrong)) {
				lines = append(lines, fmt.Sprintf("warning: status.tls.%s: %v; there is no status page until it serves", key, wrong[key]))
			}
		}
		return lines
	case c.Status.TLS != TLS{}:
		return []string{"status page: " + pageAt("http", c.Status.Listen),
			"warning: status.tls is of no use: it is for other computers, and status.listen is this one alone"}
	}
	return []string{"status page: " + pageAt("http", c.Status.Listen)}
}

// pageAt is the address of the pages on a listener, as a person would type it.
func pageAt(scheme, listen string) string {
	a := addrPort(listen)
	host := a.Addr().String()
	if a.Addr().IsUnspecified() {
		host = "this-box"
	}
	return scheme + "://" + net.JoinHostPort(host, strconv.Itoa(int(a.Port()))) + "/"
}
