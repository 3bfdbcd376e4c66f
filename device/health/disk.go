package health

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

const (
	diskLow  = 100 << 20 // bytes free
	diskWell = 200 << 20 // and more: it is over
	tryEvery = time.Minute
)

// disk watches the filesystem of the state directory. Once a minute it writes a file there and removes it at once: most
// of the time that never gets as far as the card, and a filesystem that has failed, or that the kernel made read-only
// for it, is noticed.
type disk struct {
	dir       string
	low, ends detector
	tried     time.Time
	err       error // of the last try
}

func newDisk(dir string) *disk {
	return &disk{
		dir: dir,
		low: newDetector(DiskLow, 0, 10*time.Second, "", "Remove what is not needed from it, or fit a larger one."),
		ends: newDetector(DiskFailed, 0, 0, "",
			"A card that fails goes read-only: save what is on it and replace it. Nothing is kept over a restart until then."),
	}
}

func (d *disk) judge(now time.Time, _ Seen) []Condition {
	if d.dir == "" {
		return nil
	}
	if d.tried.IsZero() || now.Sub(d.tried) >= tryEvery {
		d.tried, d.err = now, tryToWrite(d.dir)
	}
	if d.ends.judge(now, judged(d.err != nil)); d.err != nil {
		d.ends.Text = "The box cannot write to its disk: " + d.err.Error() + "."
	}
	var fs unix.Statfs_t
	v := resting
	if unix.Statfs(d.dir, &fs) == nil {
		free := fs.Bavail * uint64(fs.Bsize)
		v = d.room(free)
		d.low.Text = fmt.Sprintf("The disk is nearly full: %d MB are free.", free>>20)
	}
	d.low.judge(now, v)
	return conditions(&d.low, &d.ends)
}

// room is the verdict on so many bytes that are free.
func (d *disk) room(free uint64) verdict {
	return judged(free < diskLow || d.low.on && free < diskWell)
}

// tryToWrite is why nothing can be written to dir. The name is always the same: nothing piles up where the power fails.
func tryToWrite(dir string) error {
	path := filepath.Join(dir, ".writable")
	if err := os.WriteFile(path, []byte("vigie tries whether it can write\n"), 0o600); err != nil {
		return err
	}
	return os.Remove(path)
}
