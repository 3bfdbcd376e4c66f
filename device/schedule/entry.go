package schedule

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// entry is one VEVENT.
type entry struct {
	uid, title string
	start      time.Time
	length     time.Duration
	rule       *rule           // nil for one that does not repeat
	extra      []time.Time     // RDATE
	except     map[int64]bool  // EXDATE, in seconds of 1970
	exceptDays map[string]bool // EXDATE without a time
	instead    time.Time       // RECURRENCE-ID: the occurrence that this one stands for
	cancelled  bool
	wholeDay   bool // it has a date and no time
}

// name is the ID of the show that begins at that time.
func (e entry) name(start time.Time) string { return e.uid + " " + start.UTC().Format(time.RFC3339) }

// newEntry reads an event. One for whole days is returned without a start, and one with an error has at least a name.
func newEntry(event []property, zone *time.Location) (e entry, err error) {
	e.except, e.exceptDays = map[int64]bool{}, map[string]bool{}
	e.uid, e.title = uidOf(event), shortened(unescape(valueOf("SUMMARY", event)))
	var end time.Time
	var repeats, ends *property // ends: DTEND or DURATION
	for _, p := range event {
		if p.err != nil {
			return e, p.err
		}
		var times []time.Time
		switch p.name {
		case "DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE":
			if dateOnly.MatchString(p.value) {
				if e.date(p); p.name == "DTEND" {
					ends = &p
				}
				continue
			}
			if times, err = p.times(zone); err != nil {
				return e, err
			}
		}
		switch p.name {
		case "STATUS":
			e.cancelled = strings.EqualFold(p.value, "CANCELLED")
		case "DTSTART":
			e.start = times[0]
		case "DTEND":
			end, ends = times[0], &p
		case "DURATION":
			ends = &p
			if e.length, err = p.duration(); err != nil {
				return e, err
			}
		case "RECURRENCE-ID":
			if p.params["RANGE"] != "" {
				return e, p.errorf("a change of this occurrence and all after it is not understood; change the event itself")
			}
			e.instead = times[0]
		case "EXDATE":
			for _, t := range times {
				e.except[t.Unix()] = true
			}
		case "RDATE":
			e.extra = append(e.extra, times...)
		case "RRULE":
			repeats = &p
		}
	}
	if e.start.IsZero() {
		return e, nil
	}
	if !end.IsZero() {
		e.length = end.Sub(e.start)
	}
	switch {
	case ends == nil, e.cancelled:
	case ends.name == "DTEND" && end.IsZero():
		return e, ends.errorf("DTEND has a date and no time, and DTSTART has one")
	case e.length < 0:
		return e, ends.errorf("DTEND is before DTSTART; a show past midnight ends on the next date")
	case e.length > longestShow:
		return e, ends.errorf("it is longer than 7 days: look at its dates")
	}
	if repeats != nil {
		e.rule, err = repeats.rule(e.start)
	}
	return e, err
}

// uidOf is the event's UID; of one that is longer than UIDs should be (RFC 7986, 5.3) its hash: each occurrence has it in its name.
func uidOf(event []property) string {
	uid := valueOf("UID", event)
	if len(uid) <= longestUID {
		return uid
	}
	sum := sha256.Sum256([]byte(uid))
	return hex.EncodeToString(sum[:])
}

// valueOf is the value of the first property of that name; "" where there is none.
func valueOf(name string, event []property) string {
	i := slices.IndexFunc(event, func(p property) bool { return p.name == name && p.err == nil })
	if i < 0 {
		return ""
	}
	return event[i].value
}

// date takes a property that has dates without times.
func (e *entry) date(p property) {
	switch p.name {
	case "DTSTART":
		e.wholeDay = true
	case "EXDATE":
		for day := range strings.SplitSeq(p.value, ",") {
			e.exceptDays[day] = true
		}
	}
}

// excepts tells whether the occurrence that begins then is taken out.
func (e entry) excepts(start time.Time) bool {
	return e.except[start.Unix()] || len(e.exceptDays) > 0 && e.exceptDays[start.Format("20060102")]
}

var dateOnly = regexp.MustCompile(`^[0-9]{8}(,|$)`)

// times reads DATE-TIMEs with commas between (RFC 5545, 3.3.5): in UTC, in the zone of TZID, or in that of the venue.
func (p property) times(zone *time.Location) ([]time.Time, error) {
	if strings.EqualFold(p.params["VALUE"], "PERIOD") {
		return nil, p.errorf("%s with periods is not understood", p.name)
	}
	if id := p.params["TZID"]; id != "" {
		var err error
		if zone, err = loadZone(id); err != nil {
			return nil, p.errorf("the time zone %q is not a name such as Europe/Paris; have the calendar's program write such names", id)
		}
	}
	var all []time.Time
	for text := range strings.SplitSeq(p.value, ",") {
		in, layout := zone, "20060102T150405"
		if utc, ok := strings.CutSuffix(text, "Z"); ok {
			text, in = utc, time.UTC
		}
		t, err := time.ParseInLocation(layout, text, in)
		if err != nil || t.Year() < 1970 || t.Year() > 2200 {
			return nil, p.errorf("%s is not a time such as 20261123T200000", p.name)
		}
		all = append(all, t)
	}
	return all, nil
}

var durationText = regexp.MustCompile(`^\+?P(?:([0-9]{1,4})W)?(?:([0-9]{1,4})D)?(?:T(?:([0-9]{1,6})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,6})S)?)?$`)

// duration reads a DURATION (RFC 5545, 3.3.6).
func (p property) duration() (d time.Duration, err error) {
	m := durationText.FindStringSubmatch(p.value)
	if m == nil {
		return 0, p.errorf("DURATION is not a time such as PT2H30M")
	}
	for i, unit := range []time.Duration{7 * 24 * time.Hour, 24 * time.Hour, time.Hour, time.Minute, time.Second} {
		n, _ := strconv.Atoi("0" + m[i+1])
		d += time.Duration(n) * unit
	}
	return d, nil
}
