package v4l2

import (
	"errors"
	"fmt"
	"math"

	"golang.org/x/sys/unix"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

// signalAt is what an HDMI bridge sees at its input, the zero Signal without one.
func signalAt(fd int) *capture.Signal {
	t := uapi.DVTimings{}
	if uapi.QueryDVTimings(fd, &t) != nil {
		return &capture.Signal{}
	}
	return &capture.Signal{Width: int(t.Width), Height: int(t.Height), FPS: t.PerSecond()}
}

// follow has an HDMI bridge take the signal that is at its input, and tell when it changes: from before it is looked
// at, so that no change is missed.
func (c *Camera) follow(input uint32) error {
	if err := uapi.SubscribeEvent(c.fd, &uapi.EventSubscription{Type: uapi.EventSourceChange, ID: input}); err != nil {
		c.log.Warn("the camera does not tell when its signal changes", "error", err)
	}
	if err := uapi.QueryDVTimings(c.fd, &c.timings); err != nil {
		return c.noSignal(err)
	}
	set := c.timings
	if err := uapi.SetDVTimings(c.fd, &set); err != nil {
		return explain(c.path, "S_DV_TIMINGS", err)
	}
	return nil
}

// judgeSignal says what became of the signal when the driver told of a change: capture.ErrChanged, that there is none,
// or nil where it is what it was.
func (c *Camera) judgeSignal() error {
	for e := (uapi.Event{}); uapi.DQEvent(c.fd, &e) == nil; {
	}
	now := uapi.DVTimings{}
	if err := uapi.QueryDVTimings(c.fd, &now); err != nil {
		return c.noSignal(err)
	}
	if sameSignal(c.timings, now) {
		return nil
	}
	return fmt.Errorf("v4l2: %s: %w: it was %s and is %s", c.name, capture.ErrChanged, timingsText(c.timings),
		timingsText(now))
}

// sameSignal tells whether pictures are of the same size and rate. Receivers measure the clock, and never twice alike.
func sameSignal(a, b uapi.DVTimings) bool {
	return a.Width == b.Width && a.Height == b.Height && a.Interlaced == b.Interlaced &&
		math.Abs(a.PerSecond()-b.PerSecond()) <= 0.01*a.PerSecond()
}

func timingsText(t uapi.DVTimings) string {
	return fmt.Sprintf("%dx%d at %.4g", t.Width, t.Height, t.PerSecond())
}

func (c *Camera) noSignal(err error) error {
	switch {
	case errors.Is(err, unix.ENOLINK):
		return fmt.Errorf("v4l2: %s: no signal at its input: plug the source in, and switch it on", c.name)
	case errors.Is(err, unix.ENOLCK):
		return fmt.Errorf("v4l2: %s: no signal at its input that it can lock to: try another cable", c.name)
	case errors.Is(err, unix.ERANGE):
		return fmt.Errorf("v4l2: %s: no signal at its input that it can take: set the source to a smaller picture or a "+
			"lower rate", c.name)
	}
	return explain(c.path, "QUERY_DV_TIMINGS", err)
}
