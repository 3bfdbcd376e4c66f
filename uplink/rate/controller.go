package rate

import "time"

const (
	fineLoss = 0.02 // below it, rise: radio loses that much on a good day
	badLoss  = 0.10 // above it, fall: the path is too narrow

	rise     = 0.08                   // of the rate, a second
	queueing = 150 * time.Millisecond // of round trip over the shortest of late: a queue grows, do not feed it
	memory   = 30 * time.Second       // the shortest round trip is that of this time, and of as much before it
	patience = 5 * time.Second        // the longest interval or round trip that counts
)

// Options bounds a Controller. All are bits a second.
type Options struct {
	Min   int // of the picture: under it a picture is not worth sending
	Start int // of the picture
	Max   int // of picture and sound together
	Audio int // what the sound takes of Max
}

// Feedback is what one receiver report says.
type Feedback struct {
	Loss     float64       // share of the packets since the last report that were lost, 0 to 1
	RTT      time.Duration // 0 where it is not known
	Interval time.Duration // since the last report, or since media began
	Sent     int           // bits a second of the picture that left in that interval
}

// Controller holds one rate. It is used by one goroutine.
//
// It rises gently while nearly nothing is lost and no queue grows, holds still in between, and falls by half of the
// loss above a tenth: a tenth lost costs 5 %, all of it half. After a fall it waits for a report about what was sent
// since, a round trip and an interval later, before it falls again: one congestion is paid for once.
//
// It does not rise while less than half of the rate is sent: that a slate arrives does not say that a picture would.
// Whether a queue grows is judged by the shortest round trip of the last 30 to 60 s: a path may change for a longer one.
type Controller struct {
	min, max float64
	rate     float64
	settle   time.Duration // until a report tells of what was sent after the last fall

	recent, before time.Duration // shortest round trips, of the memory that runs and of the one before; 0 for none
	age            time.Duration // of the memory that runs
}

// New returns a controller at its starting rate. A ceiling below the floor is raised to it.
func New(o Options) *Controller {
	c := &Controller{min: float64(o.Min), max: float64(max(o.Max-o.Audio, o.Min))}
	c.rate = c.clamp(float64(o.Start))
	return c
}

// Target returns the rate for the picture in bits a second.
func (c *Controller) Target() int { return int(c.rate) }

// Report takes one receiver report and returns the new Target. Values that no receiver can mean count as their
// nearest bound.
func (c *Controller) Report(f Feedback) int {
	interval := min(max(f.Interval, 0), patience)
	queue := f.RTT - c.shortest(f)
	c.settle = max(c.settle-interval, 0)
	switch loss := min(f.Loss, 1); {
	case loss > badLoss && c.settle == 0:
		c.rate *= 1 - loss/2
		c.settle = interval + min(max(f.RTT, 0), patience)
	case loss < fineLoss && c.settle == 0 && queue < queueing && float64(f.Sent) >= c.rate/2:
		c.rate *= 1 + rise*interval.Seconds()
	}
	c.rate = c.clamp(c.rate)
	return c.Target()
}

// shortest takes a report's round trip and returns the shortest of late; 0 where none is known.
func (c *Controller) shortest(f Feedback) time.Duration {
	c.age += min(max(f.Interval, 0), memory)
	if c.age >= memory {
		c.recent, c.before, c.age = 0, c.recent, 0
	}
	if f.RTT > 0 && (c.recent == 0 || f.RTT < c.recent) {
		c.recent = f.RTT
	}
	if c.recent == 0 || c.before == 0 {
		return max(c.recent, c.before)
	}
	return min(c.recent, c.before)
}

func (c *Controller) clamp(r float64) float64 { return min(max(r, c.min), c.max) }
