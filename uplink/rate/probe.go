package rate

import "time"

const (
	// A probe takes so long at its rate, longer where the path jitters, and so many packets at least and at most.
	probeTime    = 30 * time.Millisecond
	probeLongest = 80 * time.Millisecond
	probeLeast   = 8 * padding
	probeMost    = 40 * padding

	probeWait = 2 * time.Second // for its feedback, at most
	probeSoon = time.Second     // between probes, doubled by each that shows nothing,
	probeRare = 4 * time.Second // up to this: a venue's network that is there again is used within it

	calmTime = 500 * time.Millisecond // nothing was wrong for so long: a probe cannot make it worse
	narrow   = 1.1                    // it arrives slower by a tenth than it left: the path does not carry more
)

// Probe asks for a burst: Bytes, with headers, to leave at Rate, media first and padding where there is none.
type Probe struct {
	Rate  int // bits a second
	Bytes int
}

// probing is the probe that is under way, and when the next is due.
type probing struct {
	next     time.Duration
	interval time.Duration
	back     float64 // the target before a silence: what the next probe tries

	wanted Probe
	asked  bool // wanted is to be handed out
	open   bool // its result is not there
	since  time.Duration

	first, last int64 // packets, unwrapped
	octets      int
	begin, end  time.Duration // when they left
	newest      int64         // that arrived
	got         int           // packets that arrived
	line        line          // of arrival over departure
	origin      time.Duration // of the line's arrivals
}

// Probe returns a burst that is wanted, once. Who cannot send padding may ignore it.
func (e *Estimator) Probe() (Probe, bool) {
	p := &e.probing
	if !p.asked {
		return Probe{}, false
	}
	p.asked = false
	return p.wanted, true
}

// soon makes a probe due; one that is under way is of an older path.
func (p *probing) soon(now time.Duration) { p.open, p.next, p.interval = false, now, probeSoon }

// probe asks for a burst where one is due and nothing speaks against it.
func (e *Estimator) probe(now time.Duration) {
	p := &e.probing
	if p.open && now-p.since > probeWait {
		p.open, p.next = false, now+p.interval
	}
	calm := calmTime
	if p.back > 0 {
		calm = lag // the path was good before it was silent
	}
	if p.open || now < p.next || e.target > 0.97*e.ceiling || !e.silence.transportWide ||
		now-e.clean < calm || e.seen.excess > e.limit()/2 || !e.used(now) {
		return
	}
	by := 2.0
	if e.link > 0 {
		by = 1.5
	}
	rate := min(max(by*e.target, p.back), e.ceiling)
	long := min(probeTime+4*e.path.jitter, probeLongest)
	bytes := min(max(int(rate/8*long.Seconds()), probeLeast), probeMost)
	*p = probing{interval: p.interval, wanted: Probe{int(rate), bytes}, asked: true, open: true, since: now}
}

func (p *probing) sent(n int64, s Sent) {
	if !p.open || !s.Probe || p.octets >= p.wanted.Bytes {
		return
	}
	if p.octets == 0 {
		p.first, p.begin = n, s.At
	}
	p.last, p.end = n, s.At
	p.octets += s.Bytes
}

func (p *probing) arrived(n int64, d *departure, at time.Duration) {
	if !p.open || p.octets == 0 || n < p.first || n > p.last {
		return
	}
	if p.got == 0 {
		p.origin = at
	}
	p.got++
	p.newest = n
	p.line.add((d.at - p.begin).Seconds(), (at - p.origin).Seconds())
}

// judge takes the result of a probe that has been sent and reported.
func (p *probing) judge(e *Estimator, now time.Duration) {
	if !p.open || p.octets < p.wanted.Bytes || p.newest < p.last && e.seen.sent < p.end+probeTime {
		return
	}
	p.open = false
	if p.result(e) {
		p.interval, p.next = probeSoon, now+lag
		return
	}
	p.interval = min(2*p.interval, probeRare)
	p.next = now + p.interval
}

// result raises the target to what a probe has shown, and tells whether the path may carry yet more. How much slower it
// arrived than it left is the slope of a line through its packets, which one late packet moves little.
func (p *probing) result(e *Estimator) (more bool) {
	slower := p.line.slope()
	if slower <= 0 || e.seen.excess > e.limit() || e.dropped(p) > e.losses.calm+0.1 {
		return false
	}
	left := float64(8*p.octets) / max(p.end-p.begin, time.Millisecond).Seconds() * float64(p.got-1) / float64(p.got)
	rate := min(left, float64(p.wanted.Rate))
	if slower > narrow {
		e.set(max(e.target, keep*rate/slower), Probed)
		return false
	}
	e.link = 0
	e.set(max(e.target, 0.95*rate), Probed)
	return true
}

// dropped is the share of a probe's packets that were reported as lost: a queue that is full grows no more.
func (e *Estimator) dropped(p *probing) float64 {
	gone, known := 0, 0
	for i := max(p.first, e.history.next-remembered); i <= p.last; i++ {
		switch e.history.ring[i%remembered].fate {
		case missing:
			gone++
			known++
		case arrived:
			known++
		}
	}
	return float64(gone) / float64(max(known, 1))
}
