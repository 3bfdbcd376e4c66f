package main

import (
	"context"
	"fmt"
	"time"

	"vigie/device/config"
)

// step is a part of the board that doctor looks at, and what may be wrong where nothing is heard of it.
type step struct {
	part   string
	limit  time.Duration
	advice string
	look   func(context.Context) []finding
}

// What a step is given: none needs as much where all is well.
const (
	stepTime     = 10 * time.Second
	relayTime    = 30 * time.Second     // the steps to a relay have limits of their own, which say more
	uploadTime   = speedTime + stepTime // with the dialling
	diskStepTime = 30 * time.Second     // a slow card is to be told from one that hangs
)

// steps is what doctor looks at, in the order in which a show needs it.
func steps(c *config.Config, b *runningBox) []step {
	const card = "it or its driver hangs: plug it out and in again, or start the board again; dmesg has what the kernel says"
	one := func(look func() finding) func(context.Context) []finding {
		return func(context.Context) []finding { return []finding{look()} }
	}
	all := []step{
		{"camera", stepTime, "a camera or an encoder: " + card, func(context.Context) []finding { return pictures(c, b) }},
		{"microphone", stepTime, "a sound card: " + card, func(context.Context) []finding { return microphones(c, b) }},
		{soundPart, stepTime, "the microphone: " + card, func(ctx context.Context) []finding { return sound(ctx, c, b) }},
		{"panel", stepTime, "a GPIO chip: " + card, func(context.Context) []finding { return lines(c) }},
	}
	all = append(all, relaySteps(c, b)...)
	return append(all,
		step{speedPart, uploadTime, relayAdvice, func(ctx context.Context) []finding { return upload(ctx, c, b) }},
		step{"relay UDP", stepTime * time.Duration(1+len(c.Relay.ICEServers)), relayAdvice, func(ctx context.Context) []finding { return stunServers(ctx, c.Relay) }},
		step{"disk", diskStepTime, "the card does not write: it is at its end; replace it", one(storage)},
		step{"clock", stepTime, "the board's sensors: start it again", func(context.Context) []finding { return board("", time.Now().In(c.Venue.Zone())) }},
		step{"status page", stepTime, "the disk on which its certificate is does not read", one(func() finding { return statusPage(c) })},
	)
}

// take is what a step finds, or that it finds nothing within its limit. A look that hangs in the kernel, on a card or a device
// that fails, can be ended by nobody: its goroutine is the process's, and goes with it.
func (s step) take(ctx context.Context) []finding {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	late := time.NewTimer(s.limit)
	defer late.Stop()
	found := make(chan []finding, 1)
	go func() { found <- s.look(ctx) }()
	select {
	case f := <-found:
		return f
	case <-late.C:
		return []finding{{s.part, "red", fmt.Sprintf("did not answer within %.0f s", s.limit.Seconds()), s.advice}}
	case <-ctx.Done():
		return nil
	}
}
