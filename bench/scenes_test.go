//go:build bench

package bench

import (
	"testing"
	"time"

	"vigie/capture"
)

// The senders whose figures the table has.
const ours, stock = "ours", "stock"

// There, a packet takes no time but in the queue; back, this much.
const wayBack = 20 * time.Millisecond

// TestSceneStep narrows the link from 2.5 to 1 Mb/s: it is used, and nothing collapses.
func TestSceneStep(t *testing.T) {
	s := newScene(t, wayBack)
	s.link("2.5mbit")
	p := s.publish(sceneWeb, 1_500_000)
	f := s.step(ours, p.began)
	t.Logf("%+v", p.Stats())
	before, mean := f.used(2.5e6, 10*time.Second, stepAt), f.used(1e6, stepAt+time.Second, stepEnd)
	worst := f.least(1e6, stepAt, stepEnd)
	if before < 0.8 || mean < 0.8 || worst < 0.5 {
		t.Errorf("used %.2f before, %.2f after, %.2f in the worst 3 s; want 0.8, 0.8 and no collapse", before, mean, worst)
	}
	s.heldLaw1(p, sceneMedia)
}

func TestSceneStepStock(t *testing.T) {
	inTable(t)
	s := newScene(t, wayBack)
	s.link("2.5mbit")
	s.step(stock, s.publishStock(sceneWeb, 1_500_000))
}

const stepAt, stepEnd = 20 * time.Second, 45 * time.Second

// step plays the scene for a sender, and returns what its packets did.
func (s *scene) step(whose string, began time.Duration) *flow {
	const link = 1e6
	passTo(began + stepAt)
	s.link("1mbit")
	passTo(began + stepEnd)
	f := s.flow(sceneMedia, began)
	under := after(stepAt, stepEnd, func(at time.Duration) bool { return f.sent.rate(at, at+5*slot) <= link })
	// The queue is looked at when it has had time to grow.
	empty := after(stepAt+5*slot, stepEnd-slot, func(at time.Duration) bool {
		return f.carried.queue(at) < 100*time.Millisecond
	})
	s.t.Logf("of 2.5 Mb/s %.0f %% used before", 100*f.used(2.5e6, 10*time.Second, stepAt))
	took(s.t, whose, "step-under", under)
	figure(s.t, whose, "step-used", f.used(link, stepAt+time.Second, stepEnd))
	figure(s.t, whose, "step-collapses", float64(f.collapses(link, stepAt, stepEnd)))
	took(s.t, whose, "step-queue", 5*slot+empty)
	return f
}

// TestSceneStartAbove goes live at 2 Mb/s on a link of 1.2.
func TestSceneStartAbove(t *testing.T) {
	s := newScene(t, wayBack)
	s.link("1.2mbit")
	viewer := s.watch()
	p := s.publish(sceneWeb, 2_000_000)
	f := s.startAbove(ours, viewer, p.began)
	t.Logf("%+v", p.Stats())
	reached := f.reached(1.2e6, 0.8, 0, aboveEnd)
	mean, worst := f.used(1.2e6, 5*time.Second, aboveEnd), f.least(1.2e6, 5*time.Second, aboveEnd)
	if reached > 5*time.Second || mean < 0.8 || worst < 0.5 {
		t.Errorf("80 %% are used after %v, then %.2f, %.2f in the worst 3 s", reached, mean, worst)
	}
	s.heldLaw1(p, sceneMedia)
}

func TestSceneStartAboveStock(t *testing.T) {
	inTable(t)
	s := newScene(t, wayBack)
	s.link("1.2mbit")
	viewer := s.watch()
	s.startAbove(stock, viewer, s.publishStock(sceneWeb, 2_000_000))
}

const aboveEnd = 20 * time.Second

func (s *scene) startAbove(whose string, viewer *Process, began time.Duration) *flow {
	const link = 1.2e6
	passTo(began + aboveEnd)
	f := s.flow(sceneMedia, began)
	first := never
	if shown := pictures(viewer); len(shown) > 0 {
		first = shown[0] - began
	}
	took(s.t, whose, "above-picture", first)
	took(s.t, whose, "above-reached", f.reached(link, 0.8, 0, aboveEnd))
	figure(s.t, whose, "above-collapses", float64(f.collapses(link, 2*time.Second, aboveEnd)))
	return f
}

// TestSceneRFC8867 has the link vary as RFC 8867, 5.1 does: each rise is used within 10 s.
func TestSceneRFC8867(t *testing.T) {
	s := newScene(t, wayBack)
	s.link("1mbit")
	p := s.publish(sceneWeb, 1_000_000)
	const rise, fall, again, end = 40 * time.Second, 60 * time.Second, 80 * time.Second, 100 * time.Second
	passTo(p.began + rise)
	s.link("2.5mbit")
	passTo(p.began + fall)
	s.link("0.6mbit")
	passTo(p.began + again)
	s.link("1mbit")
	passTo(p.began + end)
	f := s.flow(sceneMedia, p.began)
	t.Logf("%+v", p.Stats())
	up, back := f.reached(2.5e6, 0.9, rise, fall), f.reached(1e6, 0.9, again, end)
	low := f.used(0.6e6, fall+5*time.Second, again)
	took(t, ours, "rfc8867-up", up)
	took(t, ours, "rfc8867-back", back)
	if up > 10*time.Second || back > 10*time.Second || low < 0.8 {
		t.Errorf("90 %% of the new link after %v and %v, want 10 s; of 0.6 Mb/s %.2f used", up, back, low)
	}
	s.heldLaw1(p, sceneMedia)
}

// passTo waits until a media time.
func passTo(at time.Duration) { pause(at - capture.Now()) }
