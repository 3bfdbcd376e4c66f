package health

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"vigie/device/golive"
)

// board is a directory that looks like a board's root.
type board string

func newBoard(t testing.TB) board { return board(t.TempDir()) }

func (b board) write(t testing.TB, path, text string) {
	t.Helper()
	path = filepath.Join(string(b), path)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

const (
	alarmFile     = "sys/class/hwmon/hwmon1/in0_lcrit_alarm"
	throttledFile = "sys/devices/platform/soc/soc:firmware/get_throttled"
	zoneFile      = "sys/class/thermal/thermal_zone0/temp"
)

// pi is a Raspberry Pi 4 that is well.
func pi(t testing.TB) board {
	b := newBoard(t)
	b.write(t, "sys/class/hwmon/hwmon0/name", "cpu_thermal\n")
	b.write(t, "sys/class/hwmon/hwmon1/name", "rpi_volt\n")
	b.write(t, alarmFile, "0\n")
	b.write(t, throttledFile, "0\n")
	b.write(t, zoneFile, "52582\n")
	b.write(t, "sys/class/thermal/cooling_device0/cur_state", "0\n")
	return b
}

// TestPower has a file say something from second 5 to second 15.
func TestPower(t *testing.T) {
	for name, c := range map[string]struct{ file, text, want string }{
		"the driver's alarm":    {alarmFile, "1\n", " 5:undervoltage 75:"},
		"the firmware's bits":   {throttledFile, "50005\n", " 5:undervoltage 10:undervoltagethrottled 45:undervoltage 75:"},
		"what has been":         {throttledFile, "f0000\n", ""},
		"capped":                {throttledFile, "2\n", " 10:throttled 45:"},
		"its temperature":       {throttledFile, "80008\n", " 10:throttled 45:"},
		"not a number":          {throttledFile, "what?\n", ""},
		"the driver cannot say": {alarmFile, "", ""},
		"another chip's alarm":  {"sys/class/hwmon/hwmon0/in0_lcrit_alarm", "1\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := pi(t)
			got := changes(watch(newPower(string(b)), 80, func(i int) Seen {
				switch i {
				case 5:
					b.write(t, c.file, c.text)
				case 15:
					b.write(t, c.file, "0\n")
				}
				return Seen{}
			}))
			if got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestHeat(t *testing.T) {
	b := pi(t)
	const zoneFile = "sys/class/thermal/thermal_zone1/temp" // the other one is not hot
	j := newHeat(string(b))
	got := changes(watch(j, 80, func(i int) Seen {
		if degrees, ok := map[int]string{5: "79999", 20: "81500", 40: "78000", 60: "74900"}[i]; ok {
			b.write(t, zoneFile, degrees+"\n")
		}
		return Seen{}
	}))
	if want := " 30:hot 70:"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	b.write(t, zoneFile, "85123\n")
	j.judge(start.Add(90*time.Second), Seen{})
	if on := j.judge(start.Add(100*time.Second), Seen{}); len(on) != 1 || !strings.Contains(on[0].Text, "85 °C") {
		t.Errorf("%+v", on)
	}
}

const (
	routesHead = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
	defaultWay = "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
	hallsWay   = "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"

	nothing6 = "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
	refused6 = nothing6 + "00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo\n"
	default6 = nothing6 + "fe80000000000000000000000000cafe 00000400 00000003 00000000 00450003     eth0\n"
)

func TestClock(t *testing.T) {
	type files = map[string]string
	const route, route6 = "proc/net/route", "proc/net/ipv6_route"
	const late = " 10:clock_unsynchronised"
	built := start.AddDate(0, -1, 0)
	for name, c := range map[string]struct {
		built           time.Time
		asked, answered bool // whether the kernel may be asked, and says that it is synchronised
		files           files
		want            string
	}{
		"synchronised":                     {built, true, true, files{route: routesHead + defaultWay}, ""},
		"never":                            {built, true, false, files{route: routesHead + hallsWay + defaultWay}, late},
		"by IPv6":                          {built, true, false, files{route: routesHead, route6: refused6 + default6}, late},
		"no way out":                       {built, true, false, files{route: routesHead + hallsWay, route6: refused6}, ""},
		"no network":                       {built, true, false, nil, ""},
		"not to be asked, and nobody else": {built, false, false, files{route: routesHead + defaultWay}, ""},
		"timesyncd waits": {built, false, false,
			files{route: routesHead + defaultWay, "run/systemd/timesync/x": ""}, late},
		"timesyncd did it": {built, false, false,
			files{route: routesHead + defaultWay, "run/systemd/timesync/synchronized": ""}, ""},
		"before the program was made": {start.AddDate(1, 0, 0), true, false,
			files{route: routesHead + defaultWay}, " 1:clock_not_set"},
		"made an hour from now: another zone's clock": {start.Add(time.Hour), true, true, nil, ""},
		"made at an unknown time":                     {time.Time{}, true, true, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBoard(t)
			for path, text := range c.files {
				b.write(t, path, text)
			}
			j := newClock(string(b), c.built)
			j.ask = func() (bool, bool) { return c.answered, c.asked }
			var codes []string
			for minute := range 20 {
				codes = append(codes, watchAt(j, start.Add(time.Duration(minute)*time.Minute), Seen{}))
			}
			if got := changes(codes); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
	askKernel() // whatever it says here
}

// TestClockGoesSlowly holds that a clock which is right for a moment is not believed yet.
func TestClockGoesSlowly(t *testing.T) {
	b := newBoard(t)
	b.write(t, "proc/net/route", routesHead+defaultWay)
	for name, built := range map[string]time.Time{ClockNotSet: start.AddDate(1, 0, 0), ClockUnsynchronised: start} {
		j := newClock(string(b), built)
		got := changes(watch(j, 720, func(i int) Seen {
			right := i >= 650 && i < 655 || i >= 700
			j.ask = func() (bool, bool) { return right, true }
			if name == ClockNotSet {
				if j.built = built; right {
					j.built = start
				}
			}
			return Seen{}
		}))
		if want := map[string]string{ClockNotSet: " 60:clock_not_set 710:", ClockUnsynchronised: " 600:clock_unsynchronised 710:"}[name]; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestNothingThere holds that a machine without sensors has no condition of them.
func TestNothingThere(t *testing.T) {
	m := New(Options{Root: t.TempDir()})
	if got := changes(watch(monitored{m}, 120, func(int) Seen { return Seen{} })); got != "" {
		t.Errorf("it has%s", got)
	}
}

// monitored is a whole Monitor as a part.
type monitored struct{ *Monitor }

func (m monitored) judge(now time.Time, s Seen) []Condition { return m.Judge(now, s) }

// TestOrder holds that conditions come in the order of Codes.
func TestOrder(t *testing.T) {
	b := pi(t)
	b.write(t, throttledFile, "f\n")
	b.write(t, zoneFile, "90000\n")
	m := New(Options{Root: string(b), StateDir: "/does/not/exist", Built: start.AddDate(1, 0, 0), RateFloor: 300_000})
	var h hall
	var all []Condition
	for i := range 70 {
		s := h.second(-90, 500)
		s.Picture, s.Target = seenAs(i, func(int, int) byte { return 16 }).Picture, 300_000
		all = m.Judge(start.Add(time.Duration(i)*time.Second), s)
	}
	want := []string{PictureBlack, Silence, Clipping, RateFloor, Undervoltage, Throttled, Hot, DiskFailed, ClockNotSet}
	order := Codes()
	for i, c := range all {
		if i >= len(want) || c.Code != want[i] {
			t.Fatalf("%+v, want %v", all, want)
		}
		order = order[slices.Index(order, c.Code)+1:]
		isWhole(t, c)
	}
	if len(all) != len(want) {
		t.Errorf("%+v, want %v", all, want)
	}
}

func isWhole(t *testing.T, c Condition) {
	t.Helper()
	if c.Severity != golive.Warning || c.Text == "" || c.Advice == "" || c.Since.Before(start) {
		t.Errorf("%+v", c)
	}
}

// TestOthersAreWhole holds that those which do not go together with TestOrder's have all that the page shows of them, too.
func TestOthersAreWhole(t *testing.T) {
	still := newPictureJudge()
	for i := range 12 {
		still.judge(start.Add(time.Duration(i)*time.Second), seenAs(i, func(x, y int) byte { return byte(40 + (x+y)%150) }))
	}
	full := newDisk(t.TempDir())
	full.take(start, answer{free: 1, size: 1 << 30})
	b := newBoard(t)
	b.write(t, "proc/net/route", routesHead+defaultWay)
	late := newClock(string(b), time.Time{})
	late.ask = func() (bool, bool) { return false, true }
	late.judge(start, Seen{})
	late.judge(start.Add(time.Hour), Seen{})
	all := slices.Concat(conditions(&still.frozen), conditions(&full.low), conditions(&late.free))
	for i, code := range []string{PictureFrozen, DiskLow, ClockUnsynchronised} {
		if i >= len(all) || all[i].Code != code {
			t.Fatalf("%s is not there: %+v", code, all)
		}
		isWhole(t, all[i])
	}
}
