package main

import (
	"fmt"
	"strings"
	"testing"
)

// row prints the table of some output, and returns the row of a figure.
func row(t *testing.T, output, reach string) string {
	t.Helper()
	for line := range strings.Lines(table(read(output))) {
		if strings.Contains(line, reach) {
			return strings.TrimSpace(line)
		}
	}
	t.Fatalf("no row %q", reach)
	return ""
}

// played is the output of a test that reported values.
func played(whose, key string, values ...string) string {
	var b strings.Builder
	for _, v := range values {
		fmt.Fprintf(&b, "=== RUN   TestScene\n    x_test.go:1: said something\n=== ATTR  TestScene scene %s %s %s\n", whose, key, v)
	}
	return b.String()
}

func TestRows(t *testing.T) {
	for _, c := range []struct{ output, reach, want string }{
		{played("ours", "loss-5", "0.9", "0.85", "0.8"), "≥ 80 % of the ceiling", "| 85 % | 80 % |  | ok |"},
		{played("ours", "loss-5", "0.9", "0.85", "0.79"), "≥ 80 % of the ceiling", "| 85 % | 79 % |  | short |"},
		{played("ours", "loss-5", "0.9", "0.85"), "≥ 80 % of the ceiling", "| 88 % | 85 % |  | short: 2 of 3 repeats |"},
		{played("ours", "relay-back", "1.2", "0.7", "3.1"), "its return", "| 1.20 s | 3.10 s |  | short |"},
		{played("ours", "relay-back", "1.2", "0.7", "+Inf"), "its return", "| 1.20 s | never |  | short |"},
		{played("ours", "relay-back", "1", "1", "1") + played("stock", "relay-back", "2", "9"), "its return",
			"| 1.00 s | 1.00 s | 5.50 s (9.00 s) | ok |"},
		{"", "≤ 370 ms", "| – | – |  | short: 0 of 3 repeats |"},
	} {
		if got := row(t, c.output, c.reach); !strings.HasSuffix(got, c.want) {
			t.Errorf("%s\nwant %s", got, c.want)
		}
	}
}

// Every figure can be told from every other, and has a scene.
func TestFigures(t *testing.T) {
	seen := map[string]bool{}
	for i, f := range figures {
		if seen[f.key] || f.repeats == 0 || f.reach == "" || i == 0 && f.scene == "" {
			t.Errorf("%+v", f)
		}
		seen[f.key] = true
	}
}
