package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"time"

	"vigie/capture"
	"vigie/capture/alsa"
	"vigie/capture/opus"
	"vigie/device/config"
)

// microphones are those that there are, and whether the one that a show wants is among them. b may be nil.
func microphones(c *config.Config, b *runningBox) []finding {
	all, err := alsa.Find()
	var found []finding
	if err != nil {
		found = append(found, finding{"microphone", "amber", err.Error(), "run doctor as root, or as a member of the group audio"})
	}
	for _, d := range all {
		found = append(found, finding{"microphone", "green", d.String(), ""})
	}
	switch {
	case c.Microphone.Device == "none" || c.Microphone.Device == "test":
		found = append(found, finding{"microphone", "green", "microphone.device is " + c.Microphone.Device, ""})
	case c.Microphone.Device != "auto" && !slices.ContainsFunc(all, func(d alsa.Device) bool {
		return slices.Contains([]string{d.ID, d.Address(), fmt.Sprintf("hw:%d,%d", d.Card, d.Number), fmt.Sprintf("hw:%d", d.Card)}, c.Microphone.Device)
	}):
		found = append(found, finding{"microphone", "amber", "microphone.device " + c.Microphone.Device + " is none of them: shows are silent",
			"plug it in, or write another name, or auto"})
	case len(all) == 0 && b != nil && b.Audio.Microphone != "": // a rehearsal, or one that was plugged out just now
		found = append(found, finding{"microphone", "amber", "no ALSA microphone: vigie has " + b.Audio.Microphone,
			"plug one in, and start vigie again without --demo"})
	case len(all) == 0:
		found = append(found, finding{"microphone", "amber", "no ALSA microphone: shows are silent", "plug one in, and look at arecord -l"})
	}
	return found
}

// listenTime is how long doctor listens to the microphone.
const listenTime = time.Second

// What a level is judged by, in dBFS: on both sides below quiet, before microphone.gain, is silence, as it is in a show. What
// was at full scale is just above loud behind the microphone's limiter.
const (
	quiet = -60.0
	loud  = -0.5
)

const soundPart = "sound level"

// sound listens to the microphone that a show would have, as it would: its capture switch is switched on. One that the
// running box has is not taken from it.
func sound(ctx context.Context, c *config.Config, b *runningBox) []finding {
	switch {
	case c.Microphone.Device == "none", c.Microphone.Device == "test":
		return nil
	case b != nil && !b.open:
		return []finding{{soundPart, "green", "vigie listens: its status page shows the level", ""}}
	case b != nil && b.Audio.Microphone == "":
		return nil // its warnings say why
	case b != nil:
		level := capture.Level{RMS: b.Audio.LevelDB, Peak: b.Audio.PeakDB}
		return []finding{judgeLevel(level, c.Microphone.Gain, "as vigie hears "+b.Audio.Microphone)}
	}
	microphone, err := alsa.Open(alsa.Options{Device: c.Microphone.Device, Channels: c.Microphone.Channels,
		Gain: c.Microphone.Gain, Log: slog.New(slog.DiscardHandler)})
	switch {
	case errors.Is(err, capture.ErrNotFound):
		return nil // microphones has said so
	case errors.Is(err, capture.ErrBusy):
		return []finding{{soundPart, "amber", err.Error(), "where that program is vigie, its status page shows the level"}}
	case err != nil:
		return []finding{{soundPart, "amber", err.Error(), "shows are silent: another cable or port, or another microphone"}}
	}
	return []finding{hear(ctx, microphone, c.Microphone.Gain)}
}

// hear listens to a microphone whose sound is raised by gain, in dB, and closes it.
func hear(ctx context.Context, m capture.Microphone, gain float64) finding {
	encoder, err := opus.New(opus.Options{Bitrate: config.Default().Audio.Bitrate}) // it is not used: nothing is sent
	if err != nil {
		return finding{soundPart, "red", errors.Join(err, m.Close()).Error(), "this program is broken: install it again"}
	}
	audio := capture.NewAudio(m, encoder)
	ctx, cancel := context.WithTimeout(ctx, listenTime)
	defer cancel()
	err = audio.Run(ctx)
	switch {
	case err != nil:
		return finding{soundPart, "amber", err.Error(), "shows are silent: another cable or port, or another microphone"}
	case audio.Heard().Frames == 0:
		return finding{soundPart, "amber", "nothing at all comes from " + m.Name(), "plug it in again, or take another one"}
	}
	return judgeLevel(audio.Level(), gain, "in a second of "+m.Name())
}

func judgeLevel(l capture.Level, gain float64, of string) finding {
	whole := func(dB float64) int { return int(math.Round(dB)) }
	f := finding{soundPart, "green", fmt.Sprintf("RMS %d and %d dBFS, peak %d and %d dBFS, %s",
		whole(l.RMS[0]), whole(l.RMS[1]), whole(l.Peak[0]), whole(l.Peak[1]), of), ""}
	switch {
	case slices.Max(l.RMS[:]) < quiet+gain:
		f.Light = "amber"
		f.Advice = "silence: speak into it and ask doctor again; else its switch, battery, cable, its channel on the desk"
	case slices.Max(l.Peak[:]) >= loud:
		f.Light, f.Advice = "amber", "as loud as can be: turn it down where it comes from, then microphone.gain"
	}
	return f
}
