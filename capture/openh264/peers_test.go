//go:build peers

package openh264

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"

	"vigie/capture"
)

// ffmpeg decodes every picture, without a complaint, and gets the size.
func TestFFmpegDecodes(t *testing.T) {
	e := open(t, 642, 362, 1_000_000)
	var stream bytes.Buffer
	testPictures(t, 642, 362, 60, func(i int, p *capture.RawFrame) {
		u, err := e.Encode(p, i == 30)
		if err != nil {
			t.Fatal(err)
		}
		stream.Write(u.Data)
		u.Release()
	})
	cmd := exec.CommandContext(t.Context(), "ffmpeg", "-v", "warning", "-f", "h264", "-i", "-", "-f", "rawvideo",
		"-pix_fmt", "yuv420p", "-")
	var out, complaints bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = &stream, &out, &complaints
	if err := cmd.Run(); err != nil || complaints.Len() > 0 {
		t.Fatalf("ffmpeg: %v: %s", err, strings.TrimSpace(complaints.String()))
	}
	if want := 60 * 642 * 362 * 3 / 2; out.Len() != want {
		t.Errorf("%d bytes of pictures, want %d", out.Len(), want)
	}
}
