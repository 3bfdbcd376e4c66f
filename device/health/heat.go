package health

import (
	"fmt"
	"path/filepath"
	"time"
)

// A Raspberry Pi slows down at 80 to 85 °C; other boards stop not far above.
const (
	hot  = 80 // °C
	cool = 75 // and below: it is over
)

// heat watches the hottest of the board's thermal zones (Documentation/driver-api/thermal/sysfs-api.rst: temp is in
// thousandths of a degree).
type heat struct {
	root string
	hot  detector
}

func newHeat(root string) *heat {
	return &heat{root: root, hot: newDetector(Hot, 10*time.Second, 10*time.Second, "",
		"Give it air, take it out of the sun, and fit a heat sink or a fan.")}
}

// hottest is the temperature of the hottest zone in whole °C. False: the board has none that can say.
func hottest(root string) (degrees int64, known bool) {
	zones, _ := filepath.Glob(filepath.Join(root, "sys/class/thermal/thermal_zone*/temp")) // as in power
	most := int64(0)
	for _, zone := range zones {
		if t, ok := number(zone, 10); ok && (!known || t > most) {
			most, known = t, true
		}
	}
	return most / 1000, known
}

func (h *heat) judge(now time.Time, _ Seen) []Condition {
	v := resting
	if degrees, known := hottest(h.root); known {
		v = judged(degrees >= hot || h.hot.on && degrees >= cool)
		h.hot.Text = fmt.Sprintf("The board is hot: %d °C.", degrees)
	}
	h.hot.judge(now, v)
	return conditions(&h.hot)
}
