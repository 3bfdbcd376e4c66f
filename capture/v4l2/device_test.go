package v4l2

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

func TestNoDeviceIsNoError(t *testing.T) {
	if b, err := findBoard(t.TempDir(), true); len(b.Cameras)+len(b.Mem2Mem) != 0 || err != nil {
		t.Errorf("findBoard without /dev/video* = %v, %v", b, err)
	}
}

func TestFindBoardPassesOverWhatIsNoDevice(t *testing.T) {
	dev := t.TempDir()
	if err := os.WriteFile(filepath.Join(dev, "video0"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nowhere", filepath.Join(dev, "video1")); err != nil {
		t.Fatal(err)
	}
	if b, err := findBoard(dev, true); len(b.Cameras)+len(b.Mem2Mem) != 0 || err != nil {
		t.Errorf("findBoard of a file and a dead link = %v, %v", b, err)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	file := filepath.Join(t.TempDir(), "video0")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	good := capture.VideoFormat{FourCC: capture.YUYV, Width: 640, Height: 360, FPS: 30}
	flat, nameless := good, good
	flat.Height, nameless.FourCC = 0, "YUV"
	for _, c := range []struct {
		o    Options
		want error
		says string
	}{
		{Options{Device: "/dev/v4l/by-id/none", Format: good}, capture.ErrNotFound, "by-id/none: open"},
		{Options{Device: file, Format: good}, capture.ErrUnsupported, "no V4L2 device"},
		{Options{Device: file, Format: flat}, nil, "640x0 at 30"},
		{Options{Device: file, Format: nameless}, nil, `"YUV" 640x360`},
	} {
		_, err := Open(c.o)
		if err == nil || c.want != nil && !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("Open(%+v) = %v, want %v that says %q", c.o, err, c.want, c.says)
		}
	}
}

func TestStableLinks(t *testing.T) {
	dev, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	link := func(folder, name, node string) {
		t.Helper()
		err := errors.Join(
			os.WriteFile(filepath.Join(dev, node), nil, 0o600),
			os.MkdirAll(filepath.Join(dev, "v4l", folder), 0o755),
			os.Symlink("../../"+node, filepath.Join(dev, "v4l", folder, name)),
		)
		if err != nil {
			t.Fatal(err)
		}
	}
	link("by-path", "pci-1-video-index0", "video0")
	link("by-id", "usb-Webcam-video-index0", "video0")
	link("by-path", "platform-usb-video-index0", "video2")
	link("by-path", "platform-usbv2-video-index0", "video2")
	got := stableLinks(dev)
	for node, want := range map[string]string{
		"video0": "by-id/usb-Webcam-video-index0",
		"video2": "by-path/platform-usb-video-index0",
		"video4": "",
	} {
		if want != "" {
			want = filepath.Join(dev, "v4l", want)
		}
		if got := got[filepath.Join(dev, node)]; got != want {
			t.Errorf("the stable path of %s is %q, want %q", node, got, want)
		}
	}
}

func TestOrderIsTheSameAtEachBoot(t *testing.T) {
	without := func(node, bus string) capture.BoardCamera {
		return capture.BoardCamera{Node: node, Path: node, Bus: bus}
	}
	linked := func(node, link string) capture.BoardCamera {
		return capture.BoardCamera{Node: node, Path: "/dev/v4l/" + link, Bus: "usb-" + node}
	}
	want := []capture.BoardCamera{
		linked("/dev/video9", "by-id/usb-a"), linked("/dev/video1", "by-id/usb-b"),
		linked("/dev/video8", "by-path/pci-1"), linked("/dev/video0", "by-path/pci-2"),
		without("/dev/video7", "platform:a"), without("/dev/video2", "platform:b"), without("/dev/video10", "platform:b"),
	}
	for range 20 {
		got := slices.Clone(want)
		rand.Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
		slices.SortFunc(got, byStability)
		for i := range want {
			if got[i].Node != want[i].Node {
				t.Fatalf("the order is %v, want %v", got, want)
			}
		}
	}
}

func TestCaptureQueue(t *testing.T) {
	const metaCapture, videoOutput = 0x00800000, 0x00000002
	for _, c := range []struct {
		name string
		caps uint32
		want int32
		says string
	}{
		{"webcam", uapi.CapVideoCapture | uapi.CapStreaming, uapi.BufTypeVideoCapture, ""},
		{"grabber", uapi.CapVideoCaptureMplane | uapi.CapStreaming, uapi.BufTypeVideoCaptureMplane, ""},
		{"webcam's metadata", metaCapture | uapi.CapStreaming, 0, "metadata"},
		{"encoder", uapi.CapVideoM2MMplane | uapi.CapStreaming, 0, "mem2mem"},
		{"old encoder", uapi.CapVideoM2M | uapi.CapVideoCapture | uapi.CapStreaming, 0, "mem2mem"},
		{"display", videoOutput | uapi.CapStreaming, 0, "no pictures"},
		{"touch screen", uapi.CapTouch | uapi.CapVideoCapture | uapi.CapStreaming, 0, "touch"},
		{"camera of libcamera", uapi.CapIOMC | uapi.CapVideoCapture | uapi.CapStreaming, 0, "libcamera"},
		{"read() only", uapi.CapVideoCapture, 0, "stream"},
	} {
		got, err := captureQueue(c.caps)
		if got != c.want || (err == nil) != (c.says == "") {
			t.Errorf("%s: %d, %v; want %d", c.name, got, err, c.want)
		}
		if err != nil && (!errors.Is(err, capture.ErrUnsupported) || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: %v, want ErrUnsupported that says %q", c.name, err, c.says)
		}
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	for _, c := range []struct {
		errno unix.Errno
		is    error
		says  string
	}{
		{unix.EBUSY, capture.ErrBusy, "fuser -v /dev/video0"},
		{unix.ENODEV, capture.ErrGone, "plug"},
		{unix.ENXIO, capture.ErrGone, "plug"},
		{unix.ENOENT, capture.ErrNotFound, "plug"},
		{unix.EACCES, fs.ErrPermission, "group video"},
		{unix.ENOTTY, capture.ErrUnsupported, "name another one"},
		{unix.ENOSPC, unix.ENOSPC, "bandwidth"},
		{unix.EIO, unix.EIO, "input/output"},
	} {
		err := explain("/dev/video0", "STREAMON", c.errno)
		for _, s := range []string{"v4l2: /dev/video0: STREAMON: ", c.says} {
			if !errors.Is(err, c.is) || !strings.Contains(err.Error(), s) {
				t.Errorf("%v is %v, want %v that says %q", c.errno, err, c.is, s)
			}
		}
	}
}

func TestFourCCThereAndBack(t *testing.T) {
	if got := pixelFormat(capture.YUYV); got != 0x56595559 { // V4L2_PIX_FMT_YUYV
		t.Errorf("YUYV is %#x", got)
	}
	for _, f := range known {
		if got := fourCC(pixelFormat(f)); got != f {
			t.Errorf("%s comes back as %s", f, got)
		}
	}
}
