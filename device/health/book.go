package health

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"vigie/device/golive"
)

// Book knows since when each condition holds, and tells the journal: one line when a condition comes, one when it goes.
// One that becomes a warning, as silence does when a show begins, comes then, and goes when it is none any more. What is
// as it is to be before a show (BeforeShow) comes and goes every night: that is for debugging. It is used by one
// goroutine.
type Book struct {
	log  *slog.Logger
	held []Condition
}

// NewBook returns a book without a condition in it.
func NewBook(log *slog.Logger) *Book { return &Book{log: log} }

// Settle takes the conditions that hold at this moment and returns them with Since filled in where it was zero. It
// owns all from now on; what it returns is not written to any more.
func (b *Book) Settle(now time.Time, all []Condition) []Condition {
	for i, c := range all {
		at := find(b.held, c.Code)
		switch {
		case c.Since.IsZero() && at >= 0:
			all[i].Since = b.held[at].Since
		case c.Since.IsZero():
			all[i].Since = now
		}
		if at < 0 || loudness(c) > loudness(b.held[at]) {
			b.log.Log(context.Background(), loudness(c), c.Text+" "+c.Advice, "code", c.Code)
		}
	}
	for _, c := range b.held {
		if at := find(all, c.Code); at < 0 || loudness(all[at]) < loudness(c) {
			b.log.Log(context.Background(), min(loudness(c), slog.LevelInfo), "over: "+c.Text,
				"code", c.Code, "lasted", now.Sub(c.Since).Round(time.Second).String())
		}
	}
	b.held = all
	return all
}

// loudness is the level of the journal's line when a condition comes.
func loudness(c Condition) slog.Level {
	if c.Severity == golive.Fine && ofStage(c.Code) {
		return slog.LevelDebug
	}
	return slog.LevelWarn
}

func find(all []Condition, code string) int {
	return slices.IndexFunc(all, func(c Condition) bool { return c.Code == code })
}
