package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"vigie/device/config"
)

type checkCommand struct{ file }

// Run prints all that is wrong with the configuration, or what will happen in plain words.
func (c checkCommand) Run(ctx context.Context, out io.Writer) error {
	cfg, err := config.Load(c.Config, os.Environ())
	if err != nil {
		return usageError{err}
	}
	now := wallClock()
	lines := config.Explain(cfg, now)
	for _, doubt := range doubtsOfCalendar(ctx, cfg, now) {
		lines = append(lines, "warning: schedule.calendar: "+doubt)
	}
	if s, ok := findService(); ok {
		for _, u := range s.misses(cfg) {
			lines = append(lines, "warning: "+u.text+": "+u.cure)
		}
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	return nil
}
