package config

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"
)

func (c *Config) explainSchedule(now time.Time) []string {
	s := c.Schedule
	if len(s.Events) == 0 && s.Calendar == "" {
		if s.Auto {
			return []string{"warning: schedule.auto is true, and no show is planned: schedule.events and schedule.calendar are empty"}
		}
		return nil
	}
	lines := c.explainShows(now)
	if s.Calendar != "" {
		from := string(s.Calendar)
		if u, err := url.Parse(from); err == nil && u.Host != "" { // its path may be a secret
			from = u.Host
		}
		lines = append(lines, "more shows: the calendar at "+from)
	}
	if s.Auto {
		lines = append(lines, "shows begin and end by themselves; what staff end does not begin again, and what they begin they end")
	} else {
		lines = append(lines, "shows begin when staff press the button")
	}
	if s.Remind > 0 {
		lines = append(lines, fmt.Sprintf("amber asks for a show from %d minutes before it", s.Remind/time.Minute))
	}
	return lines
}

// show is an Event by the clocks of the world.
type show struct{ start, end time.Time }

const showLayout = "Mon 2 Jan 2006 15:04"

// explainShows lists the shows of the file, each with what is likely to be a mistake in it.
func (c *Config) explainShows(now time.Time) (lines []string) {
	var before []show // that are not over
	for _, e := range c.Schedule.Events {
		var s show
		s.start, _ = e.Start.In(c.Venue.Zone()) // Parse has read it before
		s.end, _ = e.End.In(c.Venue.Zone())
		line := "show: " + s.start.Format(showLayout) + " to " + s.end.Format("Mon 15:04 MST")
		if e.Title != "" {
			line += ", " + strconv.Quote(e.Title)
		}
		if !s.end.After(now) {
			lines = append(lines, line+" (it is over)")
			continue
		}
		lines = append(append(lines, line), s.doubts(before)...)
		before = append(before, s)
	}
	if len(before) == 0 && len(lines) > 0 && c.Schedule.Calendar == "" {
		lines = append(lines, "warning: all shows are over: look at their dates")
	}
	return lines
}

// doubts is what an organiser hardly wants of a show and of those before it in the file.
func (s show) doubts(before []show) (lines []string) {
	for _, t := range []time.Time{s.start, s.end} {
		if again := t.Add(time.Hour); again.Format(localLayout) == t.Format(localLayout) {
			lines = append(lines, fmt.Sprintf("warning: %s comes twice, since the clocks go back: the first is meant, which is %s and not %s",
				t.Format(showLayout), t.Format("15:04 MST"), again.Format("15:04 MST")))
		}
	}
	start := s.start.Format(showLayout)
	if slices.ContainsFunc(before, func(b show) bool { return b.start.Equal(s.start) }) {
		return append(lines, "warning: two shows begin "+start+": the box knows only one of them")
	}
	for _, b := range before {
		if b.start.Before(s.end) && s.start.Before(b.end) {
			return append(lines, fmt.Sprintf("warning: the shows of %s and of %s overlap: on air they are one show",
				b.start.Format(showLayout), start))
		}
	}
	return lines
}
