package uplink_test

import (
	"testing"
	"time"

	"vigie/capture"
	"vigie/uplink"
	"vigie/uplink/uplinktest"
)

// BenchmarkPicture sends access units of 17 kB, 4 Mb/s at 30 a second, as fast as the session takes them. What the relay
// does, in the same process, is in the figures; BenchmarkShow has them without, at the pace of a camera.
func BenchmarkPicture(b *testing.B) {
	s := newStage(b, uplinktest.Behaviour{ReportEvery: 100 * time.Millisecond}, func(o *uplink.Options) {
		o.StartBitrate, o.MaxBitrate = 1e9, 1e9 // no pacing
	})
	next[uplink.Connected](s, 5*time.Second)
	big := picture(capture.Now(), true)
	for len(big.Data) < 17_000 {
		big.Data = append(big.Data, slice...)
	}
	b.ReportAllocs()
	sent := s.uplink.Stats().SentPackets
	for b.Loop() {
		s.uplink.WriteVideo(big)
		for s.uplink.Stats().QueuedVideo > 20 {
			<-s.packets
		}
	}
	for s.uplink.Stats().QueuedVideo > 0 {
		<-s.packets
	}
	b.ReportMetric(float64(s.uplink.Stats().SentPackets-sent)/float64(b.N), "packets/op")
}
