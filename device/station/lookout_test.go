package station_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vigie/device/golive"
	"vigie/device/health"
	"vigie/device/station"
)

// TestUnwellBoard holds that what the lookout finds is amber, a sentence and a line in the journal, and no reason not to
// go live.
func TestUnwellBoard(t *testing.T) {
	root, journal := t.TempDir(), new(bytes.Buffer)
	chip := filepath.Join(root, "sys/class/hwmon/hwmon0")
	for name, text := range map[string]string{"name": "rpi_volt\n", "in0_lcrit_alarm": "1\n"} {
		if err := os.MkdirAll(chip, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(chip, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	began := time.Now()
	b := newBox(t, func(o *station.Options) {
		o.Health = &health.Options{Root: root, StateDir: filepath.Join(root, "gone")}
		o.Log = slog.New(slog.NewTextHandler(journal, nil))
	})
	s := b.await("both conditions", func(s station.Snapshot) bool { return s.Machine.State == golive.Standby && len(s.Warnings) == 2 })
	if want := (golive.Lights{Green: golive.Steady, Amber: golive.Slow}); s.Lights != want {
		t.Errorf("the lights are %+v", s.Lights)
	}
	if s.Warnings[0].Code != health.Undervoltage || s.Warnings[1].Code != health.DiskFailed ||
		s.Warnings[0].Since.Before(began) || s.Warnings[0].Advice == "" {
		t.Errorf("the conditions are %+v", s.Warnings)
	}
	b.Press(golive.GoLiveDown{}, golive.GoLiveUp{})
	if s = b.awaitState(golive.Live); s.Lights != (golive.Lights{Red: golive.Steady, Amber: golive.Slow}) {
		t.Errorf("live, the lights are %+v", s.Lights)
	}
	if err := b.end(); err != nil {
		t.Error(err)
	}
	if text := journal.String(); strings.Count(text, "code=undervoltage") != 1 || strings.Count(text, "code=disk_failed") != 1 {
		t.Errorf("the journal has\n%s", text)
	}
}
