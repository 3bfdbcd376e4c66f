package station

import (
	"context"
	"errors"
	"fmt"
	"time"

	"vigie/capture"
	"vigie/device/golive"
	"vigie/device/health"
	"vigie/device/panel"
)

// How often a microphone that is missing is looked for, and the relay in Standby.
const (
	lookAgain  = 500 * time.Millisecond
	probeEvery = time.Minute
	probeAgain = 10 * time.Second // after a bad answer: staff wait for green
)

// What the children report besides golive's own events.
type (
	cameraFound  struct{ simulated bool }
	cameraLost   struct{ err error }
	audioStarted struct {
		audio     *capture.Audio
		simulated bool
	}
	audioStopped struct{ err error }
	relayProbed  struct {
		relay golive.Relay
		err   error
	}
	gesture struct {
		button  string // "go_live" or "cut"
		gesture panel.Gesture
	}
	buttonFailed struct{ err error }
	reminded     struct{ text string }
	noticed      struct{ condition health.Condition }
)

// start begins the children; ctx ends them.
func (s *Station) start(ctx context.Context) {
	for name, line := range map[string]*panel.Line{"go_live": s.GoLive, "cut": s.Cut} {
		if line != nil {
			s.wait.Go(func() { s.watchButton(ctx, name, *line) })
		}
	}
	if s.video != nil {
		s.wait.Go(func() { s.video.Run(ctx) })
	}
	if s.OpenMicrophone != nil {
		s.wait.Go(func() { s.keepAudio(ctx) })
	}
	if s.Probe != nil {
		s.wait.Go(func() { s.probe(ctx) })
	}
	if s.Health != nil {
		s.wait.Go(func() { s.lookout(ctx) })
	}
}

// keepAudio runs a microphone until ctx is done, and looks for it again when it was lost.
func (s *Station) keepAudio(ctx context.Context) {
	for ctx.Err() == nil {
		s.sounded.Add(1)
		if err := s.runAudio(ctx); ctx.Err() == nil {
			s.post(audioStopped{err})
			pause(ctx, lookAgain)
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// runAudio opens the microphone and its encoder, and runs them until one fails.
func (s *Station) runAudio(ctx context.Context) error {
	microphone, simulated, err := s.OpenMicrophone()
	if err != nil {
		return err
	}
	encoder, err := s.NewAudioEncoder()
	if err != nil {
		return errors.Join(err, microphone.Close())
	}
	audio := capture.NewAudio(microphone, encoder)
	s.post(audioStarted{audio, simulated})
	return audio.Run(ctx)
}

func (s *Station) watchButton(ctx context.Context, name string, line panel.Line) {
	if err := panel.Watch(ctx, line, func(g panel.Gesture) { s.post(gesture{name, g}) }); err != nil {
		s.post(buttonFailed{fmt.Errorf("the %s button does not work: %w", name, err)})
	}
}

// probe asks the relay while no show is on.
func (s *Station) probe(ctx context.Context) {
	for ctx.Err() == nil {
		next := probeEvery
		if !s.onAir.Load() {
			relay, err := s.Probe(ctx)
			if s.post(relayProbed{relay, err}); relay != golive.RelayReady {
				next = probeAgain
			}
		}
		pause(ctx, next)
	}
}

var errEnded = errors.New("it ended without saying why")
