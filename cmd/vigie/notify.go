package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/coreos/go-systemd/v22/daemon"

	"vigie/device/golive"
	"vigie/device/station"
	"vigie/device/watchdog"
)

const (
	// A picture is late by seconds while ways are tried and encoders opened again, and rpicam-vid may take ten to begin.
	deviceTakes = 30 * time.Second
	// A device that has not answered since the program began hung in the program before too, or does from the boot on: the
	// box works without it, and beginning anew is tried from time to time.
	firstTakes  = 5 * time.Minute
	soundTakes  = 10 * time.Second
	uplinkTakes = 10 * time.Second
	endTakes    = 15 * time.Second // of a show: a DELETE and the closing of the connection are given up long before
	// stopTakes is how long a box may take that was told to end; systemd's TimeoutStopSec is shorter.
	stopTakes = 6 * time.Second
	// lookEach is how often the station's loop turns, and the box is looked at.
	lookEach  = time.Second
	loopTakes = 3 * lookEach / 2
	// longestStatus is in bytes: systemd ignores a message that is longer than PIPE_BUF, 4096, or has a NUL in it.
	longestStatus = 2000
)

// notify tells systemd that the box is ready, how it is, and at a turn of the station's loop, each second, that it works,
// until ending is done. A box that does not work is not reported to, and systemd starts the program again (WatchdogSec).
// What it was told last is no later than the last turn, so a loop that hangs has WatchdogSec from then. The box is judged until
// ending is done; after that, stopTakes is what it has. What Snapshot waits for, the locks of the pipelines and the
// uplink, is looked at by calling it.
func (b *box) notify(ending, end context.Context, tell func(state string)) {
	var dog watchdog.Watchdog
	told, hangs := "", false
	for turned := true; ending.Err() == nil; turned = b.awaitTurn(ending) {
		s := b.station.Snapshot()
		if status := statusLine(s); status != told && !s.At.IsZero() { // the loop runs
			if told == "" {
				tell(daemon.SdNotifyReady) // alone: nothing in the status can lose it
			}
			told = status
			tell("STATUS=" + status)
		}
		err := dog.Look(time.Now(), parts(s)...)
		if !turned {
			err = errors.Join(fmt.Errorf("the station's loop has stood still for %v", loopTakes), err)
		}
		if err != nil && !hangs {
			b.log.Error("the box hangs; systemd starts it again if that lasts", "err", err)
		}
		if hangs = err != nil; !hangs {
			tell(daemon.SdNotifyWatchdog)
		}
	}
	notifyEnd(ending, end, tell)
}

// awaitTurn returns true at the next turn of the station's loop, and false where there is none for loopTakes or ctx is done.
// Events make the loop turn in crowds: what turns within half a second is not looked at.
func (b *box) awaitTurn(ctx context.Context) bool {
	pause := func(d time.Duration, turn <-chan struct{}) bool {
		select {
		case <-turn:
			return true
		case <-time.After(d):
		case <-ctx.Done():
		}
		return false
	}
	pause(lookEach/2, nil)
	return pause(loopTakes, b.next())
}

// notifyEnd keeps systemd patient while the box ends.
func notifyEnd(ending, end context.Context, tell func(state string)) {
	if context.Cause(ending) != errAnew {
		tell(daemon.SdNotifyStopping + "\nSTATUS=Ending.")
	}
	for until := time.Now().Add(stopTakes); time.Now().Before(until); {
		tell(daemon.SdNotifyWatchdog)
		select {
		case <-end.Done():
			return
		case <-time.After(lookEach):
		}
	}
}

// tellSystemd sends one message to the socket that systemd named; there is none where something else started us.
func tellSystemd(state string) {
	// A message that cannot be sent is one that systemd misses: it acts on that.
	_, _ = daemon.SdNotify(false, state)
}

// parts is what the box believes to be at work beside the station's loop, for the watchdog. The goroutines of the picture and
// of the microphone turn also while a device is missing, which is no reason to begin anew; one that stands still hangs in a
// driver or an encoder, and would never find its device again. An uplink without a session is no part: what it waits for may
// never come.
func parts(s station.Snapshot) []watchdog.Part {
	var all []watchdog.Part
	device := func(name string, turns uint64) {
		patience := deviceTakes
		if turns == 1 {
			patience = firstTakes
		}
		all = append(all, watchdog.Part{Name: name, Count: turns, Patience: patience})
	}
	if s.Video != nil {
		device("the picture", s.Video.Turns)
	}
	if s.SoundTurns > 0 {
		device("the microphone", s.SoundTurns)
	}
	if s.Audio != nil && s.Audio.Busy {
		all = append(all, watchdog.Part{Name: "the sound", Count: s.Audio.Packets, Patience: soundTakes})
	}
	if s.Uplink != nil && s.Uplink.Connected {
		all = append(all, watchdog.Part{Name: "the uplink", Count: s.Uplink.Turns, Patience: uplinkTakes})
	}
	if s.Machine.State == golive.Ending {
		all = append(all, watchdog.Part{Name: "the end of the show", Count: uint64(s.Since.UnixNano()), Patience: endTakes})
	}
	return all
}

// statusLine is what `systemctl status vigie` shows. Warnings may quote what somebody else wrote.
func statusLine(s station.Snapshot) string {
	line := map[golive.State]string{
		golive.Starting: "Starting: devices are looked for", golive.Standby: "Ready: nothing leaves the box",
		golive.Cueing: "Going live: viewers do not have it yet", golive.Live: "Live: the relay confirms that it arrives",
		golive.Recovering: "Reconnecting: viewers do not have it", golive.Ending: "The show ends",
		golive.Fault: "Fault: the box cannot work",
	}[s.Machine.State]
	if s.Machine.Cut {
		line += "; cut"
	}
	for _, w := range s.Warnings {
		line += ". " + strings.TrimRight(w.Text, ".")
	}
	line = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, line)
	if len(line) > longestStatus {
		return strings.ToValidUTF8(line[:longestStatus], "") + "…"
	}
	return line + "."
}
