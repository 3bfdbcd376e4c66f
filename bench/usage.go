//go:build bench

package bench

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Usage is what a process holds, for tests that want it back where it was.
type Usage struct {
	FDs     int   // open file descriptors
	Threads int   // of the kernel, not goroutines
	RSS     int64 // resident memory, bytes
	Anon    int64 // what of it is no file's, bytes: the rest are pages of the program, which the kernel takes and gives
}

// Usage reads what the program holds now, from /proc.
func (p *Process) Usage() Usage {
	p.t.Helper()
	dir := fmt.Sprintf("/proc/%d", p.PID)
	fds, err := os.ReadDir(dir + "/fd")
	if err != nil {
		p.t.Fatalf("%s: %v", p.name, err)
	}
	status := read(p.t, dir, "status")
	return Usage{
		FDs:     len(fds),
		Threads: int(field(status, "Threads:")),
		RSS:     field(status, "VmRSS:") * 1024,
		Anon:    field(status, "RssAnon:") * 1024,
	}
}

// field returns the number after a name in /proc/PID/status, or 0 where there is none.
func field(status, name string) int64 {
	_, rest, _ := strings.Cut(status, "\n"+name)
	words := strings.Fields(rest)
	if len(words) == 0 {
		return 0
	}
	n, _ := strconv.ParseInt(words[0], 10, 64)
	return n
}
