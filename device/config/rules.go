package config

// rules holds what depends on several keys. A rule is left alone where one of its keys is already wrong.
func (r *reader) rules(c *Config) {
	r.somethingToSend(c)
	r.passthrough(c)
	r.bitrates(c.Video.Bitrate)
	r.clearText(c.Relay)
	r.elsewhere(c.Relay)
	r.backups(c.Relay)
	r.iceServers(c.Relay.ICEServers)
	r.ports(c)
	if r.certificate("relay.tls", c.Relay.TLS) {
		r.serves("relay.tls", c.Relay.TLS)
	}
	r.certificate("status.tls", c.Status.TLS)
	r.lines(c.Panel)
	r.rgb(c.Panel.Lights)
	r.schedule(c)
	r.pull("panel.buttons.go_live", c.Panel.Buttons.GoLive)
	r.pull("panel.buttons.cut", c.Panel.Buttons.Cut)
}

// good is true when none of the keys is wrong by itself.
func (r *reader) good(paths ...string) bool {
	for _, p := range paths {
		if r.bad[p] {
			return false
		}
	}
	return true
}

// last is the one of the keys that was given last: the one to blame, since defaults agree with each other.
func (r *reader) last(paths ...string) string {
	last := paths[0]
	for _, p := range paths[1:] {
		if r.from[p].after(r.from[last]) {
			last = p
		}
	}
	return last
}

// blame is fail for a rule.
func (r *reader) blame(path, format string, args ...any) {
	r.fail(r.from[path], path, format, args...)
}

func (r *reader) somethingToSend(c *Config) {
	if r.good("camera.device", "microphone.device") && c.Camera.Device == "none" && c.Microphone.Device == "none" {
		r.blame(r.last("camera.device", "microphone.device"), "none, and the other is none too: there is nothing to send")
	}
}

// passthrough needs a camera that codes H.264 itself.
func (r *reader) passthrough(c *Config) {
	keys := []string{"camera.device", "video.encoder"}
	if r.good(keys...) && c.Video.Encoder == "passthrough" && c.Camera.Device == "test" {
		r.blame(r.last(keys...), "%s, and the test picture is not coded by a camera: write auto", map[bool]string{
			true: "passthrough", false: "test"}[r.last(keys...) == "video.encoder"])
	}
}

func (r *reader) bitrates(b Bitrate) {
	value := map[string]int{"min": b.Min, "start": b.Start, "max": b.Max}
	check := func(low, high string) bool {
		l, h := "video.bitrate."+low, "video.bitrate."+high
		if !r.good(l, h) || value[low] <= value[high] {
			return true
		}
		if r.last(h, l) == h {
			r.blame(h, "%s is below %s %s", formatBitrate(value[high]), low, formatBitrate(value[low]))
		} else {
			r.blame(l, "%s is above %s %s", formatBitrate(value[low]), high, formatBitrate(value[high]))
		}
		return false
	}
	if check("min", "max") {
		_ = check("min", "start") && check("start", "max")
	}
}
