package schedule

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Calendar is the entries of an iCalendar file (RFC 5545) that have a time: entries for whole days and cancelled ones are
// left out, and so is all that is not an event.
type Calendar struct {
	entries []entry
	skipped []skipped
	moved   map[string]bool // uid and time of single occurrences that another entry stands for, or that are cancelled
}

// skipped is an event that cannot be understood. All others of its UID are left out with it: it may have been the one that
// moves or cancels them.
type skipped struct {
	err  error     // with its line
	once time.Time // when it begins, where it begins once; else zero
}

// LeftOut says which events are left out since they cannot be understood, but for those that are over.
func (c *Calendar) LeftOut(now time.Time) (all []error) {
	for _, s := range c.skipped {
		if s.once.IsZero() || now.Sub(s.once) < longestShow {
			all = append(all, s.err)
		}
	}
	return all
}

// What one calendar may ask for.
const (
	mostEntries = 10_000
	mostRules   = 500
	longestText = 200 // characters, of a title and of what an error quotes
	longestUID  = 255 // bytes
	longestShow = 7 * 24 * time.Hour
)

// ParseCalendar reads an iCalendar file. Times without a zone are in zone, that of the venue. Errors name the line.
func ParseCalendar(data []byte, zone *time.Location) (*Calendar, error) {
	r := reader{zone: zone, calendar: Calendar{moved: map[string]bool{}}, skipped: map[string]bool{}}
	lines := contentLines(data)
	for _, p := range lines {
		if err := r.take(p); err != nil {
			return nil, err
		}
	}
	if len(lines) == 0 || len(r.inside) > 0 {
		return nil, errors.New("it ends too early: END:VCALENDAR is missing")
	}
	c := &r.calendar
	c.entries = slices.DeleteFunc(c.entries, func(e entry) bool { return r.skipped[e.uid] })
	return c, nil
}

// reader goes through the lines of a calendar.
type reader struct {
	zone     *time.Location
	calendar Calendar
	inside   []string   // the components that are open, outermost first
	event    []property // of the one inside of the calendar
	rules    int
	skipped  map[string]bool // UIDs of events that cannot be understood
}

// take takes the next line. A line that cannot be understood matters where it is read: outside of the calendar, or of an event.
func (r *reader) take(p property) error {
	depth := len(r.inside)
	switch {
	case depth == 0 && p.err != nil:
		return p.err
	case depth == 0 && (p.name != "BEGIN" || !strings.EqualFold(p.value, "VCALENDAR")):
		return p.errorf("expected BEGIN:VCALENDAR: is this an iCalendar file?")
	case p.name == "BEGIN" && depth == 8:
		return p.errorf("too many components in one another")
	case p.name == "BEGIN":
		if r.inside = append(r.inside, strings.ToUpper(p.value)); depth == 1 {
			r.event = nil
		}
	case p.name == "END":
		return r.end(p)
	case depth == 2:
		r.event = append(r.event, p)
	}
	return nil
}

// end takes the last line of a component.
func (r *reader) end(p property) error {
	last := len(r.inside) - 1
	if !strings.EqualFold(r.inside[last], p.value) {
		return p.errorf("END:%s, where %s is open", p.value, r.inside[last])
	}
	isEvent := last == 1 && r.inside[1] == "VEVENT"
	if r.inside = r.inside[:last]; !isEvent {
		return nil
	}
	e, err := newEntry(r.event, r.zone)
	if err == nil && e.start.IsZero() && !e.wholeDay {
		err = p.errorf("the event that ends here has no DTSTART")
	}
	if err == nil {
		return r.add(p, e)
	}
	if e.uid == "" { // nobody knows what else it is about
		return err
	}
	r.skipped[e.uid] = true
	left := skipped{err: fmt.Errorf("the event %q: %w", e.title, err)}
	if valueOf("RRULE", r.event) == "" && valueOf("RDATE", r.event) == "" {
		left.once = e.start
	}
	r.calendar.skipped = append(r.calendar.skipped, left)
	return nil
}

// add takes an event that is complete; end is its last line.
func (r *reader) add(end property, e entry) error {
	if e.start.IsZero() { // whole days
		return nil
	}
	if e.rule != nil {
		r.rules++
	}
	c := &r.calendar
	if len(c.entries) == mostEntries || r.rules > mostRules {
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
