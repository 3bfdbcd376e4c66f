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
	if (Venue{}).Zone() != time.Local {
		t.Error("without a time zone it is not the system's")
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
