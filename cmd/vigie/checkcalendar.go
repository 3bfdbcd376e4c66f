package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"vigie/device/config"
	"vigie/device/schedule"
)

// doubtsOfCalendar reads the calendar's file as the box will, and lists what is likely to be a mistake. An address is not
// asked: check needs no network.
func doubtsOfCalendar(ctx context.Context, c *config.Config, now time.Time) (doubts []string) {
	path := string(c.Schedule.Calendar)
	if !filepath.IsAbs(path) {
		return nil
	}
	var calendar *schedule.Calendar
	data, err := schedule.Fetch(ctx, nil, path)
	if err == nil {
		if calendar, err = schedule.ParseCalendar(data, c.Venue.Zone()); err != nil {
			err = fmt.Errorf("%s: %w", path, err)
		}
	}
	switch {
	case errors.Is(err, fs.ErrPermission):
		return []string{err.Error() + "; use sudo to see what the box makes of it"}
	case err != nil:
		return []string{"the box knows no shows of it but those that it read before: " + err.Error()}
	}
	if left := leftOut(calendar, now); left != "" {
		doubts = append(doubts, left)
	}
	if len(calendar.Shows(now, now.Add(planAhead), 1)) == 0 {
		doubts = append(doubts, path+" has no show in the year to come")
	}
	return doubts
}
