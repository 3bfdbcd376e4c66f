package schedule

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// someRule is one without an end, of any kind that is understood.
var someRule = rapid.Custom(func(t *rapid.T) string {
	freq := rapid.SampledFrom([]string{"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}).Draw(t, "freq")
	text := fmt.Sprintf("FREQ=%s;INTERVAL=%d", freq, rapid.IntRange(1, 9).Draw(t, "interval"))
	more := map[string][]string{
		"DAILY":   {"", ";BYDAY=MO,SA", ";BYMONTHDAY=1,-1", ";BYMONTH=2,6"},
		"WEEKLY":  {"", ";BYDAY=SU,MO,WE", ";BYDAY=SU,FR;WKST=SU", ";BYDAY=MO,TU;BYSETPOS=-1;WKST=TH"},
		"MONTHLY": {"", ";BYDAY=-1FR", ";BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", ";BYMONTHDAY=31"},
		"YEARLY":  {"", ";BYDAY=20MO", ";BYMONTH=2;BYMONTHDAY=29", ";BYMONTH=11;BYDAY=4TH"},
	}[freq]
	return text + rapid.SampledFrom(more).Draw(t, "more")
})

// TestTimesFromLater holds that a rule has the same times whether it is followed from its beginning or from any later moment,
// and that it is not followed through all the years before that one. With an end by COUNT all are counted.
func TestTimesFromLater(t *testing.T) {
	zones := []*time.Location{time.UTC, zone(t, "Europe/Paris"), zone(t, "Pacific/Apia"), zone(t, "America/Los_Angeles")}
	rapid.Check(t, func(t *rapid.T) {
		text, in := someRule.Draw(t, "rule"), rapid.SampledFrom(zones).Draw(t, "zone")
		start := time.Unix(rapid.Int64Range(0, 1<<31).Draw(t, "start"), 0).In(in)
		from := start.Add(time.Duration(rapid.IntRange(-1000, 400_000).Draw(t, "later")) * time.Hour)
		to := from.AddDate(10, 0, 0)
		r, err := property{value: text}.rule(start)
		if err != nil {
			t.Fatal(err)
		}
		var all, later []time.Time
		if rapid.Bool().Draw(t, "counted") {
			r.count = rapid.IntRange(1, 2000).Draw(t, "count")
		}
		r.times(start, start, to, func(at time.Time) bool {
			all = append(all, at)
			return true
		})
		r.times(start, from, to, func(at time.Time) bool {
			later = append(later, at)
			return true
		})
		first, day := civil(start.Date()), civil(from.Date())
		n := r.before(first, day)
		if begin, _ := r.period(first, n); n%r.interval != 0 || n > 0 && begin.After(day) {
			t.Errorf("for %v it begins at period %d, %v", day, n, begin)
		}
		if begin, _ := r.period(first, n+2*r.interval); !begin.After(day) && day.After(first) {
			t.Errorf("for %v it begins at period %d, and has %v before that", day, n, begin)
		}
		before := func(at time.Time) bool { return at.Before(from) }
		if all, later = slices.DeleteFunc(all, before), slices.DeleteFunc(later, before); !slices.Equal(all, later) {
			t.Errorf("from %v on there are %d, want %d: %v, %v", from, len(later), len(all), later[:min(3, len(later))], all[:min(3, len(all))])
		}
	})
}

// BenchmarkShows looks up the shows of as many rules as a calendar may have, that began long ago.
func BenchmarkShows(b *testing.B) {
	for _, rule := range []string{"FREQ=DAILY", "FREQ=WEEKLY", "FREQ=DAILY;COUNT=100000", "FREQ=DAILY;UNTIL=19800101"} {
		cal, err := ParseCalendar(events(slices.Repeat([]string{"UID:1 DTSTART:19700102T200000 DURATION:PT1H RRULE:" + rule}, mostRules)...),
			zone(b, "Europe/Paris"))
		if err != nil {
			b.Fatal(err)
		}
		now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
		b.Run(strings.ReplaceAll(rule, ";", ","), func(b *testing.B) {
			for b.Loop() {
				cal.Shows(now.AddDate(0, 0, -7), now.AddDate(1, 0, 0), 1000)
			}
		})
	}
}
