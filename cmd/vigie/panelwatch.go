package main

import (
	"context"
	"log/slog"
	"os"
	"slices"
	"time"

	"vigie/device/config"
	"vigie/device/gpio"
)

const (
	// lookForLines is how often lines are looked for that were not to be had.
	lookForLines = 2 * time.Second
	// anewAfter is how long a box at least stays that had a part of its panel: a plug with a loose contact, or a program
	// that takes a line now and then, is not to keep it from working.
	anewAfter = time.Minute
)

// panelWatch notices lines of the panel that a program which begins now would get, and this one did not.
type panelWatch struct {
	lines []string
	first []string // gpio.Free before this program took any
	began time.Time
}

func newPanelWatch(p config.Panel, now time.Time) panelWatch {
	w := panelWatch{began: now}
	for _, line := range []string{p.Buttons.GoLive.Line, p.Buttons.Cut.Line} {
		if line != "" {
			w.lines = append(w.lines, line)
		}
	}
	for _, light := range p.Outputs() {
		w.lines = append(w.lines, light.Line)
	}
	w.first = gpio.Free(w.lines...)
	return w
}

// due tells whether the box is to begin anew when these are free. A line that was free at the beginning and is so now could
// not be used, and would not be again; one that this program uses is not free; one whose chip was away and is back is free
// in another place.
func (w panelWatch) due(now time.Time, free []string) bool {
	back := slices.ContainsFunc(free, func(place string) bool { return !slices.Contains(w.first, place) })
	return back && (len(w.first) == 0 || now.Sub(w.began) >= anewAfter)
}

// awaitPanel waits for a line of the panel that was not to be had and is now: its chip came late at boot, or dropped out
// and is back, or another program held it. Chips are looked up once in a process, so the box then ends with errRestart
// when no show is on. Where systemd would not start it again it stays as it is.
func awaitPanel(ctx context.Context, b *box, end func(error), log *slog.Logger) {
	if os.Getenv("NOTIFY_SOCKET") == "" || len(b.panelWatch.lines) == 0 {
		return
	}
	tick := time.NewTicker(lookForLines)
	defer tick.Stop()
	for now := time.Now(); !b.panelWatch.due(now, gpio.Free(b.panelWatch.lines...)); {
		select {
		case now = <-tick.C:
		case <-ctx.Done():
			return
		}
	}
	log.Info("a button or a light can be had now that could not; the box begins anew with it as soon as no show is on")
	if b.awaitRest(ctx) {
		end(errRestart)
	}
}
