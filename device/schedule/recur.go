package schedule

import (
	"slices"
	"time"
)

// times calls f with each time from from on at which an event repeats that begins at start, and maybe with some of the days
// before, in order, until f returns false. None is at to or later. The time of day is that of start by the clocks of its
// zone, also over the changes of summer time.
func (r *rule) times(start, from, to time.Time, f func(time.Time) bool) {
	first := civil(start.Date())
	last := to.AddDate(0, 0, 2) // a day further than any zone is
	soon := civil(from.In(start.Location()).AddDate(0, 0, -2).Date())
	n := 0
	if r.count == 0 { // else all are counted
		n = r.before(first, soon)
	}
	for done := 0; ; n += r.interval {
		begin, end := r.period(first, n)
		if begin.After(last) {
			return
		}
		for _, d := range r.days(begin, end) {
			if d.Before(first) {
				continue
			}
			if done++; r.count > 0 && done > r.count {
				return
			}
			if d.Before(soon) {
				continue
			}
			t := time.Date(d.Year(), d.Month(), d.Day(), start.Hour(), start.Minute(), start.Second(), 0, start.Location())
			if !t.Before(to) || !r.until.IsZero() && t.After(r.until) || !f(t) {
				return
			}
		}
	}
}

// civil is a day without a zone.
func civil(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// period is the nth day, week, month or year, where that of first is 0: its first day, and the first after it.
func (r *rule) period(first time.Time, n int) (from, until time.Time) {
	switch r.freq {
	case "DAILY":
		from = first.AddDate(0, 0, n)
		return from, from.AddDate(0, 0, 1)
	case "WEEKLY":
		since := (int(first.Weekday()) - int(r.weekStart) + 7) % 7
		from = first.AddDate(0, 0, 7*n-since)
		return from, from.AddDate(0, 0, 7)
	case "MONTHLY":
		from = civil(first.Year(), first.Month()+time.Month(n), 1)
		return from, from.AddDate(0, 1, 0)
	}
	from = civil(first.Year()+n, time.January, 1)
	return from, from.AddDate(1, 0, 0)
}

// before is a period of the rule, as period counts: none of the rule's that come before it has that day, or a later one.
func (r *rule) before(first, day time.Time) int {
	n := day.Year() - first.Year()
	switch r.freq {
	case "DAILY":
		n = int(day.Sub(first).Hours() / 24)
	case "WEEKLY":
		n = int(day.Sub(first).Hours() / (7 * 24))
	case "MONTHLY":
		n = 12*n + int(day.Month()-first.Month())
	}
	return max(0, n) / r.interval * r.interval
}

// days are those of a period that the rule is about, in order.
func (r *rule) days(from, until time.Time) []time.Time {
	var days []time.Time
	for d := from; d.Before(until); d = d.AddDate(0, 0, 1) {
		if r.matches(d) {
			days = append(days, d)
		}
	}
	if len(r.positions) == 0 {
		return days
	}
	var picked []time.Time
	for i, d := range days {
		if slices.Contains(r.positions, i+1) || slices.Contains(r.positions, i-len(days)) {
			picked = append(picked, d)
		}
	}
	return picked
}

func (r *rule) matches(d time.Time) bool {
	year, month, day := d.Date()
	length := civil(year, month+1, 0).Day()
	byMonthDay := func(n int) bool { return n == day || n == day-length-1 }
	byWeekday := func(w weekday) bool {
		before, after := day-1, length-day // days of the month
		if r.freq == "YEARLY" && len(r.months) == 0 {
			before, after = d.YearDay()-1, civil(year, time.December, 31).YearDay()-d.YearDay()
		}
		return w.day == d.Weekday() && (w.nth == 0 || w.nth == before/7+1 || w.nth == -after/7-1)
	}
	return (len(r.months) == 0 || slices.Contains(r.months, month)) &&
		(len(r.monthDays) == 0 || slices.ContainsFunc(r.monthDays, byMonthDay)) &&
		(len(r.weekdays) == 0 || slices.ContainsFunc(r.weekdays, byWeekday))
}

// Shows returns the calendar's shows that end after from and begin before to, Sorted, at most so many.
func (c *Calendar) Shows(from, to time.Time, most int) []Show {
	var shows []Show
	for _, e := range c.entries {
		if e.length == 0 { // a moment that somebody is reminded of
			continue
		}
		found := 0
		take := func(start time.Time) bool {
			end := start.Add(e.length)
			if !end.After(from) || !start.Before(to) {
				return true
			}
			id := e.name(start)
			if e.instead.IsZero() && (e.excepts(start) || c.moved[id]) {
				return true
			}
			shows = append(shows, Show{ID: id, Title: e.title, Start: start, End: end})
			found++
			return found < most
		}
		for _, start := range e.extra {
			take(start)
		}
		if e.rule == nil {
			take(e.start)
		} else {
			e.rule.times(e.start, from.Add(-e.length), to, take)
		}
	}
	shows = Sorted(shows)
	return shows[:min(len(shows), most)]
}
