//go:build bench

package bench

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestProcess(t *testing.T) {
	// What stands in for the program says what it was given, holds a file and ends well on SIGTERM alone.
	fake := filepath.Join(t.TempDir(), "vigie")
	script := `#!/bin/sh
trap 'exit 3' TERM
exec 7</dev/null
echo "$@"; cat "$3"; env
while :; do sleep 0.1; done
`
	if err := os.WriteFile(fake, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("BENCH_VIGIE", fake)
	t.Setenv("VIGIE_RELAY_URL", "left over")
	p := Start(t, Vigie(t, "venue: {name: Bench}\n", "run"))
	p.WaitLog("STATE_DIRECTORY=", waitStart)
	if log := p.Log(); !strings.HasPrefix(log, "run --config /") || !strings.Contains(log, "venue: {name: Bench}") ||
		strings.Contains(log, "VIGIE_") {
		t.Errorf("it was started with\n%s", log)
	}
	if u := p.Usage(); u.FDs < 4 || u.Threads != 1 || u.RSS < 100<<10 || u.RSS > 100<<20 {
		t.Errorf("a shell with a file open uses %+v", u)
	}
	if code := p.Stop(); code != 3 {
		t.Errorf("exit code %d, want 3", code)
	}
}
