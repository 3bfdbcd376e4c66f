package uplink

import (
	"testing"
	"time"

	"vigie/uplink/rate"
)

// The log is told why the rate moves, once for each reason, not more often than each 10 s, and never what is over.
func TestTheLogSaysWhyTheRateMoves(t *testing.T) {
	const up, queue, loss = "sending more: the network takes it", "sending less: packets queue up on the way to the relay",
		"sending less: too many packets are lost on the way to the relay"
	var w why
	for _, c := range []struct {
		at    time.Duration
		cause rate.Cause
		want  string
	}{
		{0, rate.Began, ""},
		{time.Second, rate.Probed, up},
		{2 * time.Second, rate.Grew, ""},
		{3 * time.Second, rate.Queued, ""}, // too soon
		{4 * time.Second, rate.Lost, ""},
		{11 * time.Second, rate.Lost, loss}, // the last that holds
		{12 * time.Second, rate.Grew, ""},
		{20 * time.Second, rate.Lost, ""},
		{30 * time.Second, rate.Queued, queue},
		{60 * time.Second, rate.Queued, ""},
	} {
		if got := w.news(c.cause, c.at); got != c.want {
			t.Errorf("at %v, %v: %q, want %q", c.at, c.cause, got, c.want)
		}
	}
}
