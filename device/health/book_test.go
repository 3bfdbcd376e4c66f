package health

import (
	"bytes"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"vigie/device/golive"
)

func TestBook(t *testing.T) {
	var journal bytes.Buffer
	b := NewBook(slog.New(slog.NewTextHandler(&journal, nil)))
	at := func(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }
	told := func() string {
		defer journal.Reset()
		return journal.String()
	}
	silence := Condition{Code: Silence, Severity: golive.Warning, Text: "It is silent.", Advice: "Switch it on.", Since: at(3)}
	camera := Condition{Code: NoCamera, Severity: golive.CannotGoLive, Text: "No picture.", Advice: "Plug it in."}

	all := b.Settle(at(10), []Condition{camera, silence})
	if !all[0].Since.Equal(at(10)) || !all[1].Since.Equal(at(3)) {
		t.Errorf("since %v and %v", all[0].Since, all[1].Since)
	}
	if text := told(); strings.Count(text, "\n") != 2 || !strings.Contains(text, `msg="No picture. Plug it in." code=no_camera`) {
		t.Errorf("the journal has\n%s", text)
	}
	camera.Text = "No picture: another reason."
	if all = b.Settle(at(20), []Condition{camera, silence}); !all[0].Since.Equal(at(10)) || told() != "" {
		t.Errorf("what goes on is news, or since %v", all[0].Since)
	}
	b.Settle(at(30), []Condition{camera})
	if text := told(); strings.Count(text, "\n") != 1 || !strings.Contains(text, `msg="over: It is silent." code=silence lasted=27s`) {
		t.Errorf("the journal has\n%s", text)
	}
	b.Settle(at(40), nil)
	if text := told(); !strings.Contains(text, "lasted=30s") {
		t.Errorf("the journal has\n%s", text)
	}
	if all = b.Settle(at(50), []Condition{camera}); !all[0].Since.Equal(at(50)) {
		t.Errorf("what came again is since %v", all[0].Since)
	}
}

func TestWorst(t *testing.T) {
	all := []Condition{{Severity: golive.Warning}, {Severity: golive.CannotGoLive}, {Severity: golive.Warning}}
	if Worst(all) != golive.CannotGoLive || Worst(all[:1]) != golive.Warning || Worst(nil) != golive.Fine {
		t.Error("not the worst")
	}
}

// TestRunbook holds that the technician on the phone finds each code.
func TestRunbook(t *testing.T) {
	text, err := os.ReadFile("../../docs/runbook.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range Codes() {
		if !strings.Contains(string(text), "\n| `"+code+"` |") {
			t.Errorf("docs/runbook.md has no row for %s", code)
		}
	}
}
