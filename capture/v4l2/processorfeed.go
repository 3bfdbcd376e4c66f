package v4l2

import (
	"fmt"
	"slices"

	"vigie/capture"
)

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
