package health

import (
	"slices"
	"testing"
)

func TestReadings(t *testing.T) {
	if r := Read(t.TempDir()); r.Heat || r.Supply || r.WayOut {
		t.Errorf("an empty board has %+v", r)
	}
	b := pi(t)
	b.write(t, "sys/class/thermal/thermal_zone1/temp", "61200\n")
	b.write(t, "proc/net/route", routesHead+defaultWay)
	if r := Read(string(b)); !r.Heat || r.Degrees != 61 || !r.Supply || !r.WayOut {
		t.Errorf("%+v", r)
	}
}

// TestSinceBoot holds that what was in last night's show is told of by day, on each board.
func TestSinceBoot(t *testing.T) {
	for _, file := range []string{throttledFile, "sys/devices/platform/soc@107c000000/soc@107c000000:firmware/get_throttled"} {
		for text, want := range map[string][2]bool{
			"0": {}, "f": {}, "80000": {}, "10000": {true, false}, "20000": {false, true}, "40000": {false, true}, "50000": {true, true}, "?": {},
		} {
			b := newBoard(t)
			b.write(t, file, text+"\n")
			if r := Read(string(b)); [2]bool{r.Dipped, r.Slowed} != want {
				t.Errorf("%s with %s: %+v", file, text, r)
			}
			if text == "f" && len(JudgeOnce(start, Options{Root: string(b)})) != 2 {
				t.Errorf("%s is not looked at", file)
			}
		}
	}
}

// TestJudgeOnce holds that one look is enough for what otherwise takes minutes to come.
func TestJudgeOnce(t *testing.T) {
	b := pi(t)
	b.write(t, zoneFile, "85000\n")
	b.write(t, throttledFile, "5\n")
	var codes []string
	for _, c := range JudgeOnce(start, Options{Root: string(b), StateDir: "/does/not/exist", Built: start.AddDate(1, 0, 0)}) {
		codes = append(codes, c.Code)
	}
	if want := []string{Undervoltage, Throttled, Hot, DiskFailed, ClockNotSet}; !slices.Equal(codes, want) {
		t.Errorf("%v, want %v", codes, want)
	}
	if all := JudgeOnce(start, Options{Root: string(pi(t)), StateDir: t.TempDir()}); slices.ContainsFunc(all, func(c Condition) bool {
		return c.Code != DiskLow && c.Code != ClockUnsynchronised // of this machine
	}) {
		t.Errorf("a board that is well has %+v", all)
	}
}
