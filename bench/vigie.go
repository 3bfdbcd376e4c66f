//go:build bench

package bench

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Vigie returns the command that runs the program under test with a configuration of its own, for Start. The
// environment variable BENCH_VIGIE names the binary. Configuration and state live in a directory of the test.
func Vigie(t testing.TB, config string, args ...string) *exec.Cmd {
	t.Helper()
	binary := os.Getenv("BENCH_VIGIE")
	if binary == "" {
		t.Fatal("BENCH_VIGIE must name the vigie binary: make bench builds it and says so")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "config.yaml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, append(args, "--config", file)...)
	cmd.Dir = dir
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "VIGIE_") && !strings.HasPrefix(v, "BENCH_") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(cmd.Env, "HOME="+dir, "STATE_DIRECTORY="+dir)
	return cmd
}
