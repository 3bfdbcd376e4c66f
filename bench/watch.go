//go:build bench

package bench

import (
	"slices"
	"sync"
	"testing"
	"time"

	"vigie/capture"
)

// sampling is how often a Watcher reads its line. Each reading costs about 0.1 ms of the kernel's one CPU.
const sampling = 2 * time.Millisecond

// Change is a line that went to another level at some instant after Before, when it was read for the last time at the
// old level, and not later than At, when it was first read at the new one. The first change of a Watcher is the
// level that it found.
type Change struct {
	Before, At time.Duration
	Level      Level
}

// Watcher records the level of a line every 2 ms, without disturbing who drives it.
type Watcher struct {
	line    *Line
	stop    chan struct{}
	stopped sync.WaitGroup

	mu      sync.Mutex
	changes []Change
	err     error
}

// Watch begins to record the line. It ends with Stop, or with the test.
func (l *Line) Watch() *Watcher {
	now := capture.Now()
	w := &Watcher{line: l, stop: make(chan struct{}), changes: []Change{{now, now, l.Level()}}}
	w.stopped.Go(w.sample)
	l.t.Cleanup(func() { w.Stop() })
	return w
}

func (w *Watcher) sample() {
	tick := time.NewTicker(sampling)
	defer tick.Stop()
	last := w.changes[0]
	before := last.At
	for {
		select {
		case <-tick.C:
		case <-w.stop:
			return
		}
		asked := capture.Now()
		level, err := w.line.level()
		now := capture.Now()
		if level != last.Level || err != nil {
			last = Change{before, now, level}
			w.mu.Lock()
			w.err = err
			if err == nil {
				w.changes = append(w.changes, last)
			}
			w.mu.Unlock()
		}
		before = asked
	}
}

// Changes returns what was recorded so far, oldest first.
func (w *Watcher) Changes() []Change {
	w.line.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		w.line.t.Errorf("GPIO line %s: %v", w.line.Name, w.err)
	}
	return slices.Clone(w.changes)
}

// Forget drops what was recorded before a time, but for the last change: for recordings of hours.
func (w *Watcher) Forget(before time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.changes) > 1 && w.changes[1].At < before {
		w.changes = w.changes[1:]
	}
}

// Wait blocks until the line is at a level, and returns the change that took it there; the test ends when it is not
// there within that time.
func (w *Watcher) Wait(level Level, within time.Duration) Change {
	w.line.t.Helper()
	var last Change
	WaitFor(w.line.t, within, w.line.Name+" "+level.String(), func() bool {
		changes := w.Changes()
		last = changes[len(changes)-1]
		return last.Level == level
	})
	return last
}

// Stop ends the recording and returns it. It may be called again.
func (w *Watcher) Stop() []Change {
	w.line.t.Helper()
	w.mu.Lock()
	select {
	case <-w.stop:
	default:
		close(w.stop)
	}
	w.mu.Unlock()
	w.stopped.Wait()
	return w.Changes()
}

// WaitFor blocks until cond is true, asking every 10 ms; the test ends when it is not within that time.
func WaitFor(t testing.TB, within time.Duration, what string, cond func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for began := capture.Now(); !cond(); <-tick.C {
		if capture.Now()-began > within {
			t.Fatalf("waited %v in vain for: %s", within, what)
		}
	}
}
