package status

import (
	"context"
	"errors"
	"time"
)

// patience is how long the station may take to answer before it counts as hanging.
const patience = 2 * time.Second

// silence is how old the station's last word may be: it speaks each second.
const silence = 3 * time.Second

var errSilent = errors.New("the station does not answer: restart vigie if this lasts")

// reader asks the station for snapshots, one call at a time, so that a station that hangs costs one goroutine and
// not one for each request.
type reader struct {
	snapshot func() Snapshot
	asks     chan chan<- Snapshot
	done     chan struct{} // closed when run has returned
}

func newReader(snapshot func() Snapshot) *reader {
	return &reader{snapshot: snapshot, asks: make(chan chan<- Snapshot), done: make(chan struct{})}
}

// run answers read until ctx is done. A call to the station that hangs holds it.
func (r *reader) run(ctx context.Context) {
	defer close(r.done)
	var waiting []chan<- Snapshot
	for {
		select {
		case <-ctx.Done():
			return
		case w := <-r.asks:
			waiting = r.gather(append(waiting[:0], w))
		}
		s := tidy(r.snapshot())
		if !s.Heard.IsZero() && time.Since(s.Heard) > silence {
			continue // those who wait give up with errSilent: an old "live" would be a lie
		}
		for _, w := range waiting {
			w <- s // buffered: a reader that gave up holds nobody
		}
	}
}

// gather adds all who are asking at this moment: one call to the station answers them together.
func (r *reader) gather(waiting []chan<- Snapshot) []chan<- Snapshot {
	for {
		select {
		case w := <-r.asks:
			waiting = append(waiting, w)
		default:
			return waiting
		}
	}
}

// read returns a snapshot that was taken after read was called. It blocks for as long as the station takes, but not
// longer than patience: the error is then errSilent.
func (r *reader) read(ctx context.Context) (Snapshot, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errSilent)
	defer cancel()
	answer := make(chan Snapshot, 1)
	select {
	case r.asks <- answer:
	case <-ctx.Done():
		return Snapshot{}, context.Cause(ctx)
	}
	select {
	case s := <-answer:
		return s, nil
	case <-ctx.Done():
		return Snapshot{}, context.Cause(ctx)
	}
}
