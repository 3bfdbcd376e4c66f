//go:build bench

package bench

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// vivid is the platform device of the camera, the one that PlugCamera binds and UnplugCamera unbinds.
const vivid = "vivid.0"

// Camera returns the path of vivid's capture node. It is not always the same number: other media devices come
// first, and an unplugged camera may come back as another.
func Camera(t testing.TB) string {
	t.Helper()
	path := camera()
	if path == "" {
		t.Fatal("there is no vivid camera: is it unplugged, or is this not the bench's kernel?")
	}
	return path
}

func camera() string { return node("vivid-*-vid-cap") }

// UnplugCamera pulls the camera's cable, and plugs it in again when the test ends, if PlugCamera did not.
func UnplugCamera(t testing.TB) {
	t.Helper()
	t.Cleanup(func() {
		if camera() == "" {
			PlugCamera(t)
		}
	})
	bind(t, "vivid", "unbind", vivid)
}

// PlugCamera puts the camera back after UnplugCamera, and returns its path.
func PlugCamera(t testing.TB) string {
	t.Helper()
	bind(t, "vivid", "bind", vivid)
	return Camera(t)
}

// RefitCamera makes the camera another one until the test ends, by a parameter of vivid's that it reads when it is
// plugged in: with "input_types" 3 it is an HDMI bridge, whose size is that of its signal (DV timings), with
// "allocators" 1 its memory is contiguous, so that an encoder can import it. It returns the camera's path.
func RefitCamera(t testing.TB, parameter string, value int) string {
	t.Helper()
	file := "/sys/module/vivid/parameters/" + parameter
	before, _, _ := strings.Cut(read(t, file), ",") // the first vivid of 64
	t.Cleanup(func() { refit(t, file, before) })
	return refit(t, file, fmt.Sprint(value))
}

func refit(t testing.TB, file, value string) string {
	t.Helper()
	if camera() != "" {
		bind(t, "vivid", "unbind", vivid)
	}
	if err := os.WriteFile(file, []byte(value), 0); err != nil {
		t.Fatalf("camera: %v", err)
	}
	return PlugCamera(t)
}

// bind has a driver let go of a device, or take it.
func bind(t testing.TB, driver, how, device string) {
	t.Helper()
	if err := os.WriteFile("/sys/bus/platform/drivers/"+driver+"/"+how, []byte(device), 0); err != nil {
		t.Fatalf("%s of %s: %v", how, device, err)
	}
}

// SetCamera sets a control of the camera by its kernel name, until the test ends. vivid's own are ready-made faults
// (Documentation/admin-guide/media/vivid.rst): inject_fatal_streaming_error, inject_v4l2_buf_flag_error,
// inject_vidioc_qbuf_error, inject_vidioc_reqbufs_error, inject_vidioc_streamon_error and disconnect are buttons, that
// any value presses once; percentage_of_dropped_buffers stays as it is set.
func SetCamera(t testing.TB, control string, value int) {
	t.Helper()
	path := Camera(t)
	before, err := exec.Command("v4l2-ctl", "-d", path, "--get-ctrl", control).Output() // fails for a button
	run(t, exec.Command("v4l2-ctl", "-d", path, "--set-ctrl", fmt.Sprintf("%s=%d", control, value)))
	if _, was, ok := strings.Cut(string(before), ": "); err == nil && ok {
		t.Cleanup(func() {
			// Another camera than before, after it was plugged again, has its controls as they were.
			_ = exec.Command("v4l2-ctl", "-d", path, "--set-ctrl", control+"="+strings.TrimSpace(was)).Run()
		})
	}
}

// run runs a command to its end, and ends the test with what it said when it failed.
func run(t testing.TB, cmd *exec.Cmd) string {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	return string(out)
}
