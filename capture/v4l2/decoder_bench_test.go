//go:build bench

package v4l2

import (
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

const fwht capture.FourCC = "FWHT" // vicodec's own codec

// decoder decodes FWHT by the kernel document "Memory-to-Memory Stateful Video Decoder Interface": coded in by OUTPUT,
// raw out by CAPTURE, whose format is known from the first coded picture.
type decoder struct {
	t           *testing.T
	want        capture.FourCC
	coded, raw  queue
	layout      Layout
	unsubmitted uint32 // index of the next coded buffer that was never used
}

func newDecoder(t *testing.T, want capture.FourCC) *decoder {
	t.Helper()
	nodes, _ := filepath.Glob("/dev/video[0-9]*")
	for _, node := range nodes {
		fd, err := openNode(node)
		if err != nil {
			t.Fatal(err)
		}
		_, output, captured, err := identifyCodec(fd, node)
		if err == nil {
			if in := formats(fd, output); len(in) == 1 && in[0].fourCC == fwht {
				t.Cleanup(func() { unix.Close(fd) })
				d := &decoder{t: t, want: want, coded: queue{path: node, fd: fd, kind: output},
					raw: queue{path: node, fd: fd, kind: captured}}
				d.begin()
				return d
			}
		}
		unix.Close(fd)
	}
	t.Fatal("no decoder for FWHT")
	return nil
}

func (d *decoder) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *decoder) begin() {
	f := uapi.Format{Type: uint32(d.coded.kind)}
	request(&f, capture.VideoFormat{FourCC: fwht, Width: 640, Height: 480})
	d.must(uapi.SetFmt(d.coded.fd, &f))
	d.must(d.coded.allocate(4, 2, unix.PROT_WRITE|unix.PROT_READ))
	d.must(d.coded.start())
}

// decode returns the picture of a unit, with its stamp; the bytes are the decoder's until the next call.
func (d *decoder) decode(u *capture.AccessUnit) ([]byte, uapi.Timeval) {
	d.t.Helper()
	index := d.unsubmitted
	if index < uint32(len(d.coded.memory)) {
		d.unsubmitted++
	} else {
		_, err := d.coded.take()
		d.must(err)
		index = d.coded.buffer.Index
	}
	n := copy(d.coded.memory[index], u.Data)
	d.must(d.coded.put(index, uint32(n), uapi.TimevalOf(u.PTS)))
	if d.layout.Size == 0 {
		d.adapt()
	}
	fds := []unix.PollFd{{Fd: int32(d.raw.fd), Events: unix.POLLIN}}
	if _, err := unix.Poll(fds, int(5*time.Second/time.Millisecond)); err != nil {
		d.t.Fatal(err)
	}
	data, err := d.raw.take()
	d.must(err)
	b := d.raw.buffer
	d.must(d.raw.put(b.Index, 0, uapi.Timeval{}))
	if b.Flags&uapi.FlagError != 0 {
		d.t.Fatal("the decoder could not decode")
	}
	return data, b.Timestamp
}

func (d *decoder) adapt() {
	f := uapi.Format{Type: uint32(d.raw.kind)}
	d.must(uapi.GetFmt(d.raw.fd, &f))
	a := answerOf(&f)
	request(&f, capture.VideoFormat{FourCC: d.want, Width: a.Width, Height: a.Height})
	d.must(uapi.SetFmt(d.raw.fd, &f))
	a = answerOf(&f)
	d.layout = Layout{FourCC: a.FourCC, Width: a.Width, Height: a.Height, Stride: a.Stride, Lines: a.Height, Size: 1}
	d.must(d.raw.allocate(4, 2, unix.PROT_READ))
	for i := range d.raw.memory {
		d.must(d.raw.put(uint32(i), 0, uapi.Timeval{}))
	}
	d.must(d.raw.start())
}
