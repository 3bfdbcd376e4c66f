package uplink

import (
	"runtime"
	"testing"
)

const (
	warmUp     = 90  // pictures until pools and the buffer for retransmissions are full
	filmLength = 300 // pictures that are measured: 10 s
)

// BenchmarkShow sends 10 s of 4 Mb/s in 30 pictures a second, at that pace, to a relay in another process; first by the
// program's own way (the test picture's camera, capture.Video, Uplink), then by pion as its examples use it. One
// operation is all of that. It reports:
//
//	p50-ms, p99-ms    from a picture's coded bytes to its first RTP packet, handed to the socket
//	allocs/picture    of the whole process, camera and timers and reports with it; stock- is pion's
//	B/picture         bytes of them
func BenchmarkShow(b *testing.B) {
	for b.Loop() {
		p, stop := ours(b)
		perPicture(p.written, warmUp)
		p.time(true)
		allocs, bytes := perPicture(p.written, filmLength)
		took := p.time(false)
		stop()
		if d := p.Stats().Drops; len(took) < filmLength*9/10 || d.Overflow > 0 {
			b.Fatalf("%d of %d pictures were timed, dropped %+v", len(took), filmLength, d)
		}
		b.ReportMetric(float64(took[len(took)/2])/float64(ms), "p50-ms")
		b.ReportMetric(float64(took[len(took)*99/100])/float64(ms), "p99-ms")
		b.ReportMetric(allocs, "allocs/picture")
		b.ReportMetric(bytes, "B/picture")

		written, stop := stock(b)
		perPicture(written, warmUp)
		stockAllocs, stockBytes := perPicture(written, filmLength)
		stop()
		b.ReportMetric(stockAllocs, "stock-allocs/picture")
		b.ReportMetric(stockBytes, "stock-B/picture")
	}
}

// perPicture waits until so many pictures were written, and returns what was allocated for each meanwhile.
func perPicture(written <-chan struct{}, pictures int) (allocs, bytes float64) {
	var before, after runtime.MemStats
	<-written
	runtime.ReadMemStats(&before)
	for range pictures {
		<-written
	}
	runtime.ReadMemStats(&after)
	n := float64(pictures)
	return float64(after.Mallocs-before.Mallocs) / n, float64(after.TotalAlloc-before.TotalAlloc) / n
}
