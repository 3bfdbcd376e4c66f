package config

import (
	"fmt"
	"net/url"
	"strconv"
	"time"
)

func (c *Config) explainSchedule() []string {
	s := c.Schedule
	if len(s.Events) == 0 && s.Calendar == "" {
		return nil
	}
	var lines []string
	for _, e := range s.Events {
		start, _ := e.Start.In(c.Venue.Zone()) // Parse has read it before
		end, _ := e.End.In(c.Venue.Zone())
		line := "show: " + start.Format("Mon 2 Jan 2006 15:04") + " to " + end.Format("Mon 15:04 MST")
		if e.Title != "" {
			line += ", " + strconv.Quote(e.Title)
		}
		lines = append(lines, line)
	}
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
