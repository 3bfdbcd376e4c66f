package uplink

import (
	"time"

	"vigie/uplink/rate"
)

// whyGap is the least time between two lines of the log about the rate: on a link that is full, it goes up and down.
const whyGap = 10 * time.Second

// why keeps what the log was last told about the rate.
type why struct {
	said string
	at   time.Duration
}

// news returns what the log is to be told now, "" for nothing.
func (w *why) news(c rate.Cause, now time.Duration) string {
	text := inWords(c)
	if text == w.said || w.said != "" && now-w.at < whyGap {
		return ""
	}
	w.said, w.at = text, now
	return text
}

// inWords says why the rate moved; "" where it has not yet. That it grew or was probed is the same to people.
func inWords(c rate.Cause) string {
	switch c {
	case rate.Grew, rate.Probed:
		return "sending more: the network takes it"
	case rate.Queued:
		return "sending less: packets queue up on the way to the relay"
	case rate.Lost:
		return "sending less: too many packets are lost on the way to the relay"
	case rate.Silent:
		return "sending less: the relay does not tell what arrives"
	case rate.Reported:
		return "the rate follows the relay's reports"
	}
	return ""
}
