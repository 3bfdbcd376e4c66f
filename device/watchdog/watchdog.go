// Package watchdog judges whether the box still works, for whoever can start it again: systemd, where the program feeds
// its watchdog (sd_notify(3), WATCHDOG=1) only after a look that found nothing standing still.
//
// A Part is something that goes on by itself and counts how often it got round. One whose count stays is stuck once its
// patience is over. Parts that are not listed are not looked at: a missing camera is no part, and no reason to start
// anything again, since that would not bring it back.
//
// What is wrong with what a part delivers (a frozen picture, silence) is not judged here: that is a warning, and a
// restart mends nothing of it.
package watchdog

import (
	"errors"
	"fmt"
	"time"
)

// Part is what one part of the box had done at one moment.
type Part struct {
	Name     string
	Count    uint64        // another one whenever the part got round
	Patience time.Duration // how long the count may stay; 0: it has moved at each look
}

// Watchdog remembers when each part was seen to move. The zero value has seen nothing. It belongs to one goroutine.
type Watchdog struct {
	seen map[string]seen
}

type seen struct {
	count uint64
	at    time.Time // of the look that found it new
}

// Look returns an error that names every part that is stuck at now, nil where none is. A part that was not there at the
// look before begins anew.
func (w *Watchdog) Look(now time.Time, parts ...Part) error {
	before := w.seen
	w.seen = make(map[string]seen, len(parts))
	var stuck []error
	for _, p := range parts {
		last, known := before[p.Name]
		if !known || last.count != p.Count {
			last = seen{p.Count, now}
		}
		w.seen[p.Name] = last
		if still := now.Sub(last.at); still > p.Patience {
			stuck = append(stuck, fmt.Errorf("%s has stood still for %s", p.Name, still.Round(100*time.Millisecond)))
		}
	}
	return errors.Join(stuck...)
}
