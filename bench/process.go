//go:build bench

package bench

import (
	"bytes"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// How long programs may take. The kernel is several times slower than the host, and tests share its one CPU.
const (
	waitStart = 10 * time.Second
	waitStop  = 15 * time.Second
)

// Process is a program that runs beside the test.
type Process struct {
	PID int

	t    testing.TB
	name string
	cmd  *exec.Cmd
	log  log
	done chan struct{} // closed when it has ended
}

// Start runs a command beside the test. It is stopped when the test ends; what it wrote is printed if the test failed.
func Start(t testing.TB, cmd *exec.Cmd) *Process {
	t.Helper()
	p := &Process{t: t, name: filepath.Base(cmd.Path), cmd: cmd, done: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &p.log, &p.log
	cmd.WaitDelay = time.Second // for what a killed program's children hold open
	if err := cmd.Start(); err != nil {
		t.Fatalf("%s: %v", p.name, err)
	}
	p.PID = cmd.Process.Pid
	go func() { // ends with the program, and end waits for that
		defer close(p.done)
		_ = cmd.Wait() // its result is in cmd.ProcessState
	}()
	t.Cleanup(func() {
		p.end(syscall.SIGTERM)
		if t.Failed() {
			t.Logf("--- %s wrote ---\n%s--- and ended: %v ---", p.name, p.Log(), cmd.ProcessState)
		}
	})
	return p
}

// Stop asks the program to end (SIGTERM), waits, and returns its exit code; one that does not end within 15 s fails
// the test and is killed. After a first Stop or Kill it only returns the code: -1 for a program that a signal ended.
func (p *Process) Stop() int {
	p.t.Helper()
	p.end(syscall.SIGTERM)
	return p.cmd.ProcessState.ExitCode()
}

// Kill ends the program as a crash would, and waits.
func (p *Process) Kill() {
	p.t.Helper()
	p.end(syscall.SIGKILL)
}

// Signal sends any signal, and does not wait: SIGSTOP for a program that hangs, SIGCONT for one that comes back.
func (p *Process) Signal(s syscall.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatalf("%s: %v: %v", p.name, s, err)
	}
}

// Wait waits for the program to end by itself and returns its exit code.
func (p *Process) Wait(within time.Duration) int {
	p.t.Helper()
	WaitFor(p.t, within, p.name+" to end", p.exited)
	return p.cmd.ProcessState.ExitCode()
}

func (p *Process) end(s syscall.Signal) {
	p.t.Helper()
	_ = p.cmd.Process.Signal(s) // fails alone when it has ended
	select {
	case <-p.done:
	case <-time.After(waitStop):
		p.t.Errorf("%s: still running %v after %v", p.name, waitStop, s)
		_ = p.cmd.Process.Signal(syscall.SIGQUIT) // a Go program then writes where its goroutines are
		<-time.After(time.Second)
		_ = p.cmd.Process.Kill()
		<-p.done
	}
}

func (p *Process) exited() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// Log returns what the program wrote so far, standard output and standard error.
func (p *Process) Log() string { return p.log.String() }

// WaitLog blocks until the program has written text.
func (p *Process) WaitLog(text string, within time.Duration) {
	p.t.Helper()
	WaitFor(p.t, within, fmt.Sprintf("%s to write %q", p.name, text), func() bool {
		return strings.Contains(p.Log(), text)
	})
}

// log is a buffer that is read while it is written to.
type log struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

var _ io.Writer = (*log)(nil)

func (l *log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}
