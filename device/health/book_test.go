package health

import (
	"bytes"
	"log/slog"
	"os"
	"slices"
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

// TestBookAtNight holds that a hall which is dark and quiet by night fills no journal, and that what was so before a show
// comes when the show begins and goes when it ends.
func TestBookAtNight(t *testing.T) {
	var journal bytes.Buffer
	b := NewBook(slog.New(slog.NewTextHandler(&journal, nil)))
	stage := []Condition{
		{Code: PictureBlack, Severity: golive.Warning, Text: "Black."}, {Code: PictureFrozen, Severity: golive.Warning, Text: "Frozen."},
		{Code: Silence, Severity: golive.Warning, Text: "Silent."},
	}
	settle := func(second int, all []Condition, lines ...string) {
		t.Helper()
		all = b.Settle(start.Add(time.Duration(second)*time.Second), all)
		for _, c := range all {
			if !c.Since.Equal(start.Add(time.Second)) {
				t.Errorf("after %d s %s is since %v", second, c.Code, c.Since)
			}
		}
		text := journal.String()
		for _, line := range lines {
			if !strings.Contains(text, line) {
				t.Errorf("after %d s %q is missing in\n%s", second, line, text)
			}
		}
		if n := strings.Count(text, "\n"); n != len(lines) {
			t.Errorf("after %d s the journal has\n%s", second, text)
		}
		journal.Reset()
	}
	settle(1, BeforeShow(stage))
	settle(2, slices.Clone(stage), "level=WARN msg=\"Black. \"", "code=picture_frozen", "code=silence")
	settle(3, slices.Clone(stage))
	settle(4, BeforeShow(stage), "level=INFO msg=\"over: Black.\" code=picture_black lasted=3s", "over: Frozen.", "over: Silent.")
	settle(5, nil)
	if stage[0].Severity != golive.Warning {
		t.Error("BeforeShow wrote to what it was given")
	}
}

// TestBeforeShow holds that a board which is not well is a warning at any time.
func TestBeforeShow(t *testing.T) {
	for _, code := range Codes() {
		got := BeforeShow([]Condition{{Code: code, Severity: golive.CannotGoLive}})[0].Severity
		if dark := code == PictureBlack || code == PictureFrozen || code == Silence; (got == golive.Fine) != dark {
			t.Errorf("%s is %v", code, got)
		}
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
