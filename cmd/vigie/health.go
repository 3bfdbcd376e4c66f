package main

import (
	"strconv"
	"time"

	"vigie/device/config"
	"vigie/device/health"
)

// healthOptions is what the box watches. A picture whose bitrate has no room to move is always at its floor.
func healthOptions(c config.Config, stateDir string) *health.Options {
	o := &health.Options{StateDir: stateDir, Built: builtAt()}
	if rate := c.Video.Bitrate; rate.Max-c.Audio.Bitrate > rate.Min {
		o.RateFloor = rate.Min
	}
	return o
}

// beside is what this program finds wrong besides what the station and its health do.
func (b *box) beside() []health.Condition {
	return append(b.status.conditions(), endings(b.certificates, time.Now())...)
}

// builtAt is when the commit was made that this program was built of; zero where the build did not say.
func builtAt() time.Time {
	at, err := strconv.ParseInt(committed, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(at, 0)
}
