package rpicam

import (
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	pipeSize = 1 << 20                // bytes: a picture of 720p almost fits, and the program waits less
	dying    = 500 * time.Millisecond // for a program that closed its output to end by itself
)

// child is the program while it runs.
type child struct {
	name string
	cmd  *exec.Cmd
	out  *os.File // its standard output
	said *messages

	mu    sync.Mutex
	over  bool // its process group may be another's from now on
	ended sync.Once
	how   string
}

// launch starts the program as the leader of a process group.
func launch(program string, arguments []string, log *slog.Logger) (*child, error) {
	out, in, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("rpicam: %s: %w", program, err)
	}
	defer in.Close()
	widen(out)
	c := &child{name: filepath.Base(program), cmd: exec.Command(program, arguments...), out: out, said: newMessages(log)}
	c.cmd.Stdout, c.cmd.Stderr = in, c.said
	c.cmd.Env = append(os.Environ(), "LANG=C", "LC_ALL=C") // its words are looked for
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.cmd.WaitDelay = dying // for who has inherited its standard error
	if err := c.cmd.Start(); err != nil {
		out.Close()
		return nil, fmt.Errorf("rpicam: %s: %w", program, err)
	}
	return c, nil
}

// widen makes room in a pipe. Where that cannot be had, it stays with 64 KiB, and the program waits more often.
func widen(pipe *os.File) {
	if c, err := pipe.SyscallConn(); err == nil {
		_ = c.Control(func(fd uintptr) { _, _ = unix.FcntlInt(fd, unix.F_SETPIPE_SZ, pipeSize) })
	}
}

// kill ends the whole group at once: the program has nothing to save, and takes SIGINT only with its next picture.
func (c *child) kill() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.over {
		_ = unix.Kill(-c.cmd.Process.Pid, unix.SIGKILL)
	}
}

// end waits until the program has ended, which it has some time to do by itself, and frees what it had. It returns how
// it ended; later calls return the same.
func (c *child) end(grace time.Duration) string {
	c.ended.Do(func() {
		timer := time.AfterFunc(grace, c.kill)
		// It stays a zombie until those of its group are killed, so that its number is nobody else's.
		for unix.Waitid(unix.P_PID, c.cmd.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil) == unix.EINTR {
		}
		timer.Stop()
		c.kill()
		c.mu.Lock()
		c.over = true
		c.mu.Unlock()
		err := c.cmd.Wait()
		c.out.Close()
		if c.how = "it ended"; err != nil {
			c.how = "it ended: " + err.Error()
		}
	})
	return c.how
}
