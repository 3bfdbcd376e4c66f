package main

import (
	"slices"
	"strings"

	"vigie/capture/v4l2"
	"vigie/device/config"
	"vigie/device/health"
)

// takeOver gives the running box what can change in a show, and returns the keys whose new values it has now and those
// that wait for a box made anew. It blocks while the camera takes its controls. One goroutine calls it.
//
// A control that is taken out of the file stays as it is: what it was before is not known.
func (b *box) takeOver(c config.Config) (taken, wait []string) {
	before := *b.live.Load()
	now := before
	now.Venue.Name, now.Venue.Location, now.Venue.Timezone = c.Venue.Name, c.Venue.Location, c.Venue.Timezone
	now.Broadcast = c.Broadcast
	now.Camera.Controls = c.Camera.Controls
	now.Microphone.Gain = c.Microphone.Gain
	now.Schedule = c.Schedule
	now.Log = c.Log
	b.live.Store(&now)
	if b.relay != nil {
		b.relay.SetShow(shownBy(now))
	}
	if m := b.microphone.Load(); m != nil {
		m.SetGain(now.Microphone.Gain)
	}
	taken = config.Diff(&before, &now)
	camera := b.camera.Load()
	if camera != nil && strings.HasPrefix(*camera, "/dev/") && slices.ContainsFunc(taken, isControl) {
		if err := v4l2.SetControls(*camera, now.Camera.Controls, b.log); err != nil {
			b.log.Warn("the camera's controls wait until it is opened again", "err", err)
		}
	}
	if slices.ContainsFunc(taken, func(key string) bool { return strings.HasPrefix(key, "schedule.") || key == "venue.timezone" }) {
		b.planner.change()
	}
	wait = config.Diff(&now, &c)
	b.tellWaiting(wait)
	b.status.Notify()
	return taken, wait
}

// tellWaiting tells of the keys whose new values wait for the end of the show; none takes that back. Where no show is on
// nothing waits: the box begins anew at once.
func (b *box) tellWaiting(keys []string) {
	c := health.Condition{Code: health.ConfigWaits, Advice: "The box then begins anew with them."}
	if len(keys) > 0 && !b.rests() {
		c.Text = "Changed in config.yaml: " + strings.Join(keys, ", ") + " " + waits(keys) + " for the end of the show."
	}
	b.station.Notice(c)
}

func isControl(key string) bool { return strings.HasPrefix(key, "camera.controls.") }

// waits is the verb for so many keys.
func waits(keys []string) string {
	if len(keys) == 1 {
		return "waits"
	}
	return "wait"
}

// setConfigErrors keeps what is wrong with the file for the page; nil when nothing is.
func (b *box) setConfigErrors(err error) {
	var lines []string
	if err != nil {
		lines = strings.Split(err.Error(), "\n")
	}
	b.mu.Lock()
	b.configErrors = lines
	b.mu.Unlock()
}
