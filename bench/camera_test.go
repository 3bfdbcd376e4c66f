//go:build bench

package bench

import (
	"os/exec"
	"strings"
	"testing"

	"vigie/capture/v4l2/uapi"
)

// TestHardwareCameraLendsMemory is sharing in the direction that needs a camera with contiguous memory: it exports,
// the encoder imports.
func TestHardwareCameraLendsMemory(t *testing.T) {
	const width, height, pictures = 640, 480, 30 // whole macroblocks: at 360 lines the encoder wants 368
	imported := encoderFigure(t, "imported")
	camera := newQueue(t, openNode(t, RefitCamera(t, "allocators", 1)), cameraKind, "YUYV", width, height)
	must(t, "REQBUFS", camera.allocate(4))
	e := &benchEncoder{T: t, format: "YUYV", fd: openNode(t, encoderNode(t))}
	e.coded = newQueue(t, e.fd, codedQueue, "H264", width, height)
	e.raw = newQueue(t, e.fd, rawQueue, "YUYV", width, height)
	e.raw.adopt(camera)
	must(t, "REQBUFS", e.coded.allocate(2))
	e.start()
	stream := e.codeFrom(camera, pictures)
	if n := encoderFigure(t, "imported") - imported; n != 4 {
		t.Errorf("the encoder holds %d buffers of the camera's, want 4", n)
	}
	must(t, "STREAMOFF", uapi.StreamOff(e.fd, rawQueue))
	must(t, "REQBUFS of none", uapi.ReqBufs(e.fd, &uapi.RequestBuffers{Type: rawQueue, Memory: uapi.MemoryDMABUF}))
	if n := encoderFigure(t, "imported") - imported; n != 0 {
		t.Errorf("the encoder still holds %d buffers of the camera's", n)
	}
	if shown := decoded(t, width, height, stream); len(shown) != pictures {
		t.Errorf("ffmpeg sees %d pictures of %d", len(shown), pictures)
	}
}

// codeFrom codes pictures that the camera has put into the memory that the two share.
func (e *benchEncoder) codeFrom(camera *queue, pictures int) (stream []byte) {
	e.Helper()
	for i := range max(len(camera.buffers), len(camera.dmabufs)) {
		must(e.T, "camera's QBUF", camera.put(i, 0))
	}
	must(e.T, "camera's STREAMON", uapi.StreamOn(camera.fd, cameraKind))
	for range pictures {
		b, ok := camera.take()
		if !ok {
			e.Fatal("the camera gives no picture")
		}
		must(e.T, "encoder's QBUF", e.raw.put(int(b.Index), b.Timestamp.Duration()))
		u, ok := e.unit()
		if !ok || u.pts != b.Timestamp.Duration() {
			e.Fatalf("a picture of %v came out as of %v", b.Timestamp.Duration(), u.pts)
		}
		e.raw.take()
		must(e.T, "camera's QBUF", camera.put(int(b.Index), 0))
		stream = append(stream, u.data...)
	}
	return stream
}

func TestHardwareWebcamBorrowsMemory(t *testing.T) {
	const width, height, pictures = 640, 480, 15
	w := PlugWebcam(t, WebcamOptions{})
	e := newEncoder(t, "YUYV", width, height, at4M)
	camera := newQueue(t, openNode(t, w.Path()), cameraKind, "YUYV", width, height)
	camera.adopt(e.raw)
	stream := e.codeFrom(camera, pictures)
	if shown := decoded(t, width, height, stream); len(shown) != pictures {
		t.Errorf("ffmpeg sees %d pictures of %d", len(shown), pictures)
	}
}

// TestCameraAsHDMIBridge refits the camera and back.
func TestCameraAsHDMIBridge(t *testing.T) {
	t.Run("bridge", func(t *testing.T) {
		path := RefitCamera(t, "input_types", 3)
		timings := run(t, exec.Command("v4l2-ctl", "-d", path, "--query-dv-timings"))
		if !strings.Contains(timings, "Active width: 1280") {
			t.Errorf("its signal is\n%s", timings)
		}
		run(t, exec.Command("v4l2-ctl", "-d", path, "--set-dv-bt-timings", "query"))
		out := run(t, exec.Command("timeout", "20", "v4l2-ctl", "-d", path, "--stream-mmap", "--stream-count=3"))
		if n := strings.Count(out, "<"); n != 3 {
			t.Errorf("%d pictures of 3:\n%s", n, out)
		}
	})
	if out, err := exec.Command("v4l2-ctl", "-d", Camera(t), "--query-dv-timings").CombinedOutput(); err == nil {
		t.Errorf("as a webcam it has a signal:\n%s", out)
	}
}
