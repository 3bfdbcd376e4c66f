package rpicam

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"vigie/capture"
)

const (
	keptLines = 6
	longest   = 500 // bytes of a line
	otherPipe = time.Second
)

// messages takes what the program writes to standard error: the last lines are kept, for its error. All go to the log,
// for who looks for a fault: a camera that is not there is tried each second.
type messages struct {
	log *slog.Logger

	mu            sync.Mutex
	part          []byte // of a line that has not ended
	last          []string
	width, height int           // of the pictures, as libcamera settled it
	settled       chan struct{} // closed when it has
}

func newMessages(log *slog.Logger) *messages {
	return &messages{log: log, settled: make(chan struct{})}
}

// Write is called by the goroutine of exec.Cmd; see io.Writer.
func (m *messages) Write(p []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for rest := p; len(rest) > 0; {
		line, after, ended := bytes.Cut(rest, []byte("\n"))
		m.part = append(m.part, line[:min(len(line), max(longest-len(m.part), 0))]...)
		if rest = after; ended {
			m.take(strings.TrimSpace(string(m.part)))
			m.part = m.part[:0]
		}
	}
	return len(p), nil
}

func (m *messages) take(line string) {
	if line == "" {
		return
	}
	m.log.Debug("rpicam", "line", line)
	line = withoutStamps(line)
	if len(m.last) == keptLines {
		m.last = append(m.last[:0], m.last[1:]...)
	}
	m.last = append(m.last, line)
	// "INFO Camera camera.cpp:1205 configuring streams: (0) 1280x720-YUV420 (1) 2304x1296-BGGR_PISP_COMP1"
	if _, settled, ok := strings.Cut(line, "configuring streams: (0) "); ok {
		var width, height int
		if n, _ := fmt.Sscanf(settled, "%dx%d-", &width, &height); n == 2 && m.width == 0 && width > 0 && height > 0 {
			m.width, m.height = width, height
			close(m.settled)
		}
	}
}

// withoutStamps leaves out what libcamera begins its lines with, the time and its thread: "[0:13:57.700801] [810] ". So a
// program that fails in the same way has the same words.
func withoutStamps(line string) string {
	for strings.HasPrefix(line, "[") {
		stamp, rest, closed := strings.Cut(line[1:], "]")
		if !closed || strings.Trim(stamp, "0123456789:.") != "" {
			break
		}
		line = strings.TrimSpace(rest)
	}
	return line
}

// size is what libcamera said of the pictures, and the other values where it did not. It said so before the first one,
// but by another pipe.
func (m *messages) size(width, height int) (int, int) {
	select {
	case <-m.settled:
		return m.width, m.height
	case <-time.After(otherPipe):
		return width, height
	}
}

// meanings are what to make of the program's words, of which the first that is found counts.
var meanings = []struct {
	words  string
	err    error
	advice string
}{
	{"no cameras available", capture.ErrNotFound, "plug the camera's cable in, with the power off"},
	{"selected camera is not available", capture.ErrNotFound, "plug the camera's cable in, with the power off"},
	{"failed to acquire camera", capture.ErrBusy, "close the program that uses it: pgrep -a 'rpicam|libcamera'"},
	{"in use by another process", capture.ErrBusy, "close the program that uses it: pgrep -a 'rpicam|libcamera'"},
	{"frontend has timed out", capture.ErrGone, "look after the camera's cable"},
	{"Device timeout detected", capture.ErrGone, "look after the camera's cable"},
	{"failed to allocate capture buffers", capture.ErrNoMemory, "ask for a smaller picture"},
	{"appropriate H.264 codec", capture.ErrUnsupported, "have it deliver raw pictures"},
	{"unrecognised option", capture.ErrUnsupported, "update it: apt-get install rpicam-apps-lite"},
}

// explain makes what happened into an error, with the program's last words.
func (m *messages) explain(program, what string, otherwise error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	words := strings.Join(m.last, "; ")
	if words == "" {
		words = "it said nothing"
	}
	for _, meaning := range meanings {
		if strings.Contains(words, meaning.words) {
			return fmt.Errorf("rpicam: %s: %w: %s: %s: %s", program, meaning.err, meaning.advice, what, words)
		}
	}
	if otherwise != nil {
		return fmt.Errorf("rpicam: %s: %w: %s: %s", program, otherwise, what, words)
	}
	return fmt.Errorf("rpicam: %s: %s: %s", program, what, words)
}
