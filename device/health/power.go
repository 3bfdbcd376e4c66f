package health

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

// What a Raspberry Pi's firmware says of this moment; the same bits sinceBoot higher are of what has been (the property
// RPI_FIRMWARE_GET_THROTTLED, as vcgencmd get_throttled prints it).
const (
	nowUndervoltage = 1 << 0
	nowCapped       = 1 << 1
	nowThrottled    = 1 << 2
	nowSoftLimit    = 1 << 3 // of temperature: 60 °C on a 3B+, which is nothing to be told of once it is over
	sinceBoot       = 16
)

// power watches what a Raspberry Pi says of its supply. Two files tell of it:
//
//	hwmon "rpi_volt", in0_lcrit_alarm   any kernel (drivers/hwmon/raspberrypi-hwmon.c): 1 where the voltage was too low
//	                                    at any time of the two seconds before the driver's last look
//	soc:firmware/get_throttled          Raspberry Pi's kernel: the firmware's bits, in hex without 0x. Some versions write
//	                                    one warning into the kernel's log that it is deprecated, and there are kernels for
//	                                    the Pi 5 without it. There its folder has another name: soc@107c000000:firmware.
type power struct {
	root      string
	low, slow detector
}

func newPower(root string) *power {
	return &power{
		root: root,
		// A dip of a moment is enough to lose a USB camera by, and there is never only one.
		low: newDetector(Undervoltage, 0, time.Minute, "The board's voltage is too low: cameras and disk may fail.",
			"Use the board's own power supply and a short cable, and give USB devices power of their own."),
		slow: newDetector(Throttled, 5*time.Second, 30*time.Second,
			"The board runs slower than it could, to spare its power or to cool down.",
			"Give it air and a better power supply; a smaller picture needs less of both."),
	}
}

func (p *power) judge(now time.Time, _ Seen) []Condition {
	low, slow := resting, resting
	if bits, ok := p.throttled(); ok {
		low = judged(bits&nowUndervoltage != 0)
		slow = judged(bits&(nowCapped|nowThrottled|nowSoftLimit) != 0)
	}
	if alarm, ok := p.alarm(); ok && low != bad {
		low = judged(alarm != 0)
	}
	p.low.judge(now, low)
	p.slow.judge(now, slow)
	return conditions(&p.low, &p.slow)
}

// throttled is the firmware's bits, where there is such a firmware.
func (p *power) throttled() (int64, bool) {
	files, _ := filepath.Glob(filepath.Join(p.root, "sys/devices/platform/soc*/soc*:firmware/get_throttled")) // as in alarm
	if len(files) == 0 {
		return 0, false
	}
	return number(files[0], 16)
}

// tells is whether this board says anything of its supply.
func (p *power) tells() bool {
	_, alarm := p.alarm()
	_, bits := p.throttled()
	return alarm || bits
}

// alarm is what the driver of the supply says, where there is one.
func (p *power) alarm() (int64, bool) {
	names, _ := filepath.Glob(filepath.Join(p.root, "sys/class/hwmon/hwmon*/name")) // it fails for a bad pattern alone
	for _, name := range names {
		if text, err := os.ReadFile(name); err == nil && strings.TrimSpace(string(text)) == "rpi_volt" {
			return number(filepath.Join(filepath.Dir(name), "in0_lcrit_alarm"), 10)
		}
	}
	return 0, false
}
