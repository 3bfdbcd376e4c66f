//go:build bench

package bench

import (
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"vigie/capture"
)

// Change is a line that went to another level. The first change of a Watcher is the level that it found.
type Change struct {
	At    time.Duration
	Level Level
}

// Watcher records the level of a line at each change, without disturbing who drives it: the bench's kernel wakes who
// polls the line's value in sysfs (kernel/gpio-poll.patch).
type Watcher struct {
	line    *Line
	stop    *os.File // closed, it ends the goroutine
	stopped sync.WaitGroup

	mu      sync.Mutex
	changes []Change
	err     error
}

// Watch begins to record the line. It ends with Stop, or with the test.
func (l *Line) Watch() *Watcher {
	l.t.Helper()
	own, err := os.Open(l.file.Name()) // a file's reader takes the news from its other readers
	if err != nil {
		l.t.Fatalf("GPIO line %s: %v", l.Name, err)
	}
	stopped, stop, err := os.Pipe()
	if err != nil {
		l.t.Fatal(err)
	}
	w := &Watcher{line: l, stop: stop}
	if !w.read(own) {
		l.t.Fatalf("GPIO line %s: %v", l.Name, w.err)
	}
	w.stopped.Go(func() {
		defer own.Close()
		defer stopped.Close()
		w.await(own, stopped)
	})
	l.t.Cleanup(func() { w.Stop() })
	return w
}

// await reads the line whenever it changes, until stopped is at its end.
func (w *Watcher) await(value, stopped *os.File) {
	poll := []unix.PollFd{{Fd: int32(value.Fd()), Events: unix.POLLPRI}, {Fd: int32(stopped.Fd()), Events: unix.POLLIN}}
	for poll[1].Revents == 0 {
		if _, err := unix.Poll(poll, -1); err != nil {
			continue // EINTR: there is nothing else that it could be
		}
		if poll[0].Revents != 0 && !w.read(value) {
			return
		}
	}
}

// read records the level when it is another one, and tells whether it could be read.
func (w *Watcher) read(value *os.File) bool {
	level, err := levelOf(value)
	now := capture.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err = err; err == nil && (len(w.changes) == 0 || level != w.changes[len(w.changes)-1].Level) {
		w.changes = append(w.changes, Change{now, level})
	}
	return err == nil
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
	_ = w.stop.Close() // it may be already
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
