//go:build bench

package bench

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Level is the voltage of a line.
type Level bool

// The levels. A button to ground with a pull-up is Low while pressed; a light is lit while High.
const (
	Low  Level = false
	High Level = true
)

// String returns "high" or "low".
func (l Level) String() string {
	if l {
		return "high"
	}
	return "low"
}

// Line is the outer end of a line of the GPIO chip: where the button and the lights are soldered on
// (Documentation/admin-guide/gpio/gpio-sim.rst). It belongs to the test's goroutine.
type Line struct {
	Name string
	t    testing.TB
	dir  string   // the line's directory in sysfs
	file *os.File // its value
}

// GPIO returns the line of that name, GPIO0 to GPIO27.
func GPIO(t testing.TB, name string) *Line {
	t.Helper()
	names, _ := filepath.Glob("/sys/kernel/config/gpio-sim/*/bank*/line*/name")
	for _, file := range names {
		if given, err := os.ReadFile(file); err != nil || strings.TrimSpace(string(given)) != name {
			continue
		}
		bank := filepath.Dir(filepath.Dir(file))
		l := &Line{Name: name, t: t}
		l.dir = filepath.Join("/sys/devices/platform", read(t, bank, "../dev_name"), read(t, bank, "chip_name"),
			strings.Replace(filepath.Base(filepath.Dir(file)), "line", "sim_gpio", 1))
		var err error
		if l.file, err = os.Open(filepath.Join(l.dir, "value")); err != nil {
			t.Fatalf("GPIO line %s: %v", name, err)
		}
		found := read(t, l.dir, "pull")
		t.Cleanup(func() {
			l.pull(found)
			l.file.Close()
		})
		return l
	}
	t.Fatalf("no GPIO line is called %s: is this the bench's kernel?", name)
	return nil
}

// Pull sets the level that a reader of the line sees. An output of the program is not overruled by it.
func (l *Line) Pull(to Level) {
	l.t.Helper()
	if to == High {
		l.pull("pull-up")
	} else {
		l.pull("pull-down")
	}
}

func (l *Line) pull(bias string) {
	l.t.Helper()
	if err := os.WriteFile(filepath.Join(l.dir, "pull"), []byte(bias), 0); err != nil {
		l.t.Fatalf("GPIO line %s: %v", l.Name, err)
	}
}

// Bounce pulls the line to a level as a bad button does: there, back and there again, 20 bounces in 15 ms after the
// first edge, and stays there. It returns when the line has settled.
func (l *Line) Bounce(to Level) {
	l.t.Helper()
	tick := time.NewTicker(750 * time.Microsecond)
	defer tick.Stop()
	l.Pull(to)
	for range 10 {
		<-tick.C
		l.Pull(!to)
		<-tick.C
		l.Pull(to)
	}
}

// Level is what the line is at now: what the program drives where it is an output, else what it is pulled to.
func (l *Line) Level() Level {
	l.t.Helper()
	level, err := levelOf(l.file)
	if err != nil {
		l.t.Fatalf("GPIO line %s: %v", l.Name, err)
	}
	return level
}

func levelOf(value *os.File) (Level, error) {
	var b [1]byte
	_, err := value.ReadAt(b[:], 0)
	return b[0] == '1', err
}

// read returns what a file of the kernel says, in one line.
func read(t testing.TB, path ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(b))
}
