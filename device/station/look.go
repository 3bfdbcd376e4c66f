package station

import (
	"context"
	"errors"
	"slices"
	"time"

	"vigie/capture"
	"vigie/device/health"
)

// How often what may be wrong is looked at, and how long a picture is waited for: one that comes later stands still.
const (
	lookEvery   = time.Second
	lookPatient = time.Second
)

// conditionsFound is what the lookout found, each time that it is something else.
type conditionsFound struct{ found []health.Condition }

// lookout judges picture, sound, rate and board once a second until ctx is done.
func (s *Station) lookout(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	monitor := health.New(*s.Health)
	defer monitor.Close() // a disk that hangs is left behind with this goroutine
	var eye eye
	for last := []health.Condition(nil); ctx.Err() == nil; {
		found := monitor.Judge(time.Now(), s.see(ctx, &eye))
		if s.Beside != nil {
			found = append(found, s.Beside()...)
		}
		if !slices.Equal(found, last) {
			s.post(conditionsFound{found})
			last = found
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

// see is what there is to judge. What the stage does under a cut is nobody's business.
func (s *Station) see(ctx context.Context, eye *eye) (seen health.Seen) {
	s.mu.Lock()
	m := s.published.Machine
	s.mu.Unlock()
	if u := s.uplink.Load(); u != nil {
		if stats := u.Stats(); stats.Confirmed {
			seen.Target = stats.Target
		}
	}
	if m.Cut && onAir(m.State) {
		return seen
	}
	if a := s.audio.Load(); a != nil {
		heard := a.Heard()
		seen.Sound = &heard
	}
	if s.video != nil {
		seen.HDMI = s.video.Stats().HDMI
	}
	seen.Picture = eye.look(ctx, s.Look)
	return seen
}

// eye keeps the last picture.
type eye struct {
	picture health.Picture
	sees    bool
}

// look returns the next picture, the last one where no other comes in time, and nil where there is none to look into.
func (e *eye) look(ctx context.Context, look func(context.Context, func(*capture.RawFrame)) error) *health.Picture {
	ctx, cancel := context.WithTimeout(ctx, lookPatient)
	defer cancel()
	err := look(ctx, func(f *capture.RawFrame) { e.sees = e.picture.Take(f) })
	if errors.Is(err, capture.ErrNoPicture) {
		e.sees = false
	}
	if !e.sees {
		return nil
	}
	return &e.picture
}
