package config

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// TestLocalTime holds what the clocks of a place say, also when they change.
func TestLocalTime(t *testing.T) {
	paris := Venue{Timezone: "Europe/Paris"}.Zone()
	for local, want := range map[LocalTime]string{
		"2026-11-23T20:00:00": "2026-11-23T19:00:00Z",
		"2026-07-23T20:00:00": "2026-07-23T18:00:00Z",
		"2026-10-25T02:30:00": "2026-10-25T00:30:00Z", // comes twice: the first
		"2026-10-25T03:00:00": "2026-10-25T02:00:00Z",
	} {
		if got, err := local.In(paris); err != nil || got.UTC().Format(time.RFC3339) != want {
			t.Errorf("%s is %v, %v; want %s", local, got, err, want)
		}
	}
	expect(t, "{venue: {timezone: Europe/Paris}, schedule: {events: [{start: 2026-03-29T02:30, end: 2026-03-29T05:00}]}}", nil,
		"2026-03-29T02:30:00 does not exist in Europe/Paris")
	expect(t, "{venue: {timezone: UTC}, schedule: {events: [{start: 2026-03-29T02:30, end: 2026-03-29T05:00}]}}", nil, "")
	expect(t, "{venue: {timezone: Europe/Paris}, schedule: {events: [{start: 2026-03-28T02:30, end: 2026-03-29T02:30}]}}", nil,
		"1:81: schedule.events[0].end: 2026-03-29T02:30:00 does not exist")
	if (Venue{}).Zone() != time.Local {
		t.Error("without a time zone it is not the system's")
	}
}

// TestShowsBackwards holds that each show that is wrong is named, with its own place.
func TestShowsBackwards(t *testing.T) {
	_, err := Parse("config.yaml", []byte(`schedule:
  events:
    - {start: 2026-11-23T20:00, end: 2026-11-23T22:00}
    - {start: 2026-11-24T20:00, end: 2026-11-24T01:00}
    - start: 2026-11-25T20:00
      end: 2026-11-24T22:00
    - end: 2026-11-24T22:00
`), nil)
	want := `config.yaml:4:33: schedule.events[1].end: 2026-11-24T01:00 is before the start, 20:00: a show past midnight ends on the next date, 2026-11-25T01:00
config.yaml:6:7: schedule.events[2].end: 2026-11-24T22:00 is not after the start, 2026-11-25T20:00
config.yaml:7:7: schedule.events[3]: has no start`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

// TestExplainSchedule holds that a calendar's address, which may be a secret, is not shown.
func TestExplainSchedule(t *testing.T) {
	c, err := Parse("config.yaml", []byte("{venue: {timezone: Europe/Paris}, schedule: {auto: true, calendar: 'https://calendar.example.org/private-abc/x.ics', "+
		"events: [{start: 2026-11-23T20:00, end: 2026-11-24T00:30, title: Jazz}]}}"), nil)
	if err != nil {
		t.Fatal(err)
	}
	lines := Explain(c, time.Date(2026, 11, 23, 22, 0, 0, 0, time.UTC))
	for _, want := range []string{`show: Mon 23 Nov 2026 20:00 to Tue 00:30 CET, "Jazz"`, "more shows: the calendar at calendar.example.org",
		"amber asks for a show from 10 minutes before it"} {
		if !slices.Contains(lines, want) {
			t.Errorf("no line is %q: %v", want, lines)
		}
	}
	if text := strings.Join(lines, "\n"); strings.Contains(text, "private") || !strings.Contains(text, "begin and end by themselves") {
		t.Error(text)
	}
}

// TestExplainShows holds that shows that are hardly meant so are told.
func TestExplainShows(t *testing.T) {
	c, err := Parse("config.yaml", []byte(`
venue: {timezone: Europe/Paris}
schedule:
  events:
    - {start: 2025-11-27T20:00, end: 2025-11-27T22:00, title: Past}
    - {start: 2025-11-27T20:00, end: 2025-11-27T22:00}
    - {start: 2026-11-27T20:00, end: 2026-11-27T22:00}
    - {start: 2026-11-27T22:00, end: 2026-11-27T23:00}
    - {start: 2026-11-27T21:00, end: 2026-11-27T22:00}
    - {start: 2026-11-27T20:00, end: 2026-11-27T21:00}
    - {start: 2026-11-27T18:00, end: 2026-11-27T20:00}
    - {start: 2027-10-31T02:30, end: 2027-10-31T05:00}
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`show: Thu 27 Nov 2025 20:00 to Thu 22:00 CET, "Past" (it is over)`,
		`show: Thu 27 Nov 2025 20:00 to Thu 22:00 CET (it is over)`,
		`show: Fri 27 Nov 2026 20:00 to Fri 22:00 CET`,
		`show: Fri 27 Nov 2026 22:00 to Fri 23:00 CET`,
		`show: Fri 27 Nov 2026 21:00 to Fri 22:00 CET`,
		`warning: the shows of Fri 27 Nov 2026 20:00 and of Fri 27 Nov 2026 21:00 overlap: on air they are one show`,
		`show: Fri 27 Nov 2026 20:00 to Fri 21:00 CET`,
		`warning: two shows begin Fri 27 Nov 2026 20:00: the box knows only one of them`,
		`show: Fri 27 Nov 2026 18:00 to Fri 20:00 CET`,
		`show: Sun 31 Oct 2027 02:30 to Sun 05:00 CET`,
		`warning: Sun 31 Oct 2027 02:30 comes twice, since the clocks go back: the first is meant, which is 02:30 CEST and not 02:30 CET`,
	}
	if got := c.explainShows(time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got := c.explainShows(time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC)); got[len(got)-1] != "warning: all shows are over: look at their dates" {
		t.Error(strings.Join(got, "\n"))
	}
}
