package schedule

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// events puts events into a calendar; lines are separated by blanks.
func events(all ...string) []byte {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
	for _, e := range all {
		b.WriteString("BEGIN:VEVENT\r\n" + strings.ReplaceAll(e, " ", "\r\n") + "\r\nEND:VEVENT\r\n")
	}
	b.WriteString("END:VCALENDAR\r\n")
	return []byte(b.String())
}

// TestShows reads calendars as programs write them. Times are those of Paris.
func TestShows(t *testing.T) {
	paris := zone(t, "Europe/Paris")
	for name, c := range map[string]struct {
		calendar []byte
		want     []string // start, length
	}{
		"in UTC":         {events("UID:1 DTSTART:20261123T190000Z DTEND:20261123T210000Z"), []string{"11-23 20:00 2h0m0s"}},
		"of the venue":   {events("UID:1 DTSTART:20261123T200000 DURATION:PT1H30M"), []string{"11-23 20:00 1h30m0s"}},
		"of a zone":      {events("UID:1 DTSTART;TZID=America/New_York:20261123T200000 DURATION:PT1H"), []string{"11-24 02:00 1h0m0s"}},
		"quoted zone":    {events(`UID:1 DTSTART;X=a,b;TZID="Europe/London":20261123T200000 DURATION:PT1H`), []string{"11-23 21:00 1h0m0s"}},
		"prefixed zone":  {events("UID:1 DTSTART;TZID=/example.org/1/Europe/London:20261123T200000 DURATION:PT1H"), []string{"11-23 21:00 1h0m0s"}},
		"of Windows":     {events("UID:1 DTSTART;TZID=UTC-11:20261123T200000 DURATION:PT1H"), []string{"11-24 08:00 1h0m0s"}},
		"without an end": {events("UID:1 DTSTART:20261123T200000"), nil},
		"a whole day":    {events("UID:1 DTSTART;VALUE=DATE:20261123 RRULE:FREQ=DAILY"), nil},
		"cancelled":      {events("UID:1 STATUS:CANCELLED DTSTART:20261123T200000 DURATION:PT1H"), nil},
		"too long":       {events("UID:1 DTSTART:20261123T200000 DURATION:P8D"), nil},
		"over the end of summer time": {events("UID:1 DTSTART;TZID=Europe/Paris:20261022T200000 DURATION:PT1H RRULE:FREQ=DAILY;INTERVAL=2;COUNT=3"),
			[]string{"10-22 20:00 1h0m0s", "10-24 20:00 1h0m0s", "10-26 20:00 1h0m0s"}},
		"weekly with exceptions": {events("UID:1 DTSTART:20261102T200000 DURATION:PT1H RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20261118 EXDATE:20261104T200000,20261109T200000 EXDATE;VALUE=DATE:20261111"),
			[]string{"11-02 20:00 1h0m0s", "11-16 20:00 1h0m0s", "11-18 20:00 1h0m0s"}},
		"an occurrence that moved, and one that is cancelled": {events(
			"UID:1 DTSTART:20261102T200000 DURATION:PT1H RRULE:FREQ=DAILY;COUNT=3",
			"UID:1 RECURRENCE-ID:20261103T200000 DTSTART:20261103T180000 DURATION:PT2H",
			"UID:1 RECURRENCE-ID:20261104T200000 DTSTART:20261104T200000 STATUS:CANCELLED"),
			[]string{"11-02 20:00 1h0m0s", "11-03 18:00 2h0m0s"}},
		"the last Friday of the month, and another day": {events("UID:1 DTSTART:20261030T200000 DURATION:PT1H RRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=2 RDATE:20261101T200000"),
			[]string{"10-30 20:00 1h0m0s", "11-01 20:00 1h0m0s", "11-27 20:00 1h0m0s"}},
		"twice the same": {events("UID:1 DTSTART:20261123T200000 DURATION:PT1H", "UID:1 DTSTART:20261123T200000 DURATION:PT1H"),
			[]string{"11-23 20:00 1h0m0s"}},
	} {
		cal, err := ParseCalendar(c.calendar, paris)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []string
		for _, s := range cal.Shows(time.Date(2026, 10, 1, 0, 0, 0, 0, paris), time.Date(2027, 1, 1, 0, 0, 0, 0, paris), 100) {
			got = append(got, s.Start.In(paris).Format("01-02 15:04 ")+s.End.Sub(s.Start).String())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}

// TestText holds folded lines, escapes, alarms inside of events, zones that a calendar describes, and lines that end in LF.
func TestText(t *testing.T) {
	cal, err := ParseCalendar([]byte("\uFEFFBEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:Europe/Paris\nBEGIN:STANDARD\nDTSTART:19701025T030000\n"+
		"RRULE:FREQ=SECONDLY\nEND:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT\nUID:1\nBEGIN:VALARM\nDURATION:PT5M\nSUMMARY:no\nEND:VALARM\n"+
		"SUMMARY;LANGUAGE=fr:Jazz\\, \n  soul \\; more\\nhere\nDTSTART;TZID=Europe/Paris:20261123T200000\nDTEND;TZID=Europe/Paris:20261123T220000\n"+
		"END:VEVENT\nEND:VCALENDAR\n"), time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	shows := cal.Shows(time.Unix(0, 0), time.Unix(1<<32, 0), 10)
	if len(shows) != 1 || shows[0].Title != "Jazz, soul ; more here" || shows[0].ID != "1 2026-11-23T19:00:00Z" {
		t.Errorf("%+v", shows)
	}
}

// TestFold holds that a line may be folded inside of a character, which is what a program does that counts octets.
func TestFold(t *testing.T) {
	cal, err := ParseCalendar([]byte("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Soir\xc3\r\n \xa9e\r\nDTSTART:20261123T200000\r\n"+
		"DURATION:PT1H\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"), time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	if shows := cal.Shows(time.Unix(0, 0), time.Unix(1<<32, 0), 10); len(shows) != 1 || shows[0].Title != "Soirée" {
		t.Errorf("%+v", shows)
	}
}

// TestOddEvents holds that an event which cannot be understood is named and takes none with it, but those that it may be about.
func TestOddEvents(t *testing.T) {
	const good = "UID:good SUMMARY:Jazz DTSTART:20261123T200000 DURATION:PT1H"
	for want, odd := range map[string][]string{
		`the event "Blues": line 11: the time zone "Mars/Base" is not`:   {"SUMMARY:Blues DTSTART;TZID=Mars/Base:20261123T180000 UID:2"},
		`the event "": line 12: RRULE: FREQ is HOURLY`:                   {"UID:2 DTSTART:20261123T180000 RRULE:FREQ=HOURLY"},
		`the event "": line 11: is not UTF-8 text`:                       {"UID:2 SUMMARY:Soir\xe9e DTSTART:20261123T180000 DURATION:PT1H"},
		`the event "": line 11: is not NAME:value`:                       {"UID:2 odd DTSTART:20261123T180000 DURATION:PT1H"},
		`the event "Blues": line 12: the event that ends here has no`:    {"UID:2 SUMMARY:Blues"},
		`the event "": line 12: DTEND is before DTSTART; a show past mi`: {"UID:2 DTSTART:20261123T220000 DTEND:20261123T010000"},
		`the event "": line 12: DTEND has a date and no time, and DTSTA`: {"UID:2 DTSTART:20261123T220000 DTEND;VALUE=DATE:20261124"},
		`the event "": line 12: it is longer than 7 days`:                {"UID:2 DTSTART:20261123T220000 DURATION:P9D"},
		`the event "": line 16: a change of this occurrence and all aft`: {"UID:2 DTSTART:20261123T180000 DURATION:PT1H",
			"UID:2 RECURRENCE-ID;RANGE=THISANDFUTURE:20261123T180000 DTSTART:20261123T190000"},
		`the event "": line 16: RECURRENCE-ID is not a time such as 20`: {"UID:2 DTSTART:20261123T180000 DURATION:PT1H", "UID:2 RECURRENCE-ID:soon STATUS:CANCELLED"},
	} {
		cal, err := ParseCalendar(events(append([]string{good}, odd...)...), time.UTC)
		if err != nil {
			t.Errorf("%s: %v", want, err)
			continue
		}
		if len(left(cal)) != 1 || !strings.HasPrefix(left(cal)[0].Error(), want) {
			t.Errorf("skipped are %v, want %s", left(cal), want)
		}
		if shows := cal.Shows(time.Unix(0, 0), time.Unix(1<<32, 0), 10); len(shows) != 1 || shows[0].Title != "Jazz" {
			t.Errorf("%s: %v", want, shows)
		}
	}
}

// left is what is left out, when nothing is over.
func left(c *Calendar) []error { return c.LeftOut(time.Unix(0, 0)) }

// TestOddAndOver holds that nobody is told of an event that cannot come any more, nor of one that is a moment or cancelled.
func TestOddAndOver(t *testing.T) {
	cal, err := ParseCalendar(events("UID:1 DTSTART:20261123T220000 DTEND:20261123T010000", "UID:2 DTSTART:20261123T220000 DTEND:20261123T010000 RRULE:FREQ=DAILY",
		"UID:3 DTSTART:20261123T220000", "UID:4 STATUS:CANCELLED DTSTART:20261123T220000 DTEND:20261123T010000"), time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	if before, after := len(left(cal)), len(cal.LeftOut(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC))); before != 2 || after != 1 {
		t.Errorf("%d are named, and %d when one is over", before, after)
	}
}

// TestOddElsewhere holds that a line of what is not read matters to nobody.
func TestOddElsewhere(t *testing.T) {
	cal, err := ParseCalendar([]byte("BEGIN:VCALENDAR\nX-WR-CALNAME:Caf\xe9\nBEGIN:VTIMEZONE\nodd\nEND:VTIMEZONE\nBEGIN:VEVENT\nUID:1\n"+
		"BEGIN:VALARM\nodd\nEND:VALARM\nDTSTART:20261123T200000\nDURATION:PT1H\nEND:VEVENT\nEND:VCALENDAR\n"), time.UTC)
	if err != nil || len(left(cal)) > 0 || len(cal.Shows(time.Unix(0, 0), time.Unix(1<<32, 0), 10)) != 1 {
		t.Errorf("%+v, %v", cal, err)
	}
}

// TestBadCalendar holds that what cannot be understood is said, with its line, and is never followed in part. Events without a
// UID may be about any other.
func TestBadCalendar(t *testing.T) {
	for want, data := range map[string]string{
		"line 1: is not NAME:value":                  "<!DOCTYPE html>",
		"expected BEGIN:VCALENDAR":                   "BEGIN:VCARD\nEND:VCARD\n",
		"ends too early":                             "BEGIN:VCALENDAR\nBEGIN:VEVENT\n",
		"UTF-8":                                      "BEGIN:VCALENDAR\xff",
		"line 2: END:VEVENT":                         "BEGIN:VCALENDAR\nEND:VEVENT\n",
		"line 5: the event that ends":                string(events("SUMMARY:Jazz")),
		"line 4: DTSTART is not a time":              string(events("DTSTART:soon")),
		"W. Europe":                                  string(events("DTSTART;TZID=W._Europe_Standard_Time:20261123T200000")) + "W. Europe",
		"line 5: RRULE: BYHOUR is not understood":    string(events("DTSTART:20261123T200000 RRULE:FREQ=DAILY;BYHOUR=1,2")),
		"FREQ is HOURLY; expected DAILY":             string(events("DTSTART:20261123T200000 RRULE:FREQ=HOURLY")),
		"INTERVAL: expected a number from 1 to 1000": string(events("DTSTART:20261123T200000 RRULE:FREQ=DAILY;INTERVAL=5000")),
		"line 5: DURATION":                           string(events("DTSTART:20261123T200000 DURATION:-PT1H")),
		"all after it is not understood":             string(events("DTSTART:20261123T200000 RECURRENCE-ID;RANGE=THISANDFUTURE:20261123T200000")),
		"has a parameter TZID that does not":         string(events("DTSTART;TZID=\"Europe/Paris")),
		"too many components":                        strings.Repeat("BEGIN:VCALENDAR\n", 10),
	} {
		if want == "W. Europe" {
			want, data = `time zone "W._Europe_Standard_Time" is not a name such as Europe/Paris`, strings.TrimSuffix(data, "W. Europe")
		}
		if _, err := ParseCalendar([]byte(data), time.UTC); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	many := make([]string, mostRules+1)
	for i := range many {
		many[i] = "DTSTART:20261123T200000 RRULE:FREQ=DAILY"
	}
	if _, err := ParseCalendar(events(many...), time.UTC); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("too many rules: %v", err)
	}
}

// TestLongText holds that no error is as long as what somebody wrote into a calendar, and that a UID of any length is one.
func TestLongText(t *testing.T) {
	long := strings.Repeat("é", 100_000)
	for _, odd := range []string{
		"DTSTART;TZID=" + long + ":20261123T180000", "DTSTART:20261123T180000 RRULE:FREQ=" + long,
		"DTSTART:20261123T180000 RRULE:" + long + "=1", "DTSTART:20261123T180000 RRULE:FREQ=DAILY;UNTIL=" + long,
		long + ";X:1", "X;" + long + "=1", "SUMMARY:" + long,
	} {
		cal, err := ParseCalendar(events("UID:1 "+odd), time.UTC)
		if err != nil || len(left(cal)) != 1 || len(left(cal)[0].Error()) > 2000 {
			t.Errorf("%.60s: %v, %.3000v", odd, err, cal)
		}
	}
	for _, odd := range []string{"END:" + long, "BEGIN:" + long + "\nEND:VEVENT", long + ";X:1"} {
		if _, err := ParseCalendar([]byte("BEGIN:VCALENDAR\n"+odd), time.UTC); err == nil || len(err.Error()) > 2000 {
			t.Errorf("%.30s: %.3000v", odd, err)
		}
	}
	const rest = " DTSTART:20261123T200000 DURATION:PT1H"
	cal, err := ParseCalendar(events("UID:"+long+rest, "UID:"+long+"2"+rest, "UID:"+long+"2 STATUS:CANCELLED RECURRENCE-ID:20261123T200000"+rest), time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	if shows := cal.Shows(time.Unix(0, 0), time.Unix(1<<32, 0), 10); len(shows) != 1 || len(shows[0].ID) > 300 {
		t.Errorf("%.3000v", shows)
	}
}

// FuzzCalendar holds that no calendar stops the box: shows are in order, in their window, and as many as asked at most.
func FuzzCalendar(f *testing.F) {
	f.Add(events("UID:1 SUMMARY:Jazz DTSTART;TZID=Europe/Paris:20261102T200000 DURATION:PT1H RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20261118 EXDATE:20261104T200000"))
	f.Add(events("UID:1 DTSTART:20261030T200000Z DTEND:20261030T230000Z RRULE:FREQ=MONTHLY;BYDAY=-1FR;BYSETPOS=1;COUNT=2;WKST=SU RDATE:20261101T200000"))
	f.Add(events("UID:1 DTSTART:20261030T200000Z DURATION:P1DT2H RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;INTERVAL=7"))
	f.Fuzz(func(t *testing.T, data []byte) {
		cal, err := ParseCalendar(data, time.UTC)
		if err != nil {
			return
		}
		from, to := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), time.Date(2027, 11, 1, 0, 0, 0, 0, time.UTC)
		shows := cal.Shows(from, to, 50)
		if len(shows) > 50 {
			t.Fatalf("%d shows", len(shows))
		}
		for i, s := range shows {
			if !s.Start.Before(s.End) || !s.End.After(from) || !s.Start.Before(to) || i > 0 && s.Start.Before(shows[i-1].Start) {
				t.Fatalf("show %d is %+v", i, s)
			}
		}
	})
}
