package health

import (
	"math"
	"testing"

	"vigie/capture"
)

// hall is a microphone that is played to a second at a time.
type hall struct {
	heard  capture.Heard
	gain   float64 // dB, behind which the level is
	offset float64 // of the card, on both sides
}

// second adds a second of a level, in dBFS, of which so many values are at full scale, to the left side alone.
func (h *hall) second(db float64, loud uint64) Seen {
	h.heard.Frames += capture.SampleRate
	for side := range h.heard.Squares {
		h.heard.Sums[side] += capture.SampleRate * h.offset
		h.heard.Squares[side] += capture.SampleRate * h.offset * h.offset
	}
	h.heard.Squares[0] += capture.SampleRate * math.Pow(10, db/10)
	h.heard.Gain = math.Pow(10, h.gain/20)
	h.heard.Loud += loud
	now := h.heard
	return Seen{Sound: &now}
}

func TestSilenceAndClipping(t *testing.T) {
	for _, c := range []struct {
		name string
		seen func(h *hall, second int) Seen
		want string
	}{
		{"a hall", func(h *hall, _ int) Seen { return h.second(-50, 0) }, ""},
		{"switched off and on", func(h *hall, i int) Seen {
			if i >= 5 && i < 30 {
				return h.second(-75, 0)
			}
			return h.second(-30, 0)
		}, " 15:silence 32:"},
		{"a pause between two songs", func(h *hall, i int) Seen {
			if i >= 5 && i < 14 {
				return h.second(-90, 0)
			}
			return h.second(-30, 0)
		}, ""},
		{"gone", func(h *hall, i int) Seen {
			if i > 20 {
				return Seen{}
			}
			return h.second(-90, 0)
		}, " 11:silence 21:"},
		{"another one, after the first was lost", func(h *hall, i int) Seen {
			if i == 20 {
				*h = hall{}
			}
			return h.second(-90, 0)
		}, " 11:silence 20: 31:silence"},
		{"stalled for a moment: nothing is known of it", func(h *hall, i int) Seen {
			if i >= 20 && i < 25 {
				now := h.heard
				return Seen{Sound: &now}
			}
			return h.second(-90, 0)
		}, " 11:silence"},
		{"too loud, in every third bar", func(h *hall, i int) Seen {
			if i < 20 && i%3 == 1 {
				return h.second(-6, 500)
			}
			return h.second(-6, 0)
		}, " 11:clipping"},
		{"one bang", func(h *hall, i int) Seen {
			if i == 7 {
				return h.second(-6, 5000)
			}
			return h.second(-6, 10)
		}, ""},
		{"switched off, its noise raised", func(h *hall, _ int) Seen { h.gain = 20; return h.second(-50, 0) }, " 11:silence"},
		{"quiet, and raised", func(h *hall, _ int) Seen { h.gain = 20; return h.second(-38, 0) }, ""},
		{"a hall, turned down", func(h *hall, _ int) Seen { h.gain = -20; return h.second(-65, 0) }, ""},
		{"switched off, on a card with an offset", func(h *hall, _ int) Seen { h.offset = -0.02; return h.second(-75, 0) }, " 11:silence"},
		{"a hall, on a card with an offset", func(h *hall, _ int) Seen { h.offset = 0.02; return h.second(-55, 0) }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var h hall
			if got := changes(watch(newSoundJudge(), 40, func(i int) Seen { return c.seen(&h, i) })); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestRateFloor(t *testing.T) {
	const floor = 300_000
	target := func(bps ...int) func(int) Seen {
		return func(i int) Seen { return Seen{Target: bps[min(i/15, len(bps)-1)]} }
	}
	for name, c := range map[string]struct {
		floor int
		seen  func(int) Seen
		want  string
	}{
		"ample":              {floor, target(2_000_000), ""},
		"at its floor":       {floor, target(2_000_000, floor, floor, 400_000), " 25:rate_floor 55:"},
		"the show ends":      {floor, target(floor, 0), " 10:rate_floor 15:"},
		"it cannot move":     {0, target(floor), ""},
		"without a show":     {floor, target(0), ""},
		"above it by little": {floor, target(floor + 1), ""},
	} {
		if got := changes(watch(newRateJudge(c.floor), 60, c.seen)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
