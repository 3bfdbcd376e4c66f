package main

import (
	"bytes"
	"log/slog"
	"testing"
)

// What journald makes of the lines: sd-daemon(3).
func TestPriorities(t *testing.T) {
	var out bytes.Buffer
	options := &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}
	log := slog.New(slog.NewTextHandler(prioritised{&out}, options))
	log.Debug("a look")
	log.Info("now live")
	log.Warn("no camera")
	log.With("device", "hw:0").Error("it failed\nin two lines")
	const want = "<7>level=DEBUG msg=\"a look\"\n<6>level=INFO msg=\"now live\"\n<4>level=WARN msg=\"no camera\"\n" +
		"<3>level=ERROR msg=\"it failed\\nin two lines\" device=hw:0\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}
