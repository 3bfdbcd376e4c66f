package health

import (
	"testing"
	"time"

	"vigie/capture"
)

// cost reports what a thing that is done once a second takes of a core.
func cost(b *testing.B) {
	b.ReportMetric(100*b.Elapsed().Seconds()/float64(b.N), "%core")
}

// BenchmarkLook is the look at a picture that the caches have not seen: the camera wrote it.
func BenchmarkLook(b *testing.B) {
	for _, c := range []struct {
		name          string
		format        capture.FourCC
		width, height int
	}{
		{"YUYV-720p", capture.YUYV, 1280, 720}, {"UYVY-720p", capture.UYVY, 1280, 720}, {"NV12-720p", capture.NV12, 1280, 720},
		{"YU12-720p", capture.YU12, 1280, 720}, {"YUYV-1080p", capture.YUYV, 1920, 1080}, {"YUYV-2160p", capture.YUYV, 3840, 2160},
	} {
		b.Run(c.name, func(b *testing.B) {
			var all []*capture.RawFrame
			for i := range 16 {
				all = append(all, paint(c.format, c.width, c.height, func(x, y int) byte { return byte(16 + (x+y+i)%200) }))
			}
			j, p := newPictureJudge(), new(Picture)
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				p.Take(all[i%len(all)])
				j.judge(start.Add(time.Duration(i)*time.Second), Seen{Picture: p})
			}
			cost(b)
		})
	}
}

// BenchmarkJudge is everything but the look at the picture, on a board with all of its sensors.
func BenchmarkJudge(b *testing.B) {
	m := New(Options{Root: string(pi(b)), StateDir: b.TempDir(), Built: start, RateFloor: 300_000})
	var h hall
	for i := range b.N {
		m.Judge(start.Add(time.Duration(i)*time.Second), h.second(-30, 0))
	}
	cost(b)
}
