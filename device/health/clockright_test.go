package health

import (
	"fmt"
	"testing"
	"time"
)

// TestClockRight holds that a clock which goes on from when the board was last on is not taken for right.
func TestClockRight(t *testing.T) {
	battery := func(at time.Time) map[string]string {
		return map[string]string{"sys/class/rtc/rtc0/since_epoch": fmt.Sprintln(at.Unix()), "sys/class/rtc/rtc0/hctosys": "1\n"}
	}
	for name, c := range map[string]struct {
		asked, answered bool // whether the kernel may be asked, and says that it is synchronised
		files           map[string]string
		now             time.Time
		want            bool
	}{
		"nobody tells":              {false, false, nil, start, false},
		"synchronised":              {true, true, nil, start, true},
		"not yet":                   {true, false, nil, start, false},
		"timesyncd waits":           {false, false, map[string]string{"run/systemd/timesync/x": ""}, start, false},
		"timesyncd did it":          {false, false, map[string]string{"run/systemd/timesync/synchronized": ""}, start, true},
		"it did, hours ago":         {true, false, map[string]string{"run/systemd/timesync/synchronized": ""}, start, true},
		"a battery":                 {true, false, battery(start.Add(-2 * time.Minute)), start, true},
		"a battery and chrony":      {false, false, battery(start.Add(2 * time.Minute)), start, true},
		"a clock for a battery":     {true, false, battery(time.Unix(40, 0)), start, false},
		"it goes on from last week": {false, false, battery(start), start.AddDate(0, 0, -7), false},
		"both are in 2020":          {false, false, battery(start.AddDate(-6, 0, 0)), start.AddDate(-6, 0, 0), false},
		"it cannot be read":         {false, false, map[string]string{"sys/class/rtc/rtc0/since_epoch": ""}, start, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBoard(t)
			for path, text := range c.files {
				b.write(t, path, text)
			}
			j := newClock(string(b), start.AddDate(0, -1, 0))
			j.ask = func() (bool, bool) { return c.answered, c.asked }
			if got := j.right(c.now); got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
	ClockRight("", time.Time{}, time.Now()) // whatever it says here
}
