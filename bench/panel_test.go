//go:build bench

package bench

import (
	"strings"
	"testing"
	"time"

	"vigie/capture"
)

const tallyLine = "GPIO16"

// TestBoxPanel is a box with one RGB light and the room's on-air lamp, which is lit when its line is low. It sees the lamp
// test when the box begins, then a show: in Standby red is dark but for the test, and never steady; the on-air lamp is lit
// once, all of the show long, and only then; under a cut both are dark.
func TestBoxPanel(t *testing.T) {
	PlayTone(t, Tone{})
	green, blue, tally := GPIO(t, "GPIO22").Watch(), GPIO(t, "GPIO23").Watch(), GPIO(t, tallyLine).Watch()
	b := startBox(t, camera180+"panel: {buttons: {cut: {line: "+cutLine+"}}, lights: {rgb: true}, "+
		"tally_out: {line: "+tallyLine+", active: low}}\n")
	b.await("standby", startup)
	pause(2 * time.Second) // the lamp test is over
	lampTestSeen(t, b.red, green, blue)
	if n := len(onAir(tally, capture.Now())); n != 1 || tally.Changes()[len(tally.Changes())-1].Level != High {
		// before the box began the line was low, as this lamp is lit: nobody drove it
		t.Errorf("in Standby the on-air lamp's line went %v", tally.Changes())
	}
	quiet := capture.Now()

	pressed := b.press()
	b.await("live", patience)
	pause(1500 * time.Millisecond)
	if tally.Wait(Low, time.Second); green.Wait(Low, time.Second).Level != Low {
		t.Error("green is lit on air")
	}
	cut := capture.Now()
	law1(t, b, pressed, cut)
	b.cut.Bounce(Low)
	b.cut.Bounce(High)
	b.red.Wait(Low, 5*time.Second)
	tally.Wait(High, time.Second)
	blue.Wait(High, time.Second)
	b.hold()
	b.await("standby", patience)
	pause(500 * time.Millisecond)
	for _, l := range intervals(b.red.Changes(), capture.Now()) {
		if l.from < pressed && l.to-l.from > blink+slack {
			t.Errorf("red was lit for %v before the show, from %v to %v", l.to-l.from, l.from, l.to)
		}
	}
	shows := 0
	for _, l := range onAir(tally, capture.Now()) {
		if l.to > quiet {
			shows++
			if l.from < pressed {
				t.Errorf("the on-air lamp was lit %v before the press", pressed-l.from)
			}
		}
	}
	if shows != 1 {
		t.Errorf("the on-air lamp was lit %d times in one show: %v", shows, onAir(tally, capture.Now()))
	}
	b.Stop()
	if !strings.Contains(b.Log(), "now ending") {
		t.Error("the show did not end")
	}
}

// onAir is when a lamp that is lit at low was lit.
func onAir(tally *Watcher, end time.Duration) []lit {
	changes := tally.Changes()
	for i := range changes {
		changes[i].Level = !changes[i].Level
	}
	return intervals(changes, end)
}

// lampTestSeen holds that each colour was lit in its turn for 300 ms, and then all of them at once.
func lampTestSeen(t *testing.T, red, green, blue *Watcher) {
	t.Helper()
	now := capture.Now()
	r, g, b := intervals(red.Changes(), now), intervals(green.Changes(), now), intervals(blue.Changes(), now)
	if len(r) != 2 || len(b) < 1 || len(g) < 2 {
		t.Fatalf("no lamp test: red %v, green %v, blue %v", r, g, b)
	}
	for _, l := range r {
		if d := l.to - l.from; d < 250*time.Millisecond || d > 380*time.Millisecond {
			t.Errorf("in the lamp test red was lit for %v", d)
		}
	}
	near := func(a, b time.Duration) bool { return a-b < slack && b-a < slack }
	if all := b[0].from + 300*time.Millisecond; !near(all, r[1].from) || !near(b[0].from, r[0].to+300*time.Millisecond) {
		t.Errorf("the lamps were not lit in turn: red %v, green %v, blue %v", r, g, b)
	}
}

// TestBoxLamps has `vigie doctor` light the lamps of a board on which no vigie runs: they blink in turn, the on-air lamp
// is lit, and all are dark after it. Where one runs doctor says who has the lines.
func TestBoxLamps(t *testing.T) {
	config := "panel: {tally_out: " + tallyLine + "}\n"
	red, green := GPIO(t, redLine).Watch(), GPIO(t, "GPIO22").Watch()
	amber, tally := GPIO(t, "GPIO23").Watch(), GPIO(t, tallyLine).Watch()
	out, err := Vigie(t, config, "doctor", "--lamps").CombinedOutput()
	if err != nil || strings.Count(string(out), "blinks now") != 3 ||
		!strings.Contains(string(out), "on-air lamp    "+tallyLine+" is lit now") {
		t.Errorf("%v: %s", err, out)
	}
	for name, w := range map[string]*Watcher{"red": red, "green": green, "amber": amber} {
		flashes := intervals(w.Changes(), capture.Now())
		if len(flashes) < 6 || len(flashes) > 9 { // 2 s at 4 Hz
			t.Errorf("%s was lit %d times", name, len(flashes))
		}
		for _, l := range flashes {
			if l.to-l.from > blink {
				t.Errorf("%s was lit for %v", name, l.to-l.from)
			}
		}
	}
	if n := len(intervals(tally.Changes(), capture.Now())); n != 1 {
		t.Errorf("the on-air lamp was lit %d times", n)
	}
	b := startBox(t, camera180)
	b.await("standby", startup)
	out, err = Vigie(t, config, "doctor", "--lamps").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "gpioinfo") {
		t.Errorf("beside a vigie that runs: %v: %s", err, out)
	}
	b.Stop()
}
