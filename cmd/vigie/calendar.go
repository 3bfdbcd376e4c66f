package main

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"vigie/device/config"
	"vigie/device/golive"
	"vigie/device/health"
	"vigie/device/schedule"
)

// How often a calendar is read. After a failure it is read again soon, and then less and less often, since the network mostly
// comes later than the box.
const (
	readFile     = time.Minute
	readDownload = 15 * time.Minute
	readAgain    = 10 * time.Second
	readTime     = 30 * time.Second // one download, at most
)

// readCalendar reads the calendar again and again, until ctx is done. The last good one counts until another is read,
// also after a restart without a network.
func (p *planner) readCalendar(ctx context.Context) {
	client, err := p.client()
	if err != nil {
		p.complain(err, "Look at relay.ca_file.")
		return
	}
	kept, failing := "", time.Duration(0) // the last pause after a failure; 0 without one
	for {
		c := p.box.live.Load()
		address, zone := string(c.Schedule.Calendar), c.Venue.Zone()
		every := readDownload
		if strings.HasPrefix(address, "/") {
			every = readFile
		}
		if of := address + " " + zone.String(); of != kept {
			kept, p.content = of, [sha256.Size]byte{}
			p.adopt(p.kept(address, zone))
		}
		if address == "" || p.fetch(ctx, client, address, zone) {
			failing = 0
		} else {
			failing = min(max(2*failing, readAgain), every)
			every = failing
		}
		select {
		case <-ctx.Done():
			return
		case <-p.changed:
			failing = 0
		case <-time.After(every):
		}
	}
}

// client trusts whom the relay's client trusts.
func (p *planner) client() (*http.Client, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	if file := p.box.config.Relay.CAFile; file != "" {
		roots, err := config.ReadCA(file)
		if err != nil {
			return nil, err
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: roots}
	}
	return schedule.Client(transport), nil
}

// fetch reads the calendar once, and tells whether it could.
func (p *planner) fetch(ctx context.Context, client *http.Client, address string, zone *time.Location) bool {
	limited, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	data, err := schedule.Fetch(limited, client, address)
	if ctx.Err() != nil {
		return false
	}
	content := sha256.Sum256(data)
	if err == nil && p.trouble == nil && content == p.content {
		return true
	}
	advice := "Look at schedule.calendar, and at the network."
	if strings.HasPrefix(address, "/") {
		advice = "The file that schedule.calendar names is to be there, and vigie's user may have to be allowed to read it."
	}
	var calendar *schedule.Calendar
	if err == nil {
		advice = "What schedule.calendar names is to be an iCalendar file: look at the program that makes it."
		calendar, err = schedule.ParseCalendar(data, zone)
	}
	if err != nil {
		p.complain(err, advice)
		return false
	}
	p.adopt(calendar)
	if err := p.keep(address, data); err != nil {
		p.box.log.Warn("the calendar cannot be kept: after a restart it is needed again", "err", err)
		return true
	}
	p.content = content
	return true
}

// leftOut says which events of a calendar are no shows because nobody understands them; "" where there are none. Three are
// named.
func leftOut(c *schedule.Calendar, now time.Time) string {
	if c == nil {
		return ""
	}
	all := c.LeftOut(now)
	if len(all) == 0 {
		return ""
	}
	var named []string
	for _, err := range all[:min(len(all), 3)] {
		named = append(named, err.Error())
	}
	if more := len(all) - len(named); more > 0 {
		named = append(named, fmt.Sprintf("and %d more", more))
	}
	return "Left out of the calendar, with all that repeats with it: " + strings.Join(named, "; ") + "."
}

// complain keeps the schedule as it is, and says so. The station tells the journal when that begins and when it is over.
func (p *planner) complain(err error, advice string) {
	if p.trouble != nil && p.trouble.Error() != err.Error() {
		p.box.log.Warn("the calendar still cannot be read", "err", err)
	}
	p.trouble = err
	severity := golive.Warning // a show may be missing, and nobody knows of it
	p.mu.Lock()
	if p.calendar != nil {
		severity = golive.Fine
		advice = "The shows that were read before stay planned. " + advice
	}
	p.mu.Unlock()
	p.notice(health.Condition{Code: health.CalendarFailed, Severity: severity, Text: fmt.Sprintf("The calendar cannot be read: %v.", err),
		Advice: advice})
}

// adopt makes a calendar, or none, the one that counts. Nothing else is wrong with it than what is left out.
func (p *planner) adopt(calendar *schedule.Calendar) {
	p.mu.Lock()
	p.stale, p.calendar = true, calendar
	p.mu.Unlock()
	p.trouble = nil
	p.notice(health.Condition{Code: health.CalendarFailed, Severity: golive.Warning, Text: leftOut(calendar, time.Now()),
		Advice: "Mend what is named in the program that makes it; it is read again and again."})
	p.box.status.Notify()
}

// copyOf is where the last good calendar of an address is kept. The address may be a secret.
func (p *planner) copyOf(address string) string {
	sum := sha256.Sum256([]byte(address))
	return filepath.Join(p.dir, "calendar-"+hex.EncodeToString(sum[:8])+".ics")
}

// kept is the last good calendar of an address; nil where there is none.
func (p *planner) kept(address string, zone *time.Location) *schedule.Calendar {
	data, err := os.ReadFile(p.copyOf(address))
	if address == "" || err != nil {
		return nil
	}
	calendar, err := schedule.ParseCalendar(data, zone)
	if err != nil {
		return nil
	}
	return calendar
}

// keep keeps a good calendar, and no other than this one.
func (p *planner) keep(address string, data []byte) error {
	name := p.copyOf(address)
	others, _ := filepath.Glob(filepath.Join(p.dir, "calendar-*.ics"))
	for _, other := range others {
		if other != name {
			_ = os.Remove(other)
		}
	}
	return replaceFile(name, data)
}
