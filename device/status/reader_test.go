package status

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestReaderSilence holds that what a station said before it began to hang is not shown as what it does now.
func TestReaderSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		heard := time.Now()
		r := newReader(func() Snapshot { return Snapshot{Heard: heard} })
		var wait sync.WaitGroup
		wait.Go(func() { r.run(t.Context()) })
		<-time.After(2 * time.Second)
		if _, err := r.read(t.Context()); err != nil {
			t.Errorf("two seconds after its last word: %v", err)
		}
		<-time.After(2 * time.Second)
		if _, err := r.read(t.Context()); !errors.Is(err, errSilent) {
			t.Errorf("four seconds after its last word: %v", err)
		}
	})
}
