package main

import (
	"bytes"
	"testing"

	"vigie/capture"
	"vigie/device/config"
)

// TestSlateSaysWhoAndWhy holds that the slate has the venue, the show's title where it has one, and the reason, and that
// what is changed in the file counts at once.
func TestSlateSaysWhoAndWhy(t *testing.T) {
	cfg := config.Default()
	b := &box{config: cfg}
	b.live.Store(&cfg)
	o := b.videoOptions(false)
	if got := o.Words(true); got != [3]string{"Main stage", "", "Camera lost, back in a moment"} {
		t.Errorf("it says %q", got)
	}
	draw := func() []byte {
		return o.Slate(capture.VideoFormat{Width: 320, Height: 180}, false).Data
	}
	before := draw()
	now := cfg
	now.Venue.Name, now.Broadcast.Title = "Town hall", "Friday's concert"
	b.live.Store(&now)
	if got := o.Words(false); got != [3]string{"Town hall", "Friday's concert", "Paused by the crew, back in a moment"} {
		t.Errorf("it says %q", got)
	}
	if bytes.Equal(draw(), before) {
		t.Error("another venue is the same slate")
	}
}
