package config

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// Schedule is when shows are planned.
type Schedule struct {
	Events   []Event
	Calendar Secret        // an https:// URL or the whole path of an iCalendar file; often whoever has the URL can read it
	Auto     bool          // shows begin and end by themselves
	Remind   time.Duration // before a show, and for as long as it is not on; 0: never
}

// Event is a planned show, in the zone of the venue.
type Event struct {
	Start, End LocalTime
	Title      string
}

// LocalTime is a day and a time of day by the clocks of a place: "2026-11-23T20:00".
type LocalTime string

const localLayout = "2006-01-02T15:04:05"

// In is that time in a zone. A time that its clocks leave out, when summer time begins, is an error; of one that comes
// twice it is the first.
func (l LocalTime) In(zone *time.Location) (time.Time, error) {
	t, err := time.ParseInLocation(localLayout, string(l), zone)
	if err == nil && t.Format(localLayout) != string(l) {
		err = fmt.Errorf("%s does not exist in %s: the clocks go on by an hour", l, zone)
	}
	if earlier := t.Add(-time.Hour); err == nil && earlier.Format(localLayout) == string(l) {
		t = earlier
	}
	return t, err
}

// Zone is where the venue's clocks are.
func (v Venue) Zone() *time.Location {
	zone, err := time.LoadLocation(v.Timezone)
	if v.Timezone == "" || err != nil { // Parse has loaded it before
		return time.Local
	}
	return zone
}

var timezone = words("a time zone such as Europe/Paris", func(s string) (any, error) {
	if _, err := time.LoadLocation(s); err != nil || s == "Local" {
		return nil, fmt.Errorf("%s is not a time zone such as Europe/Paris; timedatectl list-timezones prints them", shown(s))
	}
	return s, nil
})

var localTime = kind{
	want: "a time such as 2026-11-23T20:00",
	tags: []string{"!!str", "!!timestamp"},
	read: func(s string) (any, error) {
		for _, layout := range []string{"2006-01-02T15:04", "2006-01-02 15:04", localLayout, "2006-01-02 15:04:05"} {
			if t, err := time.Parse(layout, s); err == nil {
				return t.Format(localLayout), nil
			}
		}
		return nil, fmt.Errorf("%s is not a time such as 2026-11-23T20:00, by the clocks of the venue", shown(s))
	},
}

// calendar is secret because the addresses that calendars give out for this are.
var calendar = secret(words("an https:// URL or the whole path of a file", func(s string) (any, error) {
	u, err := url.Parse(s)
	switch {
	case s == "", filepath.IsAbs(s):
		return s, nil
	case err == nil && u.Scheme == "webcal":
		return nil, errors.New("is for calendar programs: write https:// instead of webcal://")
	case err != nil || u.Scheme != "https" || u.Opaque != "" || !validHost(u.Hostname()):
		return nil, errors.New("is not an https:// URL or the whole path of a file")
	}
	return s, nil
})).shown(func(v any) string { return hostOf(string(v.(Secret))) })

var yesNo = kind{want: "true or false", tags: []string{"!!bool"}, read: func(s string) (any, error) {
	if s = strings.ToLower(s); s != "true" && s != "false" {
		return nil, fmt.Errorf("%s is not true or false", shown(s))
	}
	return s == "true", nil
}}

var spanText = regexp.MustCompile(`^([0-9]{1,4}h)?([0-9]{1,5}m)?$`)

// minutes is a time of at most so many.
func minutes(most int) kind {
	longest := time.Duration(most) * time.Minute
	hours := fmt.Sprintf("%gh", longest.Hours())
	want := "a time such as 10m or 1h30m, at most " + hours
	return words(want, func(s string) (any, error) {
		d, err := time.ParseDuration(s)
		switch {
		case err != nil || !spanText.MatchString(s):
			return nil, fmt.Errorf("%s is not %s", shown(s), want)
		case d > longest:
			return nil, fmt.Errorf("%s is above max %s", s, hours)
		}
		return d, nil
	}).shown(func(v any) string { // of "10m0s" the seconds are no part
		return cmp.Or(strings.TrimSuffix(v.(time.Duration).String(), "0s"), "0m")
	})
}
