package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"vigie/capture"
	"vigie/device/golive"
	"vigie/device/health"
	"vigie/device/station"
	"vigie/device/watchdog"
	"vigie/uplink"
)

// TestNotify plays systemd's part: the box says that it is ready, feeds the watchdog while the station's loop turns, no
// longer when it hangs, again when it goes on, and says that it ends.
func TestNotify(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		turn := make(chan struct{}, 1) // who has it lets the loop turn, or not
		var said []string
		var turned, fed time.Time // last
		tell := func(s string) {
			mu.Lock()
			defer mu.Unlock()
			if said = append(said, s); s == "WATCHDOG=1" {
				fed = time.Now()
			}
		}
		// heard is what is said meanwhile.
		heard := func(while time.Duration) string {
			mu.Lock()
			said = nil
			mu.Unlock()
			time.Sleep(while)
			mu.Lock()
			defer mu.Unlock()
			return strings.Join(said, "|")
		}
		b := &box{log: slog.New(slog.DiscardHandler), rested: make(chan struct{})}
		b.station = station.New(station.Options{Log: b.log, Changed: func(golive.Machine) {
			turn <- struct{}{}
			turned = time.Now()
			b.turn()
			<-turn
		}})
		ending, cancel := context.WithCancel(t.Context())
		ended, end := context.WithCancel(t.Context())
		var wait sync.WaitGroup
		wait.Go(func() { _ = b.station.Run(ending) })
		time.Sleep(lookEach / 4) // the loop turns and we listen at different moments
		wait.Go(func() { b.notify(ending, ended, tell) })
		if s := heard(5 * lookEach / 2); !strings.HasPrefix(s, "READY=1|STATUS=") || strings.Count(s, "READY=1") != 1 ||
			strings.Count(s, "WATCHDOG=1") != 3 {
			t.Errorf("at first it said %q", s)
		}
		for _, s := range []string{"The show begins at 20:00.", ""} { // events: the loop turns more often than it is looked at
			b.station.Remind(s)
			time.Sleep(lookEach / 10)
		}
		turn <- struct{}{}
		if s := heard(10 * lookEach); strings.Contains(s, "WATCHDOG=1") || fed.After(turned) {
			t.Errorf("the loop hangs, and %v after its last turn it said %q", fed.Sub(turned), s)
		}
		<-turn
		time.Sleep(lookEach)
		if s := heard(3 * lookEach); strings.Count(s, "WATCHDOG=1") != 3 {
			t.Errorf("the loop goes on, and it said %q", s)
		}
		cancel()
		if s := heard(time.Minute); !strings.HasPrefix(s, "STOPPING=1") || strings.Count(s, "WATCHDOG=1") != 6 {
			t.Errorf("at the end, which takes too long, it said %q", s)
		}
		end()
		wait.Wait()
	})
}

// TestParts holds what the watchdog looks at: what the box believes to be at work, and whether the goroutines of its devices
// turn, with a device or without.
func TestParts(t *testing.T) {
	video := func(turns uint64) *capture.VideoStats { return &capture.VideoStats{Turns: turns} }
	camera := func(d golive.Device) golive.Machine { return golive.Machine{State: golive.Live, Camera: d} }
	never := time.Duration(0)
	for _, c := range []struct {
		name  string
		s     station.Snapshot
		turns bool          // of the picture and the microphone
		stuck string        // what hangs if nothing else goes on
		after time.Duration // at the earliest
	}{
		{"nothing is fitted", station.Snapshot{}, false, "", never},
		{"a camera that hangs", station.Snapshot{Video: video(9), Machine: camera(golive.Present)}, false, "the picture", deviceTakes},
		{"a camera that hangs and is given up", station.Snapshot{Video: video(9), Machine: camera(golive.Absent)}, false, "the picture", deviceTakes},
		{"a camera that hangs from the start", station.Snapshot{Video: video(1), Machine: camera(golive.Absent)}, false, "the picture", firstTakes},
		{"a camera that is gone", station.Snapshot{Video: video(9), Machine: camera(golive.Absent)}, true, "", never},
		{"a microphone that hangs", station.Snapshot{SoundTurns: 9}, false, "the microphone", deviceTakes},
		{"a microphone that hangs from the start", station.Snapshot{SoundTurns: 1}, false, "the microphone", firstTakes},
		{"a card that delivers nothing", station.Snapshot{Audio: &capture.AudioStats{Packets: 9}, SoundTurns: 9}, true, "", never},
		{"an Opus encoder", station.Snapshot{Audio: &capture.AudioStats{Packets: 9, Busy: true}}, false, "the sound", soundTakes},
		{"a session", station.Snapshot{Uplink: &uplink.Stats{Connected: true, Turns: 9}}, false, "the uplink", uplinkTakes},
		{"no session", station.Snapshot{Uplink: &uplink.Stats{Turns: 9}}, false, "", never},
		{"a show that ends", station.Snapshot{Machine: golive.Machine{State: golive.Ending}}, false, "the end of the show", endTakes},
	} {
		t.Run(c.name, func(t *testing.T) {
			var dog watchdog.Watchdog
			begin := time.Unix(1000, 0)
			for now := begin; now.Before(begin.Add(2 * firstTakes)); now = now.Add(time.Second) {
				if c.turns {
					if c.s.SoundTurns++; c.s.Video != nil {
						c.s.Video.Turns++
					}
				}
				err := dog.Look(now, parts(c.s)...)
				if hangs := c.stuck != "" && now.Sub(begin) > c.after; (err != nil) != hangs ||
					hangs && !strings.HasPrefix(err.Error(), c.stuck+" has stood still") {
					t.Fatalf("after %v: %v; want %q after %v", now.Sub(begin), err, c.stuck, c.after)
				}
			}
		})
	}
}

// TestStatusLine holds that systemctl shows the state and what is wrong, in one line.
func TestStatusLine(t *testing.T) {
	s := station.Snapshot{
		Machine:  golive.Machine{State: golive.Live, Cut: true},
		Warnings: []health.Condition{{Code: "a", Text: "No microphone: none.\nLook."}, {Code: "b", Text: "Hot."}},
	}
	if got := statusLine(s); got != "Live: the relay confirms that it arrives; cut. No microphone: none. Look. Hot." {
		t.Errorf("got %q", got)
	}
	for _, cut := range []string{"", "x"} { // at different bytes of a character
		s.Warnings[0].Text = cut + strings.Repeat("é\x00", 5000)
		if got := statusLine(s); len(got) > 2100 || !utf8.ValidString(got) || strings.ContainsAny(got, "\uFFFD\x00") || !strings.HasSuffix(got, "…") {
			t.Errorf("of a long text %d bytes are said: %q", len(got), got)
		}
	}
	for state := golive.Starting; state <= golive.Fault; state++ {
		if line := statusLine(station.Snapshot{Machine: golive.Machine{State: state}}); line == "." {
			t.Errorf("%v has no words", state)
		}
	}
}

// TestReplaced holds that a newer program takes over when no show is on, and not before.
func TestReplaced(t *testing.T) {
	b, _ := startTestBox(t, testConfig())
	awaitBox(t, b, golive.Standby)
	b.station.Press(golive.GoLiveTapped{In: golive.AnyState})
	awaitBox(t, b, golive.Live)

	ctx, end := context.WithCancelCause(t.Context())
	defer end(nil)
	log := &safeBuffer{}
	var wait sync.WaitGroup
	replaced := make(chan struct{})
	close(replaced)
	wait.Go(func() { awaitReplaced(ctx, b, replaced, end, slog.New(slog.NewTextHandler(log, nil))) })
	await(t, "a word of it", func() bool { return strings.Contains(log.String(), "a newer vigie was installed") })
	if ctx.Err() != nil || b.snapshot().State != golive.Live {
		t.Fatalf("the show is on, and the box is to end: %v", context.Cause(ctx))
	}
	b.station.Press(golive.EndAsked{})
	wait.Wait()
	if !errors.Is(context.Cause(ctx), errRestart) {
		t.Errorf("it ended with %v", context.Cause(ctx))
	}
}
