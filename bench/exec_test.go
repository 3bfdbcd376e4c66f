//go:build benchhost

// These run on the host, and start kernels: go test -tags benchhost ./bench

package bench

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// inside runs a shell script by exec, inside a kernel, and returns what came out and the exit status.
func inside(t *testing.T, script string, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	cmd := command(t, script, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

func command(t *testing.T, script string, args ...string) *exec.Cmd {
	t.Helper()
	program, err := filepath.Abs("exec")
	if err != nil {
		t.Fatal(err)
	}
	return exec.Command(program, append([]string{"sh", "-c", script, "sh"}, args...)...)
}

func TestExecPassesOn(t *testing.T) {
	t.Setenv("BENCH_TEST", "two\nlines")
	out, errs, status := inside(t, `echo "$BENCH_TEST|$1|$2"; pwd; uname -n; echo to stderr >&2; exit 7`, "a  b", `"*'`)
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if want := "two\nlines|a  b|\"*'\n" + wd + "\nvigie-bench\n"; out != want {
		t.Errorf("standard output %q, want %q", out, want)
	}
	if errs != "to stderr\n" || status != 7 {
		t.Errorf("standard error %q and status %d, want %q and 7", errs, status, "to stderr\n")
	}
}

func TestExecLosesNoOutput(t *testing.T) {
	out, _, status := inside(t, `seq 1 100000`)
	if lines := strings.Count(out, "\n"); lines != 100000 || !strings.HasSuffix(out, "\n100000\n") || status != 0 {
		t.Errorf("%d lines of 100000, status %d", lines, status)
	}
}

func TestExecKernelPanics(t *testing.T) {
	_, errs, status := inside(t, `echo c >/proc/sysrq-trigger; sleep 60`)
	if status != 125 || !strings.Contains(errs, "Kernel panic") || !strings.Contains(errs, "ended (") {
		t.Errorf("status %d, want 125 and the console; standard error:\n%s", status, errs)
	}
}

func TestExecKernelHangs(t *testing.T) {
	t.Setenv("BENCH_TIMEOUT", "3s")
	_, errs, status := inside(t, `sleep 60`)
	if status != 125 || !strings.Contains(errs, "still running after 3s") {
		t.Errorf("status %d, want 125 and the reason; standard error:\n%s", status, errs)
	}
}

func TestExecIsStopped(t *testing.T) {
	cmd := command(t, `echo up; exec sleep 60`)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 3)); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	stuck := time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() })
	defer stuck.Stop()
	// Ended by its own hand, and not by ours: it took the kernel with it.
	if err := cmd.Wait(); cmd.ProcessState.ExitCode() != 125 {
		t.Errorf("SIGTERM ended it with %v, want status 125", err)
	}
}
