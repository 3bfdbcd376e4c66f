//go:build bench

package bench

import (
	"os"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"

	"vigie/capture/v4l2/uapi"
)

// encoderFigure reads a number that the encoder's driver keeps (kernel/encoder.c lists them).
func encoderFigure(t *testing.T, name string) int {
	t.Helper()
	n, err := strconv.Atoi(read(t, "/sys/module/bench_encoder/parameters/"+name))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestHardwareEncoderReopened: faults that closing and opening cures, as often as was asked for.
func TestHardwareEncoderReopened(t *testing.T) {
	for _, fault := range []string{"stall", "hang"} {
		t.Run(fault, func(t *testing.T) {
			breakEncoder(t, fault, "2")
			for range 2 {
				t.Run("broken", func(t *testing.T) {
					e := newEncoder(t, "YU12", 320, 180)
					must(t, "QBUF", e.raw.put(0, pictureGap))
					if _, back := e.raw.take(); back != (fault == "stall") {
						t.Errorf("the raw picture was given back: %v", back)
					}
					if _, ok := e.unit(); ok {
						t.Error("it gave a coded picture")
					}
					must(t, "STREAMOFF", uapi.StreamOff(e.fd, rawQueue)) // which waits for nothing
				})
			}
			e := newEncoder(t, "YU12", 320, 180)
			e.mustCode(e.scene(0))
		})
	}
}

// TestHardwareEncoderCountsMemory: what was exported or mapped and not let go of is seen when the encoder has let go.
func TestHardwareEncoderCountsMemory(t *testing.T) {
	used, exported := encoderFigure(t, "memory_used"), encoderFigure(t, "exported")
	const size = 640 * 368 * 3 / 2
	page := os.Getpagesize()
	whole := (size + page - 1) / page * page
	check := func(when string, wantUsed, wantExported int) {
		t.Helper()
		if u, e := encoderFigure(t, "memory_used")-used, encoderFigure(t, "exported")-exported; u != wantUsed || e != wantExported {
			t.Errorf("%s %d bytes are used and %d exported, want %d and %d", when, u, e, wantUsed, wantExported)
		}
	}
	var leaked int
	t.Run("exported", func(t *testing.T) {
		q := newQueue(t, openNode(t, encoderNode(t)), rawQueue, "YU12", 640, 360)
		must(t, "REQBUFS", q.allocate(3))
		q.export(1)
		fd, err := unix.Dup(q.export(2))
		must(t, "dup", err)
		leaked = fd
		check("while it is open", 3*whole, 2)
	})
	check("closed, but for a DMABUF,", whole, 1)
	mapped, err := unix.Mmap(leaked, 0, size, unix.PROT_READ, unix.MAP_SHARED)
	must(t, "mmap", err)
	must(t, "close", unix.Close(leaked))
	check("but for a mapping of that", whole, 1)
	must(t, "munmap", unix.Munmap(mapped))
	check("without that", 0, 0)

	q := newQueue(t, openNode(t, encoderNode(t)), rawQueue, "YU12", 640, 360)
	must(t, "REQBUFS", q.allocate(2))
	must(t, "REQBUFS of none", uapi.ReqBufs(q.fd, &uapi.RequestBuffers{Type: q.kind, Memory: uapi.MemoryMmap}))
	must(t, "munmap", unix.Munmap(q.buffers[0]))
	check("let go of, but for a mapping,", whole, 0)
	must(t, "munmap", unix.Munmap(q.buffers[1]))
	check("at the end", 0, 0)
}
