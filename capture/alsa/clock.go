package alsa

import "time"

// What the sample clock is tuned to. An error of the observations moves the phase with a time constant of about 6 s,
// and the rate with one of about 8 s, critically enough damped not to ring: a bandwidth of 0.02 Hz. Jitter of ±2 ms
// then moves a PTS by microseconds, and a crystal that is 200 ppm off is learnt in seconds.
const (
	phaseGain = 0.178  // of the error, a second
	rateGain  = 0.0158 // of the error, a second, a second
	// maxError is the largest error that one observation may speak for, so that phase is moved by at most 356 ppm.
	maxError = 2e6 // ns
	// maxRateOff is how far a crystal may be off before the observations must be wrong.
	maxRateOff = 0.01
	// missing is how late sound must be for some of it to have been lost before us: a card that stopped for a while
	// without an overrun.
	missing = 100 * time.Millisecond
)

// sampleClock tells the media time of PCM frames: a delay-locked loop of second order (F. Adriaensen, "Using a DLL to
// filter time", Linux Audio Conference 2005) that counts frames and is steered, slowly, by observations of when they
// were sampled. Between jumps its PTS therefore advance with the card's crystal, without the observations' jitter, and
// never run away from CLOCK_MONOTONIC.
type sampleClock struct {
	nominal float64 // ns a PCM frame, from the card's rate
	frame   float64 // ns a PCM frame, as learnt; kept over jumps: the crystal stays the same
	epoch   time.Duration
	elapsed float64 // ns from epoch to the next frame
	running bool
}

func newSampleClock(rate int) sampleClock {
	ns := 1e9 / float64(rate)
	return sampleClock{nominal: ns, frame: ns}
}

// lose says that sound was lost: the next observation is taken as it is, and is where PTS jumps to.
func (c *sampleClock) lose() { c.running = false }

// stamp returns the PTS of the next n frames, the first of which was seen to be sampled at observed, and whether PTS
// jumped there because sound is missing before it.
func (c *sampleClock) stamp(observed time.Duration, n int) (pts time.Duration, jumped bool) {
	if c.running && observed-c.now() > missing {
		c.running, jumped = false, true
	}
	if !c.running {
		c.epoch, c.elapsed, c.running = max(observed, c.now()), 0, true
	}
	pts = c.now()
	late := min(max(float64(observed-pts), -maxError), maxError)
	seconds := float64(n) * c.nominal / 1e9
	c.elapsed += float64(n)*c.frame + phaseGain*seconds*late
	c.frame += rateGain * seconds * late / 1e9 * c.nominal
	c.frame = min(max(c.frame, c.nominal*(1-maxRateOff)), c.nominal*(1+maxRateOff))
	return pts, jumped
}

// now is the media time of the next frame by the clock's own count.
func (c *sampleClock) now() time.Duration { return c.epoch + time.Duration(c.elapsed) }
