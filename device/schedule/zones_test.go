package schedule

import (
	"testing"
	"time"
)

// TestZones holds that every zone of Windows is one that Go knows, and what else calendars name.
func TestZones(t *testing.T) {
	if n := len(windowsZones()); n < 139 {
		t.Errorf("only %d zones", n)
	}
	for windows, iana := range windowsZones() {
		if _, err := loadZone(windows); err != nil {
			t.Errorf("%s is %s: %v", windows, iana, err)
		}
	}
	winter := time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)
	for id, want := range map[string]string{
		"W. Europe Standard Time": "+01:00", "Romance Standard Time": "+01:00", "gmt standard time": "Z", "UTC-11": "-11:00",
		"Eastern Standard Time": "-05:00", "India Standard Time": "+05:30", "tzone://Microsoft/Utc": "Z",
		"Europe/Paris": "+01:00", "/example.org/20200101/America/New_York": "-05:00",
		"Local": "", "local": "", "Customized Time Zone": "", "../Paris": "",
	} {
		zone, err := loadZone(id)
		if err != nil {
			zone = nil
		}
		if got := zone; (got == nil) != (want == "") || got != nil && winter.In(got).Format("Z07:00") != want {
			t.Errorf("%q is %v, %v", id, got, err)
		}
	}
}
