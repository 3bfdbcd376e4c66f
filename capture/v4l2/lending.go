package v4l2

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

// lending finds out whose memory the pictures of a queue can lie in, by having the driver allocate a buffer and export
// it. A queue that another program uses, and a driver that has no buffer to spare, is taken for one that can both, as
// nearly all can, and for contiguous if likely: opening meets what is wrong, and a copy does as well.
//
// No ioctl says whether memory is contiguous. But a DMABUF names in /proc which of the kernel's allocators made it
// (exp_name, since Linux 5.3): videobuf2_dma_contig is what hardware uses that reads or writes memory in one piece,
// videobuf2_vmalloc what the CPU fills. Where even that is not known, likely counts. A mem2mem device is taken for
// contiguous then: wrongly, that costs at most a copy that would not have been needed.
func lending(fd int, kind int32, likely bool) capture.Queue {
	r := uapi.RequestBuffers{Count: 1, Type: uint32(kind), Memory: uapi.MemoryMmap}
	if err := uapi.ReqBufs(fd, &r); err != nil || r.Count == 0 {
		return capture.Queue{Contiguous: likely, Exports: true, Imports: true}
	}
	q := capture.Queue{Contiguous: likely, Imports: r.Capabilities&uapi.BufCapDMABUF != 0}
	e := uapi.ExportBuffer{Type: uint32(kind), Flags: unix.O_RDWR | unix.O_CLOEXEC}
	if uapi.ExpBuf(fd, &e) == nil {
		q.Exports = true
		info, _ := os.ReadFile(fmt.Sprintf("/proc/self/fdinfo/%d", e.FD))
		q.Contiguous = contiguous(info, likely)
		_ = unix.Close(int(e.FD))
	}
	r = uapi.RequestBuffers{Type: uint32(kind), Memory: uapi.MemoryMmap}
	_ = uapi.ReqBufs(fd, &r) // while there is a buffer no format can be set
	return q
}

// contiguous tells what fdinfo of a DMABUF says (dma_buf_show_fdinfo in the kernel's drivers/dma-buf/dma-buf.c).
func contiguous(fdinfo []byte, likely bool) bool {
	for lines := bufio.NewScanner(bytes.NewReader(fdinfo)); lines.Scan(); {
		exporter, found := strings.CutPrefix(lines.Text(), "exp_name:\t")
		if !found {
			continue
		}
		switch exporter {
		case "videobuf2_dma_contig":
			return true
		case "videobuf2_vmalloc", "videobuf2_dma_sg":
			return false
		}
	}
	return likely
}
