package capture

import (
	"sync"
	"sync/atomic"
	"time"
)

// VideoStats is what Video has seen and made, counted since it began, over all of its cameras and encoders.
type VideoStats struct {
	Camera, Encoder string      // for people; a camera that is lost has no name
	Format          VideoFormat // of the camera's pictures
	HDMI            bool        // they are what is plugged into an HDMI bridge
	Way             string      // from the camera to the coded bytes, drawn
	Missing         []string    // what this way cannot do
	Pictures        uint64      // delivered by the camera
	Lost            uint64      // gaps in the camera's sequence, and damaged pictures
	Thinned         uint64      // pictures left out, below the encoder's floor or of a camera that is too fast
	Units           uint64      // access units made
	Skipped         uint64      // the camera's pictures without a unit: left out to hold the bitrate, or in Device
	IDRs            uint64      // IDR pictures made
	Bytes           uint64      // coded
	Reopened        uint64      // times that the encoder failed and was opened again
	Device          DeviceStats
	Latency         time.Duration // of the last picture, from its PTS to its coded bytes
	// Turns are Run's, with a camera or without: where they stay, a device or an encoder hangs; 1: none has answered yet.
	Turns uint64
}

// Stats may be called at any time, and waits for no picture.
func (v *Video) Stats() VideoStats {
	c := &v.stats
	s := VideoStats{
		Pictures: c.pictures.Load(), Lost: c.lost.Load(), Thinned: c.thinned.Load(), Units: c.units.Load(),
		Skipped: c.skipped.Load(), IDRs: c.idrs.Load(), Bytes: c.bytes.Load(), Reopened: c.reopened.Load(),
		Latency: time.Duration(c.latency.Load()),
	}
	s.Turns = c.rounds.Load() + s.Pictures
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.chain.Camera != nil {
		s.Camera, s.Format = c.chain.Camera.Name(), c.chain.Camera.Format()
	}
	if c.chain.Encoder != nil {
		s.Encoder = c.chain.Encoder.Name()
	}
	s.Way, s.Missing, s.HDMI = c.chain.Way, c.chain.Missing, c.chain.HDMI
	s.Device = c.past.Plus(CountsOf(c.chain.Camera)).Plus(CountsOf(c.chain.Encoder))
	s.Device.Discarded += c.discarded.Load()
	return s
}

type videoCounters struct {
	pictures, lost, thinned, units, skipped, idrs, bytes, reopened, discarded atomic.Uint64
	rounds                                                                    atomic.Uint64 // of Run
	latency                                                                   atomic.Int64
	sequence                                                                  uint32 // of the last picture; the pipeline's goroutine alone

	mu    sync.Mutex  // held for a moment only
	chain Chain       // that is open
	past  DeviceStats // of the devices before
}

// open notes another chain; what of the one before is the same counts on.
func (c *videoCounters) open(chain Chain) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.chain.Encoder != chain.Encoder {
		c.past = c.past.Plus(CountsOf(c.chain.Encoder))
	}
	if c.chain.Camera != chain.Camera {
		c.past = c.past.Plus(CountsOf(c.chain.Camera))
	}
	c.chain = chain
}

func (c *videoCounters) saw(f *RawFrame, first bool) {
	c.pictures.Add(1)
	if gap := f.Sequence - c.sequence - 1; !first && int32(gap) > 0 {
		c.lost.Add(uint64(gap))
	}
	c.sequence = f.Sequence
}

func (c *videoCounters) coded(u *AccessUnit) {
	c.units.Add(1)
	c.bytes.Add(uint64(len(u.Data)))
	c.latency.Store(int64(u.Coded - u.PTS))
	if u.IDR {
		c.idrs.Add(1)
	}
}
