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
	lines := Explain(c)
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
