package v4l2

import (
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"vigie/capture"
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
	told    bool // of a picture that is too long
}

// load is a picture in a buffer of the intake; index -1 is none.
type load struct {
	index    int
	used     uint32 // bytes
	pts      time.Duration
	sequence uint32
}

// allocate gets the buffers: those of the workload and one that waits, in whose place the next is copied. A camera that
// fills them has one more that it delivers, and one that it fills.
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
	if err := in.layout.measure(in.name, in.queue.memory[0]); err != nil {
		return err
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
