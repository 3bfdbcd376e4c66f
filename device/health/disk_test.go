package health

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestDisk(t *testing.T) {
	dir := t.TempDir()
	state := filepath.Join(dir, "state")
	j := newDisk(state)
	got := changes(watch(j, 200, func(i int) Seen {
		switch i {
		case 55: // it is tried again each ten seconds, and believed the second time
			if err := os.Mkdir(state, 0o700); err != nil {
				t.Fatal(err)
			}
		case 90: // one that is well is tried each minute
			if err := os.Remove(state); err != nil { // it is empty: nothing was left in it
				t.Fatal(err)
			}
		case 150:
			if err := os.WriteFile(state, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return Seen{}
	}))
	if want := " 0:disk_failed 70: 130:disk_failed"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if on := j.judge(start.Add(300*time.Second), Seen{}); !strings.Contains(on[0].Text, "not a directory") {
		t.Errorf("it says %q", on[0].Text)
	}
	for i, c := range []struct {
		free, size uint64 // MB
		want       verdict
	}{
		{1000, 4000, fine}, {150, 4000, fine}, {99, 4000, bad}, {150, 4000, bad}, {201, 4000, fine},
		{30, 32, fine}, {4, 32, fine}, {3, 32, bad}, {4, 32, bad}, {7, 32, fine},
	} {
		v := j.room(answer{free: c.free << 20, size: c.size << 20})
		if j.low.judge(start.Add(time.Duration(i)*time.Minute), v); v != c.want {
			t.Errorf("%d: %d of %d MB free are judged %v", i, c.free, c.size, v)
		}
	}
}

// TestDiskHangs holds that a disk which hangs is noticed, that all else is judged meanwhile, and that it is believed again
// after two good tries. A pipe that nobody reads hangs whoever opens it to write, in the kernel, as such a disk does.
func TestDiskHangs(t *testing.T) {
	b, state := pi(t), t.TempDir()
	pipe := filepath.Join(state, ".writable")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	m := New(Options{Root: string(b), StateDir: state})
	is := func(second int, want ...string) {
		t.Helper()
		var codes []string
		for _, c := range m.Judge(start.Add(time.Duration(second)*time.Second), Seen{}) {
			if c.Code == DiskFailed && !strings.Contains(c.Text, "does not answer") {
				t.Errorf("it says %q", c.Text)
			}
			if c.Code != DiskLow && c.Code != ClockUnsynchronised { // of this machine
				codes = append(codes, c.Code)
			}
		}
		if !slices.Equal(codes, want) {
			t.Errorf("after %d s there is %v, want %v", second, codes, want)
		}
	}
	is(0)
	b.write(t, alarmFile, "1\n")
	is(9, Undervoltage)
	is(10, Undervoltage, DiskFailed)
	is(200, Undervoltage, DiskFailed)
	reader, err := os.OpenFile(pipe, os.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	m.Close()
	if err := reader.Close(); err != nil {
		t.Fatal(err)
	}
	is(201, Undervoltage, DiskFailed) // it was the first good one
	is(211, Undervoltage)
	m.Close()
}

// What to do depends on why it cannot be written.
func TestDiskCure(t *testing.T) {
	for want, err := range map[string]error{
		"Remove what": &fs.PathError{Err: unix.ENOSPC}, "chown": &fs.PathError{Err: unix.EACCES}, "replace it": &fs.PathError{Err: unix.EROFS},
	} {
		if got := cure(err); !strings.Contains(got, want) {
			t.Errorf("%v: %s", err, got)
		}
	}
}
