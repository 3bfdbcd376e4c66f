package health

import (
	"slices"
	"time"

	"vigie/capture"
)

const (
	// silent is the mean square, of full scale 1, below which a microphone is switched off: -60 dBFS of what it gives by
	// itself. The noise of one that is off goes up with microphone.gain as the voices of others do.
	silent = 1e-6
	// clips is the share of a second's PCM frames that are at full scale from which on it is heard as distortion.
	clips = 1e-3
	// clipAgain is how far apart two such seconds may be to count as one distortion: music has loud bars and others.
	clipAgain = 3 * time.Second
)

// soundJudge finds a microphone that is switched off or too loud.
type soundJudge struct {
	silence, clipping detector
	last              capture.Heard
	has               bool
	clipped           time.Time
}

func newSoundJudge() *soundJudge {
	return &soundJudge{
		silence: newDetector(Silence, 10*time.Second, 2*time.Second, "The microphone is silent.",
			"Switch the microphone on, turn its level up, and look at its cable and its battery."),
		clipping: newDetector(Clipping, 10*time.Second, 30*time.Second, "The sound is too loud and is distorted.",
			"Turn the level down at the microphone or the mixing desk, or make microphone.gain smaller."),
	}
}

func (j *soundJudge) judge(now time.Time, s Seen) []Condition {
	if s.Sound == nil || s.Sound.Frames < j.last.Frames { // gone, or another microphone
		*j = soundJudge{silence: j.silence, clipping: j.clipping}
		j.silence.judge(now, resting)
		j.clipping.judge(now, resting)
	}
	if s.Sound == nil {
		return nil
	}
	before, had := j.last, j.has
	j.last, j.has = *s.Sound, true
	frames := float64(s.Sound.Frames - before.Frames)
	if !had || frames == 0 {
		return conditions(&j.silence, &j.clipping)
	}
	power := s.Sound.Power(before)
	if float64(s.Sound.Loud-before.Loud) > clips*frames {
		j.clipped = now
	}
	j.silence.judge(now, judged(slices.Max(power[:]) < silent*s.Sound.Gain*s.Sound.Gain))
	j.clipping.judge(now, judged(!j.clipped.IsZero() && now.Sub(j.clipped) < clipAgain))
	return conditions(&j.silence, &j.clipping)
}
