package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestCheckCalendar holds that check says which calendar's file will give no show.
func TestCheckCalendar(t *testing.T) {
	event := func(start string) string {
		return "BEGIN:VEVENT\r\nUID:a\r\nDTSTART:" + start + "\r\nDURATION:PT1H\r\nEND:VEVENT\r\n"
	}
	calendar := func(events ...string) string {
		return "BEGIN:VCALENDAR\r\n" + strings.Join(events, "") + "END:VCALENDAR\r\n"
	}
	soon := event(time.Now().AddDate(0, 0, 7).UTC().Format("20060102T150405Z"))
	for name, c := range map[string]struct{ data, want string }{
		"fine":         {calendar(soon), ""},
		"a web page":   {"<html>\n", "shows.ics: line 1: "},
		"of last year": {calendar(event("20250101T200000Z")), "shows.ics has no show in the year to come"},
		"half of it":   {calendar(soon, "BEGIN:VEVENT\r\nUID:b\r\nSUMMARY:Jam\r\nEND:VEVENT\r\n"), `Left out of the calendar, with all that repeats with it: the event "Jam"`},
		"none":         {"", "the box knows no shows of it but those that it read before: stat "},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "shows.ics")
			if c.data != "" {
				if err := os.WriteFile(path, []byte(c.data), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			yaml := filepath.Join(filepath.Dir(path), "config.yaml")
			if err := os.WriteFile(yaml, fmt.Appendf(nil, "schedule: {calendar: %q}", path), 0o600); err != nil {
				t.Fatal(err)
			}
			var stdout, stderr bytes.Buffer
			if code := run([]string{"check", "--config", yaml}, &stdout, &stderr); code != 0 {
				t.Fatalf("check ends with %d: %s", code, &stderr)
			}
			_, warning, _ := strings.Cut(stdout.String(), "warning: schedule.calendar: ")
			if warning, _, _ = strings.Cut(warning, "warning: "); c.want == "" && warning != "" || !strings.Contains(warning, c.want) {
				t.Errorf("it warns of %q, want %q", warning, c.want)
			}
		})
	}
}
