package station

import (
	"context"
	"time"

	"vigie/capture"
	"vigie/device/golive"
	"vigie/device/health"
	"vigie/uplink"
)

// Snapshot is the box at one moment, for the status page and the metrics.
type Snapshot struct {
	At       time.Time // when the loop said so; it speaks each second, or it hangs
	Machine  golive.Machine
	Lights   golive.Lights
	Since    time.Time // of the state
	OnAir    time.Time // when the relay first confirmed this show; zero outside one
	Pressed  time.Time // when the go-live button went down, for the countdown of Machine.Counting
	Warnings []health.Condition
	Found    []health.Condition // those of them that the lookout found
	Noticed  []health.Condition // and those that Notice told of

	Video        *capture.VideoStats // nil where none is configured
	FPS          float64             // pictures a second over the last second
	VideoBitrate float64             // bits a second that the encoder made over the last second
	Audio        *capture.AudioStats // nil without a microphone
	AudioBitrate float64
	SoundTurns   uint64        // of the microphone's goroutine, with one or without; 0: none is configured; 1: none has answered
	Uplink       *uplink.Stats // nil without a show

	Shows   int    // begun since the start
	Markers int    // pressed since the start
	Refused string // why the last press of the go-live button was refused, until something changes

	Reminder string // of the schedule: a show that is due and not on; "" for none

	Backup string // why a backup relay has the show, or would have it; "" where none does

	// Why something is missing; nil where it is not.
	CameraErr, MicrophoneErr, Trouble error
	LightsErr                         error    // lights that fail in use
	Panel                             []error  // buttons and lights that did not work from the start
	Stuck                             []string // buttons that are stuck
}

// Snapshot may be called at any time; it does not wait for the loop.
func (s *Station) Snapshot() Snapshot {
	s.mu.Lock()
	v := s.published
	s.mu.Unlock()
	if s.video != nil {
		stats := s.video.Stats()
		v.Video = &stats
	}
	v.SoundTurns = s.sounded.Load()
	if audio := s.audio.Load(); audio != nil {
		stats := audio.Stats()
		v.Audio = &stats
		v.SoundTurns += stats.Turns
	}
	if u := s.uplink.Load(); u != nil {
		stats := u.Stats()
		v.Uplink = &stats
	}
	return v
}

// publish makes the loop's view the one that Snapshot hands out.
func (s *Station) publish() {
	v := s.view
	v.At = time.Now()
	v.Machine, v.Lights = s.machine, s.machine.Lights()
	v.Warnings = s.settle(v.At, v)
	s.mu.Lock()
	s.published = v
	s.mu.Unlock()
	if s.Changed != nil {
		s.Changed(v.Machine)
	}
}

// Level is how loud the microphone was since the last call; Quiet without one.
func (s *Station) Level() capture.Level {
	if a := s.audio.Load(); a != nil {
		return a.Level()
	}
	return capture.Level{RMS: [capture.Channels]float64{capture.Quiet, capture.Quiet}, Peak: [capture.Channels]float64{capture.Quiet, capture.Quiet}}
}

// Look calls f with what the camera sees next; see capture.Video.Look.
func (s *Station) Look(ctx context.Context, f func(*capture.RawFrame)) error {
	if s.video == nil {
		return capture.ErrNoPicture
	}
	return s.video.Look(ctx, f)
}

// Press does what staff did on the soft panel, in that order.
func (s *Station) Press(events ...golive.Event) {
	for _, e := range events {
		s.post(e)
	}
}

// Remind has amber and the page tell staff of a show that is due; "" takes that back.
func (s *Station) Remind(text string) { s.post(reminded{text}) }

// Notice has the page, the journal and, if it is more than golive.Fine, amber tell of what the rest of the program knows to be
// wrong, in the place of what has the same code; a condition without a text takes that back.
func (s *Station) Notice(c health.Condition) { s.post(noticed{c}) }

// rates turns counters into figures a second.
type rates struct {
	at                           time.Time
	pictures, videoBytes, sounds uint64
}

// measure is called once a second.
func (s *Station) measure() {
	now, old := time.Now(), s.rates
	s.rates = rates{at: now}
	s.view.FPS, s.view.VideoBitrate, s.view.AudioBitrate = 0, 0, 0
	seconds := now.Sub(old.at).Seconds()
	if s.video != nil {
		stats := s.video.Stats()
		s.view.FPS = rate(old.pictures, stats.Pictures, seconds)
		s.view.VideoBitrate = 8 * rate(old.videoBytes, stats.Bytes, seconds)
		s.rates.pictures, s.rates.videoBytes = stats.Pictures, stats.Bytes
	}
	if a := s.audio.Load(); a != nil {
		stats := a.Stats()
		s.view.AudioBitrate = 8 * rate(old.sounds, stats.Bytes, seconds)
		s.rates.sounds = stats.Bytes
	}
}

// rate is 0 where the counter began anew with another microphone.
func rate(before, now uint64, seconds float64) float64 {
	if now < before || seconds <= 0 {
		return 0
	}
	return float64(now-before) / seconds
}
