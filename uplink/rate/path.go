package rate

import (
	"math"
	"time"
)

const (
	together = 5 * time.Millisecond   // packets sent within it are one group: bursts of the pacer and of radio links
	standing = 120 * time.Millisecond // a queue that all groups of this time saw stands; jitter is seen by some only
	trend    = 300 * time.Millisecond // the slope is that of the groups of this time
	groups   = 128                    // remembered; 60 of 5 ms make the trend

	// The shortest delay is that of 10 to 20 s: a path may become a longer one, and two clocks drift apart by 1 ms in
	// that time. Each decrease empties the queue, so that the shortest is seen again.
	shortLife = 10 * time.Second

	// A delay that is off by this much is another clock's.
	otherClock = 10 * time.Second
)

// group is what a group of packets met.
type group struct {
	sent  time.Duration // when its last packet left
	delay time.Duration // the shortest of its packets, from our clock to the receiver's
	self  time.Duration // the queue of our own making in that delay
}

// path measures the queue on the way: how much longer than the shortest delay of late packets take now. The delays are
// differences of two clocks, so that only differences of them mean anything.
type path struct {
	ring  [groups]group
	count int64 // groups begun
	began time.Duration

	recent, before time.Duration // shortest delays, of the memory that runs and of the one before
	renewed        time.Duration // when the memory that runs began, on our clock
	twice          bool          // before is valid

	level  time.Duration // the delay from which excess counts: see accept
	last   time.Duration // excess when nobody was to blame
	jitter time.Duration // how much it moves on average
}

// arrived enters a packet.
func (p *path) arrived(sent, at, self time.Duration) {
	delay := at - sent
	if p.count > 0 && (delay-p.recent > otherClock || p.recent-delay > otherClock) {
		*p = path{}
	}
	p.shorten(sent, delay)
	last := &p.ring[(p.count+groups-1)%groups]
	if p.count > 0 && sent >= p.began && sent-p.began < together {
		last.sent = sent
		if delay < last.delay {
			last.delay, last.self = delay, self
		}
		return
	}
	if p.count > 0 && sent < last.sent {
		return // it comes late, and tells of another path's delay
	}
	p.ring[p.count%groups] = group{sent: sent, delay: delay, self: self}
	p.began = sent
	p.count++
}

// shorten keeps the shortest delay.
func (p *path) shorten(sent, delay time.Duration) {
	switch {
	case p.count == 0:
		p.recent, p.level, p.renewed = delay, delay, sent
	case sent-p.renewed > shortLife:
		p.before, p.twice = p.recent, true
		p.recent, p.renewed = delay, sent
		p.level = max(p.level, p.shortest())
	}
	p.recent = min(p.recent, delay)
	p.level = min(p.level, delay)
}

func (p *path) shortest() time.Duration {
	if p.twice {
		return min(p.recent, p.before)
	}
	return p.recent
}

// seen is what the newest groups say.
type seen struct {
	queue  time.Duration // that stands: over the shortest delay
	excess time.Duration // of it over the level, and over what our own bursts explain
	slope  float64       // of the delay, seconds a second: 0.5 means that half more is sent than the link takes
	sent   time.Duration // when the newest of these packets left
}

// look measures. It is called after the arrivals of a feedback were entered, and there were some.
func (p *path) look() seen {
	newest := p.ring[(p.count-1)%groups]
	s := seen{queue: math.MaxInt64, excess: math.MaxInt64, sent: newest.sent}
	var l line
	for i := p.count - 1; i >= max(0, p.count-groups); i-- {
		g := p.ring[i%groups]
		age := newest.sent - g.sent
		if age > trend {
			break
		}
		l.add(-age.Seconds(), (g.delay - p.recent).Seconds())
		if age <= standing {
			s.queue = min(s.queue, g.delay-p.shortest())
			s.excess = min(s.excess, g.delay-p.level-g.self)
		}
	}
	s.slope = l.slope()
	return s
}

// steady learns how much the standing excess moves from one feedback to the next when nobody is to blame.
func (p *path) steady(excess time.Duration) {
	moved := excess - p.last
	p.last = excess
	p.jitter += (max(moved, -moved) - p.jitter) / 32
}

// accept takes the queue that stands as given: it does not fall though less was sent, so that it is another's, or the
// path has become a longer one. From now on only what comes on top counts. As soon as the delay falls the level falls
// with it.
func (p *path) accept(s seen) { p.level = max(p.level, p.shortest()+s.queue) }

// line is a least-squares line through points.
type line struct{ n, x, y, xx, xy float64 }

func (l *line) add(x, y float64) {
	l.n++
	l.x += x
	l.y += y
	l.xx += x * x
	l.xy += x * y
}

// slope is 0 where there are too few points, or all at one x.
func (l *line) slope() float64 {
	d := l.n*l.xx - l.x*l.x
	if l.n < 4 || d <= 1e-12 {
		return 0
	}
	return (l.n*l.xy - l.x*l.y) / d
}
