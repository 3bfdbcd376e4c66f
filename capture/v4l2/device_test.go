package v4l2

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"vigie/capture"
	"vigie/capture/v4l2/uapi"
)

func TestNoCameraIsNoError(t *testing.T) {
	if found, err := find(t.TempDir()); len(found) != 0 || err != nil {
		t.Errorf("find without /dev/video* = %v, %v", found, err)
	}
}

func TestFindPassesOverWhatIsNoCamera(t *testing.T) {
	dev := t.TempDir()
	if err := os.WriteFile(filepath.Join(dev, "video0"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nowhere", filepath.Join(dev, "video1")); err != nil {
		t.Fatal(err)
	}
	if found, err := find(dev); len(found) != 0 || err != nil {
		t.Errorf("find of a file and a dead link = %v, %v", found, err)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	file := filepath.Join(t.TempDir(), "video0")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		o    Options
		want error
		says string
	}{
		{Options{Device: "/dev/v4l/by-id/none", Width: 640, Height: 360, FPS: 30}, capture.ErrNotFound, "by-id/none: open"},
		{Options{Device: file, Width: 640, Height: 360, FPS: 30}, capture.ErrUnsupported, "no V4L2 device"},
		{Options{Device: file, Width: 640, FPS: 30}, nil, "640x0 at 30"},
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
	devices := []Device{
		{Path: "/dev/video10"}, {Path: "/dev/video2"},
		{Path: "/dev/video0", Stable: "/dev/v4l/by-path/pci-2"}, {Path: "/dev/video8", Stable: "/dev/v4l/by-path/pci-1"},
		{Path: "/dev/video9", Stable: "/dev/v4l/by-id/usb-x"},
	}
	slices.SortFunc(devices, byStability)
	var got []string
	for _, d := range devices {
		got = append(got, filepath.Base(d.Path))
	}
	if want := "video9 video8 video0 video2 video10"; strings.Join(got, " ") != want {
		t.Errorf("the order is %v, want %s", got, want)
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
	for _, f := range taken {
		if got := fourCC(pixelFormat(f)); got != f {
			t.Errorf("%s comes back as %s", f, got)
		}
	}
}
