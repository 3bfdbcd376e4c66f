package station_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/sys/unix"

	"vigie/capture"
	"vigie/device/golive"
	"vigie/device/health"
	"vigie/device/station"
)

// hanging is an encoder that hangs in its driver, from when it is told to until it is let go.
type hanging struct {
	capture.Encoder
	hang  *atomic.Bool
	hung  chan struct{}
	letGo chan struct{}
}

func (e *hanging) Encode(f *capture.RawFrame, idr bool) (*capture.AccessUnit, error) {
	if e.hang.CompareAndSwap(true, false) {
		close(e.hung)
		<-e.letGo
	}
	return e.Encoder.Encode(f, idr)
}

// TestEncoderHangs holds that a cut takes, a show ends, and so does the program, while an encoder hangs.
func TestEncoderHangs(t *testing.T) {
	var hang atomic.Bool
	hung, letGo := make(chan struct{}), make(chan struct{})
	b := newBox(t, func(o *station.Options) {
		open := o.Video.Open
		o.Video.Open = func(kept capture.Chain, d capture.Demand) (capture.Chain, error) {
			chain, err := open(kept, d)
			if _, ours := chain.Encoder.(*hanging); chain.Encoder != nil && !ours {
				chain.Encoder = &hanging{chain.Encoder, &hang, hung, letGo}
			}
			return chain, err
		}
	})
	b.awaitState(golive.Standby)
	b.Press(golive.GoLiveDown{}, golive.GoLiveUp{})
	b.awaitState(golive.Live)
	hang.Store(true)
	<-hung
	b.Press(golive.CutDown{})
	b.await("the cut", func(s station.Snapshot) bool { return s.Machine.InForce })
	b.Press(golive.CutDown{}, golive.GoLiveDown{}, golive.GoLiveHeld{}, golive.GoLiveUp{})
	b.awaitState(golive.Standby)
	if got := b.relay.Counts(); got.Deletes != 1 {
		t.Errorf("the relay saw %+v", got)
	}
	err := b.end()
	if close(letGo); err == nil || !strings.Contains(err.Error(), "hangs") {
		t.Errorf("the program ended with %v", err)
	}
}

// TestDiskHangs holds that a show begins and ends, and so does the program, while the disk hangs: opening a pipe that
// nobody reads hangs as one does.
func TestDiskHangs(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, ".writable")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	b := newBox(t, func(o *station.Options) { o.Health = &health.Options{Root: dir, StateDir: dir} })
	b.awaitState(golive.Standby)
	b.Press(golive.GoLiveDown{}, golive.GoLiveUp{})
	b.awaitState(golive.Live)
	b.Press(golive.GoLiveDown{}, golive.GoLiveHeld{}, golive.GoLiveUp{})
	b.awaitState(golive.Standby)
	if got := b.relay.Counts(); got.Deletes != 1 {
		t.Errorf("the relay saw %+v", got)
	}
	err := b.end()
	if err == nil || !strings.Contains(err.Error(), "the disk hangs") {
		t.Errorf("the program ended with %v", err)
	}
	reader, err := os.OpenFile(pipe, os.O_RDONLY, 0) // when the writer is there
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(reader); err != nil { // until it has gone
		t.Error(err)
	}
	if err := reader.Close(); err != nil {
		t.Error(err)
	}
}
