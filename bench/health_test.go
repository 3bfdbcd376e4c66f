//go:build bench

package bench

import (
	"strings"
	"testing"
	"time"

	"vigie/capture"
)

// vivid's controls: what it shows, and what it writes over it.
const (
	testPattern, colourBars, blackPattern = "test_pattern", 0, 5
	osdText, withText, withoutText        = "osd_text_mode", 0, 2
)

// amberIs fails the test where amber is not so, or where the conditions are others.
func (b *box) amberIs(pattern string, codes ...string) {
	b.t.Helper()
	r := b.status()
	var got []string
	for _, w := range r.Warnings {
		got = append(got, w.Code)
	}
	if r.Lights.Amber != pattern || strings.Join(got, " ") != strings.Join(codes, " ") {
		b.t.Errorf("amber is %s with %v, want %s with %v", r.Lights.Amber, got, pattern, codes)
	}
}

// notices blocks until the journal has a condition's code so many times: its coming is one, its going is another.
func (b *box) notices(code string, times int) {
	b.t.Helper()
	WaitFor(b.t, patience, "the journal to tell of "+code, func() bool { return strings.Count(b.Log(), " code="+code) >= times })
}

// TestBoxHealth has the box see a cap on its camera, a camera that hangs, a microphone that is too loud and one that is
// switched off: before a show amber knows nothing of what is as it is to be then, in one it comes and goes.
func TestBoxHealth(t *testing.T) {
	hush := PlayTone(t, Tone{})
	b := startBox(t, camera180)
	amber := GPIO(t, "GPIO23").Watch()
	b.await("standby", startup)
	b.awaitStatus("green", func(r report) bool { return r.Lights.Green == "steady" })
	b.amberIs("off")

	SetCamera(t, testPattern, blackPattern)
	SetCamera(t, osdText, withoutText)
	b.awaitStatus("a black picture", func(r report) bool { return r.warns("picture_black") })
	b.amberIs("off", "picture_black")
	pressed := capture.Now()
	begin := b.press()
	lit := amber.Wait(High, patience)
	t.Logf("amber %v after the press", (lit.At - pressed).Round(100*time.Millisecond))
	b.await("live", patience)
	b.amberIs("slow", "picture_black")
	SetCamera(t, testPattern, colourBars)
	b.notices("picture_black", 2)
	b.amberIs("off")

	hush() // and the picture stands still
	hush = PlayTone(t, Tone{Level: -0.01})
	b.notices("picture_frozen", 1)
	b.notices("clipping", 1)
	b.amberIs("slow", "picture_frozen", "clipping")
	SetCamera(t, osdText, withText)
	b.notices("picture_frozen", 2)

	hush()
	b.notices("silence", 1)
	b.amberIs("slow", "silence", "clipping") // a counter is all that moved in the picture meanwhile
	b.hold()
	b.await("standby", patience)
	b.notices("silence", 2)
	b.amberIs("slow", "clipping", "silence") // the worst is first: without a show it may be quiet
	law1(t, b, begin, capture.Now())
	for code, times := range map[string]int{"picture_black": 2, "picture_frozen": 2, "clipping": 1, "silence": 2} {
		if n := strings.Count(b.Log(), " code="+code); n != times {
			t.Errorf("the journal has %d lines of %s, want %d", n, code, times)
		}
	}
	for _, code := range []string{"clipping", "silence"} {
		if b.metric(`vigie_condition{code="`+code+`"}`) != 1 {
			t.Errorf("vigie_condition does not know of %s", code)
		}
	}
}
