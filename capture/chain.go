package capture

// Chain is what is open of a way: a camera, whatever decodes or converts its pictures, and their encoder.
type Chain struct {
	Camera    Camera      // with its decoder and converter, which are Cameras too; nil: there is none
	Encoder   Encoder     // nil: none
	Format    VideoFormat // of the pictures that the encoder takes
	Every     int         // each n-th picture is coded; 0 counts as 1
	Simulated bool        // the test picture
	HDMI      bool        // the camera is a bridge: what is plugged into it may rightly show a still
	Way       string      // drawn, for people
	Missing   []string    // what this way cannot do, for people
}

// Demand is what a chain is opened for, beside the configuration.
type Demand struct {
	// Shrink is how many times the size is to go down a step: below the encoder's floor the size goes, not the bits.
	Shrink int
	// Failures counts the times in a row that the encoder failed before it had coded a second of pictures.
	Failures int
	// Last is why the chain before ended; nil for the first one.
	Last error
}

// DeviceStats is what a step of the way has done with pictures, counted since it was opened.
type DeviceStats struct {
	Copied    uint64 // raw pictures that we copied into a device's memory
	Shared    uint64 // raw pictures that the camera, or the step before, had put there
	Converted uint64 // pictures that the CPU decoded or converted
	Dropped   uint64 // pictures that came late, or that a device had no room for
	Damaged   uint64 // pictures thrown away: flagged by the driver, not to be decoded, without parameter sets
	Discarded uint64 // coded pictures thrown away: from before an IDR that was asked for, a cut, or another camera or sink
	Unmatched uint64 // coded pictures without the stamp of any picture, which took the oldest's
}

// Plus is both together.
func (a DeviceStats) Plus(b DeviceStats) DeviceStats {
	return DeviceStats{a.Copied + b.Copied, a.Shared + b.Shared, a.Converted + b.Converted, a.Dropped + b.Dropped,
		a.Damaged + b.Damaged, a.Discarded + b.Discarded, a.Unmatched + b.Unmatched}
}

// CountsOf is what a camera or an encoder has counted, nothing where it does not count. A camera that wraps another one
// counts for both. It may be called by any goroutine.
func CountsOf(step any) DeviceStats {
	if c, ok := step.(interface{ Stats() DeviceStats }); ok {
		return c.Stats()
	}
	return DeviceStats{}
}

// floored encoders are not to be driven below a bitrate, in bits a second, at their full size and rate.
type floored interface{ Floor() int }

// closeCamera closes the camera alone; the encoder whose memory it may fill stays.
func (c *Chain) closeCamera() {
	if c.Camera != nil {
		_ = c.Camera.Close() // it has nothing to say that its Stream did not
		c.Camera = nil
	}
}

func (c *Chain) close() {
	c.closeCamera()
	if c.Encoder != nil {
		_ = c.Encoder.Close()
		c.Encoder = nil
	}
}
