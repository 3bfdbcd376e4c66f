package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

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
		tell := func(s string) {
			mu.Lock()
			defer mu.Unlock()
			said = append(said, s)
		}
		// heard is what is said meanwhile.
		heard := func(while time.Duration) string {
			mu.Lock()
			said = nil
			mu.Unlock()
			time.Sleep(while)
			mu.Lock()
			defer mu.Unlock()
			return strings.Join(said, "\n")
		}
		b := &box{log: slog.New(slog.DiscardHandler)}
		b.station = station.New(station.Options{Log: b.log, Changed: func(golive.Machine) { turn <- struct{}{}; <-turn }})
		ending, cancel := context.WithCancel(t.Context())
		ended, end := context.WithCancel(t.Context())
		var wait sync.WaitGroup
		wait.Go(func() { _ = b.station.Run(ending) })
		time.Sleep(lookEach / 4) // the loop turns, the box is looked at, and we listen at different moments
		wait.Go(func() { b.notify(ending, ended, tell) })
		if s := heard(5 * lookEach / 2); !strings.HasPrefix(s, "READY=1\nSTATUS=") || strings.Count(s, "READY=1") != 1 ||
			strings.Count(s, "WATCHDOG=1") != 3 {
			t.Errorf("at first it said %q", s)
		}
		turn <- struct{}{}
		time.Sleep(lookEach) // it may have turned since the last look
		if s := heard(10 * lookEach); s != "" {
			t.Errorf("the loop hangs, and it said %q", s)
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

// TestParts holds what the watchdog looks at: what the box believes to be at work, and nothing that is missing.
func TestParts(t *testing.T) {
	pictures := func(n uint64) *capture.VideoStats { return &capture.VideoStats{Pictures: n} }
	camera := func(d golive.Device) golive.Machine { return golive.Machine{State: golive.Live, Camera: d} }
	for _, c := range []struct {
		name  string
		s     station.Snapshot
		stuck string // what hangs if nothing but the loop goes on for a minute
	}{
		{"nothing is fitted", station.Snapshot{}, ""},
		{"a camera", station.Snapshot{Video: pictures(9), Machine: camera(golive.Present)}, "the picture"},
		{"the test picture", station.Snapshot{Video: pictures(9), Machine: camera(golive.Simulated)}, "the picture"},
		{"a camera that is gone", station.Snapshot{Video: pictures(9), Machine: camera(golive.Absent)}, ""},
		{"a camera that is looked for", station.Snapshot{Video: pictures(0), Machine: camera(golive.Unknown)}, ""},
		{"a card that delivers nothing", station.Snapshot{Audio: &capture.AudioStats{Packets: 9}}, ""},
		{"an Opus encoder", station.Snapshot{Audio: &capture.AudioStats{Packets: 9, Busy: true}}, "the sound"},
		{"a session", station.Snapshot{Uplink: &uplink.Stats{Connected: true, Turns: 9}}, "the uplink"},
		{"no session", station.Snapshot{Uplink: &uplink.Stats{Turns: 9}}, ""},
		{"a show that ends", station.Snapshot{Machine: golive.Machine{State: golive.Ending}}, "the end of the show"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var dog watchdog.Watchdog
			now := time.Unix(1000, 0)
			var err error
			for range 60 {
				now = now.Add(time.Second)
				c.s.At = now
				err = dog.Look(now, parts(c.s)...)
			}
			if (err == nil) != (c.stuck == "") || err != nil && !strings.HasPrefix(err.Error(), c.stuck+" has stood still") {
				t.Errorf("after a minute: %v; want %q", err, c.stuck)
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
	for state := golive.Starting; state <= golive.Fault; state++ {
		if line := statusLine(station.Snapshot{Machine: golive.Machine{State: state}}); line == "." {
			t.Errorf("%v has no words", state)
		}
	}
}

// TestReplaced holds that a newer program takes over when no show is on, and not before.
func TestReplaced(t *testing.T) {
	guard := make(chan os.Signal, 1) // without it a signal that comes too early would end the test
	signal.Notify(guard, syscall.SIGUSR1)
	defer signal.Stop(guard)
	b, _ := startTestBox(t, testConfig())
	awaitBox(t, b, golive.Standby)
	b.station.Press(golive.GoLiveTapped{})
	awaitBox(t, b, golive.Live)

	ctx, end := context.WithCancelCause(t.Context())
	defer end(nil)
	log := &safeBuffer{}
	var wait sync.WaitGroup
	wait.Go(func() { awaitReplaced(ctx, b, end, slog.New(slog.NewTextHandler(log, nil))) })
	for !strings.Contains(log.String(), "a newer vigie was installed") {
		if err := syscall.Kill(os.Getpid(), syscall.SIGUSR1); err != nil {
			t.Fatal(err)
		}
		<-guard
	}
	if ctx.Err() != nil || b.snapshot().State != golive.Live {
		t.Fatalf("the show is on, and the box is to end: %v", context.Cause(ctx))
	}
	b.station.Press(golive.EndAsked{})
	wait.Wait()
	if !errors.Is(context.Cause(ctx), errReplaced) {
		t.Errorf("it ended with %v", context.Cause(ctx))
	}
}
