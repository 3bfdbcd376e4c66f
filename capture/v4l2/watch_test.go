package v4l2

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// watched has a folder watched until the test ends, and passes each call on.
func watched(t *testing.T, dev string) <-chan struct{} {
	t.Helper()
	calls, ended := make(chan struct{}, 100), make(chan error)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { ended <- watch(ctx, dev, func() { calls <- struct{}{} }) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("watch whose context ended = %v, want nil", err)
		}
	})
	next(t, calls) // the one at the beginning: from here on nothing is missed
	return calls
}

// next waits for a call, which the slowest machine makes in less.
func next(t *testing.T, calls <-chan struct{}) {
	t.Helper()
	select {
	case <-calls:
	case <-time.After(10 * time.Second):
		t.Fatal("not called")
	}
}

func TestWatchTellsOfVideoDevices(t *testing.T) {
	dev := t.TempDir()
	node := filepath.Join(dev, "video7")
	calls := watched(t, dev)
	for _, c := range []struct {
		name   string
		change func() error
	}{
		{"came", func() error { return os.WriteFile(node, nil, 0o600) }},
		{"became accessible", func() error { return os.Chmod(node, 0o660) }},
		{"went", func() error { return os.Remove(node) }},
	} {
		begin := time.Now()
		if err := c.change(); err != nil {
			t.Fatal(err)
		}
		for i, least := range settling {
			next(t, calls)
			if took := time.Since(begin); took < least {
				t.Errorf("%s: call %d came after %v, want %v at least", c.name, i+1, took, least)
			}
		}
	}
}

func TestOnlyVideoDevicesAreOfInterest(t *testing.T) {
	dev := t.TempDir()
	other, node := filepath.Join(dev, "snd"), filepath.Join(dev, "video0")
	if err := os.WriteFile(node, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	fd, err := listen(dev)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	err = errors.Join(os.WriteFile(other, nil, 0o600), os.Remove(other), os.WriteFile(node, []byte("a picture"), 0o600))
	if found, e := videoEvents(fd); found || err != nil || e != nil {
		t.Errorf("another device, and a write to a camera, are of interest: %v; %v, %v", found, err, e)
	}
	err = os.Rename(node, filepath.Join(dev, "gone"))
	if found, e := videoEvents(fd); !found || err != nil || e != nil {
		t.Errorf("a camera that went is of interest: %v; %v, %v", found, err, e)
	}
}

func TestWatchOfNothingIsAnError(t *testing.T) {
	err := watch(t.Context(), filepath.Join(t.TempDir(), "none"), func() { t.Error("called") })
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("watch = %v, want that there is no such folder", err)
	}
}

func TestSettlement(t *testing.T) {
	const ms = time.Millisecond
	s := settlement{call: len(settling)}
	if s.due(0) != never {
		t.Errorf("without a change a call is due in %v", s.due(0))
	}
	s.begin(1000 * ms)
	s.begin(1040 * ms) // the first call is not put off
	if got := s.due(1049 * ms); got != 1*ms {
		t.Errorf("the first call is due in %v, want 1 ms", got)
	}
	s.call++
	if got := s.due(1050 * ms); got != 100*ms {
		t.Errorf("the second call is due in %v, want 100 ms", got)
	}
	s.begin(1100 * ms) // and all follow the last change
	for i, want := range settling {
		if got := s.due(1100 * ms); got != want {
			t.Errorf("call %d is due in %v, want %v", i+1, got, want)
		}
		if got := s.due(time.Hour); got != 0 {
			t.Errorf("call %d is due in %v, much later", i+1, got)
		}
		s.call++
	}
	if s.due(time.Hour) != never {
		t.Errorf("after the last call another is due in %v", s.due(time.Hour))
	}
}

func TestIsVideo(t *testing.T) {
	event := func(mask byte, name string) []byte {
		return append(append(make([]byte, 4), mask, 0, 0, 0, 0, 0, 0, 0, byte(len(name)), 0, 0, 0), name...)
	}
	overflow := event(0, "")
	overflow[5] = 0x40 // IN_Q_OVERFLOW
	for _, c := range []struct {
		name   string
		events []byte
		want   bool
	}{
		{"none", nil, false},
		{"a camera", event(1, "video0\x00\x00"), true},
		{"another device", event(1, "snd\x00"), false},
		{"a camera after another device", append(event(1, "snd\x00"), event(2, "video12\x00")...), true},
		{"the folder itself", event(4, ""), false},
		{"some that were lost", overflow, true},
		{"cut", event(1, "video0\x00\x00")[:12], false},
		{"a name that is cut", event(1, "snd\x00")[:17], false},
	} {
		if got := isVideo(c.events); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
