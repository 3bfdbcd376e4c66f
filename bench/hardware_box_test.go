//go:build bench

package bench

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"vigie/relay/relaytest"
)

// The picture of the tests that show what the board's encoder does in the whole box. hardware is the one place where
// they say so in YAML.
const (
	hardwareWidth, hardwareHeight = 640, 360

	hardware = "camera: {width: 640, height: 360}\nvideo: {bitrate: {min: 300k, start: 4M, max: 4M}}\n"
)

// hardwareRelay is such a box whose relay is another process.
func hardwareRelay(t testing.TB) (boxConfig, relayConfig string) {
	t.Helper()
	boxConfig, relayConfig = otherRelay(t)
	return strings.Replace(boxConfig, camera180, hardware, 1), relayConfig
}

// encoderMemory is how many bytes of buffers the encoder has given out.
func encoderMemory(t testing.TB) (bytes int64) {
	t.Helper()
	if _, err := fmt.Sscan(read(t, "/sys/module/bench_encoder/parameters/memory_used"), &bytes); err != nil {
		t.Fatal(err)
	}
	return bytes
}

// sessions is how often the box opened a session at its relay.
func (b *box) sessions() int { return strings.Count(b.Log(), `msg="session opened"`) }

// oneSession fails the test where the box is not live, or had to open another session on the way.
func (b *box) oneSession() {
	b.t.Helper()
	if n, state := b.sessions(), b.state(); n != 1 || state != "live" {
		b.t.Errorf("the box is %s after %d sessions, want live with one", state, n)
	}
}

// received is how many pictures the viewer has.
func received(v *relaytest.Viewer) int {
	video, _ := v.Received()
	return len(video.Units)
}

// longestGap is the longest time for which a viewer saw no new picture.
func longestGap(units []relaytest.Unit) (gap time.Duration) {
	for i := 1; i < len(units); i++ {
		gap = max(gap, units[i].Arrived.Sub(units[i-1].Arrived))
	}
	return gap.Round(time.Millisecond)
}

// still is the picture that the camera shows now, taken from the camera itself: 4:2:0 in three planes.
func still(t testing.TB) []byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "still.yuv")
	run(t, exec.Command("v4l2-ctl", "-d", Camera(t), fmt.Sprintf("--set-fmt-video=width=%d,height=%d,pixelformat=YU12",
		hardwareWidth, hardwareHeight), "--stream-mmap", "--stream-count=1", "--stream-to="+file))
	picture, err := os.ReadFile(file)
	if err != nil || len(picture) != hardwareWidth*hardwareHeight*3/2 {
		t.Fatalf("the camera's picture: %d bytes, %v", len(picture), err)
	}
	return picture
}

// likeness compares two pictures, luma and chroma together: PSNR in dB.
func likeness(a, b []byte) float64 {
	sum := 0.0
	for i := range a {
		d := float64(a[i]) - float64(b[i])
		sum += d * d
	}
	return 10 * math.Log10(255*255*float64(len(a))/max(sum, 1))
}

// picturesOf has ffmpeg decode what a viewer got, and returns the pictures of the units with these numbers, in their order.
// Any complaint of ffmpeg's fails the test.
func picturesOf(t *testing.T, units []relaytest.Unit, numbers ...int) [][]byte {
	t.Helper()
	var stream bytes.Buffer
	for _, u := range units {
		stream.Write(u.Data)
	}
	pick := "0"
	for _, n := range numbers {
		pick += fmt.Sprintf("+eq(n,%d)", n)
	}
	cmd := exec.Command("ffmpeg", "-v", "warning", "-f", "h264", "-i", "-", "-vf", "select='"+pick+"'",
		"-pix_fmt", "yuv420p", "-fps_mode", "passthrough", "-f", "rawvideo", "-")
	var out, complaint bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = &stream, &out, &complaint
	if err := cmd.Run(); err != nil || complaint.Len() > 0 {
		t.Fatalf("ffmpeg does not like what the viewer got: %v\n%s", err, complaint.String())
	}
	pictures := slices.Collect(slices.Chunk(out.Bytes(), hardwareWidth*hardwareHeight*3/2))
	if len(pictures) != len(numbers) {
		t.Fatalf("ffmpeg shows %d pictures of %d: there are units without one", len(pictures), len(numbers))
	}
	return pictures
}
