package schedule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// rule is a recurrence rule (RFC 5545, 3.3.10) as far as it is understood: what repeats by days. A rule with other parts
// is refused, since one that is followed in part has shows at wrong times.
type rule struct {
	freq      string // DAILY, WEEKLY, MONTHLY, YEARLY
	interval  int
	count     int       // 0: without end
	until     time.Time // zero: without end; else the last moment at which one may begin
	weekdays  []weekday
	monthDays []int // from 1, or from -1 backwards
	months    []time.Month
	positions []int // of the days that are left in each period, from 1, or from -1 backwards
	weekStart time.Weekday
}

// weekday is one of BYDAY: the nth of the month or year, from -1 backwards, or with 0 each.
type weekday struct {
	day time.Weekday
	nth int
}

var weekdays = []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"} // as time.Weekday counts

// rule reads the RRULE of an event that begins at start, and fills in what start says of it.
func (p property) rule(start time.Time) (*rule, error) {
	r := &rule{interval: 1, weekStart: time.Monday}
	for part := range strings.SplitSeq(strings.ToUpper(p.value), ";") {
		name, value, _ := strings.Cut(part, "=")
		if err := r.part(name, value, start.Location()); err != nil {
			return nil, p.errorf("RRULE: %v", err)
		}
	}
	weekly := r.freq == "WEEKLY"
	switch {
	case r.freq == "":
		return nil, p.errorf("RRULE has no FREQ")
	case (weekly || r.freq == "DAILY") && slices.ContainsFunc(r.weekdays, func(w weekday) bool { return w.nth != 0 }):
		return nil, p.errorf("RRULE: the nth weekday is of a month or a year, and FREQ is %s", r.freq)
	case weekly && len(r.monthDays) > 0:
		return nil, p.errorf("RRULE: BYMONTHDAY has no meaning where FREQ is WEEKLY")
	}
	if len(r.weekdays)+len(r.monthDays) > 0 {
		return r, nil
	}
	switch {
	case weekly:
		r.weekdays = []weekday{{start.Weekday(), 0}}
	case r.freq == "YEARLY" && len(r.months) == 0:
		r.months = []time.Month{start.Month()}
		fallthrough
	case r.freq != "DAILY":
		r.monthDays = []int{start.Day()}
	}
	return r, nil
}

// part reads NAME=VALUE.
func (r *rule) part(name, value string, zone *time.Location) (err error) {
	switch name {
	case "FREQ":
		if !slices.Contains([]string{"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}, value) {
			return fmt.Errorf("FREQ is %s; expected DAILY, WEEKLY, MONTHLY or YEARLY", value)
		}
		r.freq = value
	case "INTERVAL":
		r.interval, err = within(value, 1, 1000)
	case "COUNT":
		r.count, err = within(value, 1, 100_000)
	case "UNTIL":
		r.until, err = until(value, zone)
	case "WKST":
		var w weekday
		w, err = parseWeekday(value)
		r.weekStart = w.day
	case "BYDAY":
		r.weekdays, err = each(value, parseWeekday)
	case "BYMONTHDAY":
		r.monthDays, err = each(value, func(s string) (int, error) { return signed(s, 31) })
	case "BYSETPOS":
		r.positions, err = each(value, func(s string) (int, error) { return signed(s, 366) })
	case "BYMONTH":
		r.months, err = each(value, func(s string) (time.Month, error) {
			n, err := within(s, 1, 12)
			return time.Month(n), err
		})
	default:
		return fmt.Errorf("%s is not understood", name)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func each[T any](list string, read func(string) (T, error)) (all []T, err error) {
	for s := range strings.SplitSeq(list, ",") {
		v, err := read(s)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

func within(s string, least, most int) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < least || n > most {
		return 0, fmt.Errorf("expected a number from %d to %d", least, most)
	}
	return n, nil
}

// signed is 1 to most, or -1 to -most.
func signed(s string, most int) (int, error) {
	n, err := within(s, -most, most)
	if n == 0 {
		return 0, fmt.Errorf("expected a number from 1 to %d, or with a minus", most)
	}
	return n, err
}

func parseWeekday(s string) (w weekday, err error) {
	name := s[max(0, len(s)-2):]
	if w.day = time.Weekday(slices.Index(weekdays, name)); w.day < 0 {
		return w, fmt.Errorf("expected weekdays such as MO or -1FR")
	}
	if nth := s[:len(s)-2]; nth != "" {
		w.nth, err = signed(nth, 53)
	}
	return w, err
}

// until reads a day, which is part of what is meant, or a time.
func until(s string, zone *time.Location) (time.Time, error) {
	if day, err := time.ParseInLocation("20060102", s, zone); err == nil {
		return day.AddDate(0, 0, 1).Add(-time.Second), nil
	}
	if utc, ok := strings.CutSuffix(s, "Z"); ok {
		s, zone = utc, time.UTC
	}
	return time.ParseInLocation("20060102T150405", s, zone)
}
