//go:build peers

package passthrough

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
	"time"

	"vigie/capture/picture"
)

// ffmpeg decodes camera, slate and camera again, every picture and without a complaint.
func TestFFmpegDecodes(t *testing.T) {
	c, e := newCamera(t), New(Options{Slate: openEncoder})
	slate := picture.Slate(width, height, "Cut", "")
	var stream bytes.Buffer
	pictures := 0
	add := func(u *coded) {
		if u != nil {
			stream.Write(u.data)
			pictures++
		}
	}
	for round := range 3 {
		for c.n < 25*(round+1) {
			add(encode(t, e, c.next(), false))
		}
		for second := range 3 {
			add(encode(t, e, c.slateAt(slate, time.Duration(second)*time.Second), false))
		}
	}
	cmd := exec.CommandContext(t.Context(), "ffmpeg", "-v", "warning", "-f", "h264", "-i", "-", "-f", "rawvideo",
		"-pix_fmt", "yuv420p", "-")
	var out, complaints bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = &stream, &out, &complaints
	if err := cmd.Run(); err != nil || complaints.Len() > 0 {
		t.Fatalf("ffmpeg: %v: %s", err, strings.TrimSpace(complaints.String()))
	}
	if want := pictures * width * height * 3 / 2; out.Len() != want {
		t.Errorf("%d bytes of pictures, want %d of %d pictures", out.Len(), want, pictures)
	}
}
