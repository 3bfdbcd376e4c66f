package config

import (
	"fmt"
	"time"
)

// longestShow is no limit for people; a longer one has a wrong date.
const longestShow = 7 * 24 * time.Hour

func (r *reader) schedule(c *Config) {
	const events = "schedule.events"
	if !r.good(events, "venue.timezone") {
		return
	}
	for i, e := range c.Schedule.Events {
		element := fmt.Sprintf("%s[%d]", events, i)
		start, begins := r.moment(element, "start", e.Start, c.Venue.Zone())
		end, ends := r.moment(element, "end", e.End, c.Venue.Zone())
		if begins && ends {
			r.lasts(join(element, "end"), start, end)
		}
	}
}

// moment is one of the two of an event. It is false for one that does not exist.
func (r *reader) moment(element, name string, l LocalTime, zone *time.Location) (time.Time, bool) {
	if l == "" {
		r.blame(element, "has no %s", name)
		return time.Time{}, false
	}
	t, err := l.In(zone)
	if err != nil {
		r.blame(join(element, name), "%v", err)
	}
	return t, err == nil
}

// lasts holds that a show ends after it began, and in the week.
func (r *reader) lasts(path string, start, end time.Time) {
	const layout = "2006-01-02T15:04"
	switch {
	case end.Sub(start) > longestShow:
		r.blame(path, "is more than 7 days after the start: look at the dates")
	case end.After(start):
	case end.Before(start) && end.Format(time.DateOnly) == start.Format(time.DateOnly):
		r.blame(path, "%s is before the start, %s: a show past midnight ends on the next date, %s",
			end.Format(layout), start.Format("15:04"), end.AddDate(0, 0, 1).Format(layout))
	default:
		r.blame(path, "%s is not after the start, %s", end.Format(layout), start.Format(layout))
	}
}
