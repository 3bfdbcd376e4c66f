//go:build bench

package bench

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

// record has v4l2-ctl take pictures of the webcam, and returns them as one stream.
func record(t *testing.T, w *Webcam, format string, width, height, fps, pictures int) []byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "webcam")
	run(t, exec.Command("timeout", "20", "v4l2-ctl", "-d", w.Path(),
		fmt.Sprintf("--set-fmt-video=width=%d,height=%d,pixelformat=%s", width, height, format), fmt.Sprintf("--set-parm=%d", fps),
		"--stream-mmap", fmt.Sprintf("--stream-count=%d", pictures), "--stream-to="+file))
	stream, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return stream
}

func TestWebcamShowsItsPictures(t *testing.T) {
	w := PlugWebcam(t, WebcamOptions{HuffmanTables: true})
	t.Run("MJPG", func(t *testing.T) {
		start := []byte{0xff, 0xd8}
		for n, picture := range bytes.Split(record(t, w, "MJPG", 1280, 720, 30, 10), start)[1:] {
			img, err := jpeg.Decode(bytes.NewReader(append(start, picture...)))
			must(t, "picture", err)
			compare(t, &movie{shown: shown{capture.MJPEG, 1280, 720, 30}}, n, img.(*image.YCbCr).Y, 1280)
		}
	})
	t.Run("H264", func(t *testing.T) {
		pictures := decoded(t, 640, 360, record(t, w, "H264", 640, 360, 15, 40))
		if len(pictures) != 40 {
			t.Fatalf("ffmpeg sees %d pictures of 40", len(pictures))
		}
		for n, p := range pictures {
			compare(t, &movie{shown: shown{"H264", 640, 360, 15}}, n%15, p, 640)
		}
	})
	t.Run("YUYV", func(t *testing.T) {
		stream := record(t, w, "YUYV", 640, 480, 30, 5)
		luma := make([]byte, len(stream)/2)
		for i := range luma {
			luma[i] = stream[2*i]
		}
		compare(t, &movie{shown: shown{capture.YUYV, 640, 480, 30}}, 0, luma, 640)
	})
	if out := run(t, exec.Command("v4l2-ctl", "-d", w.Path(), "--list-formats-ext")); strings.Count(out, "Size:") != 6 {
		t.Errorf("it has other sizes:\n%s", out)
	}
}

// compare holds a picture that came out, its luma, against the one that went in.
func compare(t *testing.T, m *movie, n int, luma []byte, stride int) {
	t.Helper()
	want, off := m.draw(n), 0
	for y := range m.height {
		for x := range m.width {
			off += max(int(want.Y[y*want.YStride+x])-int(luma[y*stride+x]), int(luma[y*stride+x])-int(want.Y[y*want.YStride+x]))
		}
	}
	if mean := float64(off) / float64(m.width*m.height); mean > 2 {
		t.Errorf("%s picture %d is off by %.1f in the mean", m.fourCC, n, mean)
	}
}

// streamed is the webcam as it streams.
func streamed(t *testing.T, w *Webcam, format string) *queue {
	t.Helper()
	q := newQueue(t, openNode(t, w.Path()), cameraKind, format, 640, 360)
	must(t, "REQBUFS", q.allocate(4))
	for i := range q.buffers {
		must(t, "QBUF", q.put(i, 0))
	}
	must(t, "STREAMON", uapi.StreamOn(q.fd, cameraKind))
	return q
}

func TestWebcamKeepsTimeAndCounts(t *testing.T) {
	w := PlugWebcam(t, WebcamOptions{Formats: []capture.FourCC{capture.MJPEG}})
	delivered, lost := w.Delivered(), w.Lost()
	q := streamed(t, w, "MJPG")
	var last time.Duration
	for n := range 20 {
		b, ok := q.take()
		if !ok {
			t.Fatal("no picture came")
		}
		at := b.Timestamp.Duration()
		if at <= last || capture.Now() < at || capture.Now()-at > time.Second || b.Sequence != uint32(n) {
			t.Errorf("picture %d is number %d and of %v, after one of %v; it is %v", n, b.Sequence, at, last, capture.Now())
		}
		if data := q.buffers[b.Index][:b.BytesUsed]; !bytes.HasSuffix(data, []byte{0xff, 0xd9}) || bytes.Contains(data, []byte{0xff, 0xc4}) {
			t.Errorf("picture %d is no whole JPEG, or has Huffman tables", n)
		}
		last = at
		must(t, "QBUF", q.put(int(b.Index), 0))
	}
	if got := w.Streaming(); got != "MJPG 640x360 30" {
		t.Errorf("it streams %q", got)
	}
	WaitFor(t, waitStart, "a picture without a buffer", func() bool { return w.Lost() > lost })
	if n := w.Delivered() - delivered; n != 24 {
		t.Errorf("%d pictures were delivered, want 20 that were taken and 4 that wait", n)
	}
}

func TestWebcamDamage(t *testing.T) {
	w := PlugWebcam(t, WebcamOptions{})
	w.Damage(2)
	q := streamed(t, w, "MJPG")
	for n := range 4 {
		b, ok := q.take()
		if !ok {
			t.Fatal("no picture came")
		}
		whole := bytes.HasSuffix(q.buffers[b.Index][:b.BytesUsed], []byte{0xff, 0xd9})
		if flagged := b.Flags&uapi.FlagError != 0; flagged != (n < 2) || whole == flagged {
			t.Errorf("picture %d: flagged %v, whole %v", n, flagged, whole)
		}
	}
}

func TestWebcamUnplugged(t *testing.T) {
	w := PlugWebcam(t, WebcamOptions{})
	before := w.Path()
	q := streamed(t, w, "MJPG")
	if _, ok := q.take(); !ok {
		t.Fatal("no picture came")
	}
	pulled := make(chan struct{})
	go func() { // ends with Unplug; the test waits for it
		defer close(pulled)
		w.Unplug()
	}()
	ends := []unix.PollFd{{Fd: int32(q.fd)}} // POLLERR and POLLHUP come unasked
	if n, err := unix.Poll(ends, int(waitStop.Milliseconds())); n != 1 || ends[0].Revents&unix.POLLHUP == 0 {
		t.Errorf("poll: %d, %v, %#x; want POLLHUP", n, err, ends[0].Revents)
	}
	<-pulled
	if err := uapi.DQBuf(q.fd, &uapi.Buffer{Type: cameraKind, Memory: uapi.MemoryMmap}, nil); err != unix.ENODEV {
		t.Errorf("DQBUF: %v, want ENODEV", err)
	}
	if p := node(webcamName); p != "" || w.Streaming() != "" {
		t.Errorf("unplugged, it is %s and streams %q", p, w.Streaming())
	}
	w.Plug()
	if w.Path() == before {
		t.Errorf("it came back as %s, which somebody has open", before)
	}
	again := streamed(t, w, "H264")
	if _, ok := again.take(); !ok {
		t.Error("plugged in again, no picture comes")
	}
}

// TestWebcamFeed is what feeds other than Webcam's may rely on.
func TestWebcamFeed(t *testing.T) {
	w := PlugWebcam(t, WebcamOptions{})
	late, err := os.OpenFile(webcamFeed, os.O_RDWR, 0)
	must(t, "open", err)
	defer late.Close()
	if _, err := late.Write([]byte("early")); err == nil {
		t.Error("a picture that nobody streams was taken")
	}
	q := streamed(t, w, "H264")
	line := make([]byte, 64)
	must(t, "deadline", late.SetReadDeadline(time.Now().Add(waitStart)))
	n, err := late.Read(line)
	if err != nil || string(line[:n]) != "H264 640x360 30\n" {
		t.Errorf("it reads %q, %v", line[:n], err)
	}
	if _, err := late.Write(make([]byte, 640*360*2+1)); err == nil {
		t.Error("a picture larger than the buffer was taken")
	}
	must(t, "STREAMOFF", uapi.StreamOff(q.fd, cameraKind))
	must(t, "STREAMON", uapi.StreamOn(q.fd, cameraKind))
	if _, err := late.Write([]byte("of the stream before")); err == nil {
		t.Error("a picture of the stream before was taken")
	}
}

// TestWebcamCompliance holds that v4l2-compliance finds a camera as it is to be.
func TestWebcamCompliance(t *testing.T) {
	w := PlugWebcam(t, WebcamOptions{})
	out, _ := exec.Command("v4l2-compliance", "-d", w.Path(), "-s", "10").CombinedOutput() // fails for the known
	var known []string
	if ofDebian12(string(out)) {
		known = []string{newerField}
	}
	complies(t, string(out), known...)
}
