package schedule

import (
	_ "embed"
	"errors"
	"strings"
	"sync"
	"time"
)

//go:embed windowszones.txt
var windowsText string

// windowsZones has IANA's name of each zone of Windows, whose names Outlook and Microsoft 365 write; in small letters.
var windowsZones = sync.OnceValue(func() map[string]string {
	all := map[string]string{}
	for line := range strings.Lines(windowsText) {
		if windows, iana, ok := strings.Cut(strings.TrimSpace(line), " = "); ok && !strings.HasPrefix(line, "#") {
			all[strings.ToLower(windows)] = iana
		}
	}
	return all
})

// loadZone knows the names of IANA, those that some programs put a prefix of their own before, and those of Windows.
func loadZone(id string) (*time.Location, error) {
	if iana, ok := windowsZones()[strings.ToLower(id)]; ok {
		return time.LoadLocation(iana)
	}
	if strings.EqualFold(id, "local") { // this machine's, for Go
		return nil, errors.New("no zone has this name")
	}
	if zone, err := time.LoadLocation(id); err == nil {
		return zone, nil
	}
	parts := strings.Split(id, "/")
	return time.LoadLocation(strings.Join(parts[max(0, len(parts)-2):], "/"))
}
