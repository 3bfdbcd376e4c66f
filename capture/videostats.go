package capture

import (
	"sync/atomic"
	"time"
)

// VideoStats is what Video has seen and made, counted since it began.
type VideoStats struct {
	Camera, Encoder string
	Format          VideoFormat
	Pictures        uint64        // delivered by the camera
	Lost            uint64        // gaps in the camera's sequence
	Units           uint64        // access units made
	Skipped         uint64        // pictures that the encoder skipped to hold its bitrate
	IDRs            uint64        // IDR pictures made
	Bytes           uint64        // coded
	Latency         time.Duration // of the last picture, from its PTS to its coded bytes
	LastPicture     time.Duration // PTS of the last one
}

// Stats may be called at any time.
func (v *Video) Stats() VideoStats {
	s := v.stats.snapshot()
	s.Camera, s.Encoder, s.Format = v.camera.Name(), v.encoder.Name(), v.camera.Format()
	return s
}

type videoCounters struct {
	pictures, lost, units, skipped, idrs, bytes atomic.Uint64
	latency, last                               atomic.Int64
	sequence                                    uint32 // of the last picture; the pipeline's goroutine alone
}

func (c *videoCounters) saw(f *RawFrame) {
	if c.pictures.Add(1) > 1 {
		if gap := f.Sequence - c.sequence - 1; int32(gap) > 0 {
			c.lost.Add(uint64(gap))
		}
	}
	c.sequence = f.Sequence
	c.last.Store(int64(f.PTS))
}

func (c *videoCounters) coded(u *AccessUnit) {
	c.units.Add(1)
	c.bytes.Add(uint64(len(u.Data)))
	c.latency.Store(int64(u.Coded - u.PTS))
	if u.IDR {
		c.idrs.Add(1)
	}
}

func (c *videoCounters) snapshot() VideoStats {
	return VideoStats{
		Pictures: c.pictures.Load(), Lost: c.lost.Load(), Units: c.units.Load(), Skipped: c.skipped.Load(),
		IDRs: c.idrs.Load(), Bytes: c.bytes.Load(),
		Latency: time.Duration(c.latency.Load()), LastPicture: time.Duration(c.last.Load()),
	}
}
