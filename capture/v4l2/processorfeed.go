package v4l2

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

// workload is how many pictures a processor has at once: one that it works on, and the next.
const workload = 2

// intake is a processor's OUTPUT queue. The camera's goroutine feeds it, Stream's tells it what came of a picture.
type intake struct {
	queue  queue
	name   string
	log    *slog.Logger
	layout Layout // of raw pictures; zero for coded ones
	filled int    // so many buffers, the first, the camera fills; the others are for copies
	stats  *processorCounters

	mu      sync.Mutex
	busy    []bool // with the driver, waiting, or being written
	waiting load   // the newest picture, while the driver has its workload
	queued  int    // buffers with the driver
	backlog backlog
	since   time.Duration // when something last came of a picture, or the driver began to owe
	given   time.Duration // when it was last given one
	told    bool          // of a picture that is too long
}

// load is a picture in a buffer of the intake; index -1 is none.
type load struct {
	index    int
	used     uint32 // bytes
	pts      time.Duration
	sequence uint32
}

// allocate gets the buffers: to copy into, those of the workload, one that waits, and one to write; for a camera to fill,
// those and one more.
func (in *intake) allocate(export bool) error {
	count, least := uint32(workload+1), uint32(1)
	if export {
		count, least = workload+1+2, 3
	}
	if err := in.queue.allocate(count, least, unix.PROT_READ|unix.PROT_WRITE); err != nil {
		return err
	}
	n := len(in.queue.memory)
	in.busy, in.waiting.index = make([]bool, n), -1
	in.layout.Size = len(in.queue.memory[0])
	if need := in.layout.need(); in.layout.Size < need {
		return fmt.Errorf("v4l2: %s: %w: its buffers have %d bytes, and a picture %d", in.name, capture.ErrUnsupported,
			in.layout.Size, need)
	}
	if !export {
		return nil
	}
	if in.layout.need() == 0 {
		return fmt.Errorf("v4l2: %s: %w: pictures that differ in length are copied, nobody else can fill its memory", in.name,
			capture.ErrUnsupported)
	}
	_, err := in.queue.export(n, in.layout)
	in.filled = n
	return err
}

// start begins a stream. stop ends it, and forgets what is in it; the camera's goroutine has ended.
func (in *intake) start() error { return in.queue.start() }

func (in *intake) stop() {
	in.queue.stop()
	clear(in.busy)
	in.tell()
	in.backlog.clear()
	in.waiting.index, in.queued = -1, 0
}

// feed takes a picture from the camera, on the camera's goroutine: a coded one is copied, a raw one too unless it lies
// in our memory. When the driver has enough it waits, in the place of the one that waited.
func (in *intake) feed(f *capture.RawFrame) error {
	index, err := in.reserve(f)
	if err != nil || index < 0 {
		return err
	}
	used, err := in.write(index, f)
	in.mu.Lock()
	defer in.mu.Unlock()
	if err != nil || used == 0 {
		in.busy[index] = false
		return err
	}
	in.drop()
	in.waiting = load{index, used, f.PTS, f.Sequence}
	err = in.pass()
	in.tell()
	return err
}

// reserve finds the buffer that the picture lies in, or one to copy it to; -1 is no room.
func (in *intake) reserve(f *capture.RawFrame) (int, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if err := in.reclaim(); err != nil {
		return -1, err
	}
	index := in.queue.exported().index(f)
	if index < 0 {
		free := func() int { return slices.Index(in.busy[in.filled:], false) }
		if index = free(); index < 0 {
			in.drop() // the one that waits; the driver has the others
			index = free()
		}
		if index < 0 {
			in.stats.dropped.Add(1)
			in.tell()
			return -1, nil
		}
		index += in.filled
	}
	in.busy[index] = true
	return index, nil
}

// write makes the picture lie in a buffer that was reserved for it, and returns how many bytes it has; 0 is one too many.
func (in *intake) write(index int, f *capture.RawFrame) (uint32, error) {
	memory := in.queue.memory[index]
	switch {
	case index < in.filled:
		in.stats.shared.Add(1)
	case in.layout.need() > 0:
		if err := in.layout.fill(memory, f); err != nil {
			return 0, fmt.Errorf("v4l2: %s: %w", in.name, err)
		}
		in.stats.copied.Add(1)
	case len(f.Data) > len(memory):
		in.stats.dropped.Add(1)
		if !in.told {
			in.told = true
			in.log.Warn("pictures are too long for the decoder: lower the size or the camera's quality", "bytes", len(f.Data),
				"room", len(memory))
		}
		return 0, nil
	default:
		return uint32(copy(memory, f.Data)), nil
	}
	return uint32(in.layout.Size), nil
}

// drop leaves the picture out that waits, if there is one.
func (in *intake) drop() {
	if in.waiting.index >= 0 {
		in.busy[in.waiting.index] = false
		in.waiting.index = -1
		in.stats.dropped.Add(1)
	}
}

// pass gives the picture that waits to the driver, if the driver has room for it.
func (in *intake) pass() error {
	w := in.waiting
	if w.index < 0 || in.queued >= workload {
		return nil
	}
	in.waiting.index = -1
	if err := in.queue.put(uint32(w.index), w.used, uapi.TimevalOf(w.pts)); err != nil {
		return err
	}
	now := capture.Now()
	if len(in.backlog.list) == 0 || now >= in.given+stall { // nothing went in meanwhile, so nothing had to come out
		in.since = now
	}
	in.given = now
	in.queued++
	in.backlog.push(w.pts, w.sequence)
	return nil
}

// reclaim takes the buffers back that the driver has read. One that is flagged was damaged, and nothing comes of it.
func (in *intake) reclaim() error {
	for in.queued > 0 {
		_, err := in.queue.take()
		if errors.Is(err, unix.EAGAIN) {
			return nil
		}
		if err != nil {
			return explain(in.queue.path, "DQBUF of pictures to be processed", err)
		}
		b := &in.queue.buffer
		in.busy[b.Index] = false
		in.queued--
		if b.Flags&uapi.FlagError != 0 {
			in.damaged(b.Timestamp)
		}
	}
	return nil
}
