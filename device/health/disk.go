package health

import (
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// The bytes free below which a disk is nearly full, and from which on it is no more; where a tenth and a fifth of the
// filesystem are less, it is those: the state partition of a box whose root is read-only may have 32 MB.
const (
	diskLow  = 100 << 20
	diskWell = 200 << 20
)

// How often it is tried whether the disk can be written: one that failed is tried more often, and is believed after its
// second good try.
const (
	tryEvery = time.Minute
	tryAgain = 10 * time.Second
)

// A disk answers at once. For one that takes longer everything else goes on; from deadAfter on it counts as failed.
const (
	answerWithin = 250 * time.Millisecond
	deadAfter    = 10 * time.Second
)

// disk watches the filesystem of the state directory. A card that fails may hold whoever asks it for minutes, in the
// kernel, where nothing can be called back: so it is asked on a goroutine of its own, one question at a time.
type disk struct {
	dir       string
	low, ends detector

	asking  sync.WaitGroup
	answers chan answer // holds one: who asked ends, whether it is listened to or not
	asked   time.Time   // when the question was put that is not answered yet; zero: there is none
	tried   time.Time   // when it was last asked to write
}

func newDisk(dir string) *disk {
	return &disk{
		dir: dir, answers: make(chan answer, 1),
		low:  newDetector(DiskLow, 0, 10*time.Second, "", "Remove what is not needed from it, or fit a larger one."),
		ends: newDetector(DiskFailed, 0, tryAgain/2, "", cardFails),
	}
}

func (d *disk) judge(now time.Time, _ Seen) []Condition {
	if d.dir == "" {
		return nil
	}
	if d.asked.IsZero() {
		d.ask(now)
	}
	select {
	case a := <-d.answers:
		d.asked = time.Time{}
		d.take(now, a)
	case <-time.After(answerWithin):
		if now.Sub(d.asked) >= deadAfter {
			d.ends.Text, d.ends.Advice = "The box's disk does not answer.", cardFails
			d.ends.judge(now, bad)
		}
	}
	return conditions(&d.low, &d.ends)
}

// ask puts the next question.
func (d *disk) ask(now time.Time) {
	every := tryEvery
	if d.ends.on {
		every = tryAgain
	}
	write := d.tried.IsZero() || now.Sub(d.tried) >= every
	if d.asked = now; write {
		d.tried = now
	}
	d.asking.Go(func() { d.answers <- askDisk(d.dir, write) })
}

func (d *disk) take(now time.Time, a answer) {
	if a.err != nil {
		d.ends.Text = "The box cannot write to its disk: " + a.err.Error() + "."
		d.ends.Advice = cure(a.err)
	}
	if a.tried {
		d.ends.judge(now, judged(a.err != nil))
	}
	v := resting
	if a.size > 0 {
		v = d.room(a)
		d.low.Text = fmt.Sprintf("The disk is nearly full: %d MB are free.", a.free>>20)
	}
	d.low.judge(now, v)
}

const cardFails = "If it is a disk or a partition of its own, see that it is there. A card that fails goes read-only: save what is on it and " +
	"replace it. Nothing is kept over a restart until then."

// cure is what to do where the disk cannot be written.
func cure(err error) string {
	switch {
	case errors.Is(err, unix.ENOSPC), errors.Is(err, unix.EDQUOT):
		return "Remove what is not needed from it. Nothing is kept over a restart until then."
	case errors.Is(err, fs.ErrPermission):
		return "The state directory is to belong to the user that vigie runs as: chown it. Nothing is kept over a restart until then."
	}
	return cardFails
}

// room is the verdict on what is free.
func (d *disk) room(a answer) verdict {
	return judged(a.free < min(diskLow, a.size/10) || d.low.on && a.free < min(diskWell, a.size/5))
}
