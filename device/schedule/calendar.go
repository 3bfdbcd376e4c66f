package schedule

import (
	"fmt"
	"strings"
	"time"
)

// Calendar is the entries of an iCalendar file (RFC 5545) that have a time: entries for whole days and cancelled ones are
// left out, and so is all that is not an event.
type Calendar struct {
	entries []entry
	moved   map[string]bool // uid and time of single occurrences that another entry stands for, or that are cancelled
}

// What one calendar may ask for.
const (
	mostEntries  = 10_000
	mostRules    = 500
	longestTitle = 200 // characters
	longestShow  = 7 * 24 * time.Hour
)

// ParseCalendar reads an iCalendar file. Times without a zone are in zone, that of the venue. Errors name the line.
func ParseCalendar(data []byte, zone *time.Location) (*Calendar, error) {
	lines, err := contentLines(data)
	if err != nil {
		return nil, err
	}
	c := &Calendar{moved: map[string]bool{}}
	var inside []string // the components that are open, outermost first
	var event []property
	rules := 0
	for _, p := range lines {
		switch {
		case len(inside) == 0 && (p.name != "BEGIN" || !strings.EqualFold(p.value, "VCALENDAR")):
			return nil, p.errorf("expected BEGIN:VCALENDAR: is this an iCalendar file?")
		case p.name == "BEGIN" && len(inside) == 8:
			return nil, p.errorf("too many components in one another")
		case p.name == "BEGIN":
			inside = append(inside, strings.ToUpper(p.value))
			if len(inside) == 2 {
				event = nil
			}
		case p.name == "END":
			last := len(inside) - 1
			if !strings.EqualFold(inside[last], p.value) {
				return nil, p.errorf("END:%s, where %s is open", p.value, inside[last])
			}
			if last == 1 && inside[1] == "VEVENT" {
				if err := c.add(p, event, zone, &rules); err != nil {
					return nil, err
				}
			}
			inside = inside[:last]
		case len(inside) == 2:
			event = append(event, p)
		}
	}
	if len(lines) == 0 || len(inside) > 0 {
		return nil, fmt.Errorf("it ends too early: END:VCALENDAR is missing")
	}
	return c, nil
}

// add takes an event that is complete; end is its last line.
func (c *Calendar) add(end property, event []property, zone *time.Location, rules *int) error {
	e, err := newEntry(event, zone)
	if err != nil {
		return err
	}
	if e.rule != nil {
		*rules++
	}
	switch {
	case e.start.IsZero():
		if len(event) == 0 || !e.wholeDay {
			return end.errorf("the event that ends here has no DTSTART")
		}
		return nil
	case len(c.entries) == mostEntries || *rules > mostRules:
		return end.errorf("more than %d events, or more than %d that repeat", mostEntries, mostRules)
	}
	if !e.instead.IsZero() {
		c.moved[e.name(e.instead)] = true
	}
	if !e.cancelled {
		c.entries = append(c.entries, e)
	}
	return nil
}
