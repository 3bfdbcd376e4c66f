package ratetest

import "time"

// Scene is one bottleneck and who sends through it.
type Scene struct {
	Seed      uint64
	Long      time.Duration
	Link      Link
	Boxes     []Box
	Downloads []Download
}

// actor does something at times that it knows.
type actor interface {
	next() time.Duration
	step(now time.Duration)
}

var (
	_ actor = (*box)(nil)
	_ actor = (*download)(nil)
)

// Run plays a scene and returns the traces of its boxes, then those of its downloads.
func Run(s Scene) (traces []*Trace) {
	link := &bottleneck{Link: s.Link}
	var actors []actor
	for i, b := range s.Boxes {
		t := newTrace(link, s.Long)
		traces = append(traces, t)
		actors = append(actors, newBox(b, link, t, s.Seed+uint64(i)<<32))
	}
	for _, d := range s.Downloads {
		t := newTrace(link, s.Long)
		traces = append(traces, t)
		actors = append(actors, newDownload(d, link, t))
	}
	for {
		first := actors[0]
		for _, a := range actors[1:] {
			if a.next() < first.next() {
				first = a
			}
		}
		now := first.next()
		if now >= s.Long {
			return traces
		}
		first.step(now)
	}
}
