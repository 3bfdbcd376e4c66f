package main

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"os"

	"golang.org/x/sys/unix"
)

// newLog writes to standard error. For journald, which stamps the time itself, each line begins with its priority.
func newLog(level slog.Leveler) *slog.Logger {
	out, options := io.Writer(os.Stderr), &slog.HandlerOptions{Level: level}
	if forJournal() {
		out = prioritised{os.Stderr}
		options.ReplaceAttr = func(groups []string, a slog.Attr) slog.Attr {
			if len(groups) == 0 && a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}
	}
	return slog.New(slog.NewTextHandler(out, options))
}

// forJournal tells whether standard error goes to journald: the variable is inherited by programs whose output a person
// reads (systemd.exec(5), JOURNAL_STREAM).
func forJournal() bool {
	var s unix.Stat_t
	stream := os.Getenv("JOURNAL_STREAM")
	return stream != "" && unix.Fstat(2, &s) == nil && stream == fmt.Sprintf("%d:%d", s.Dev, s.Ino)
}

// prioritised puts before each record what sd-daemon(3) says of its level. A record is one Write, and its level the first
// thing in it.
type prioritised struct{ io.Writer }

var priorities = []struct{ level, prefix string }{
	{"level=DEBUG", "<7>"}, {"level=WARN", "<4>"}, {"level=ERROR", errorPrefix}, {"", "<6>"},
}

const errorPrefix = "<3>"

func (p prioritised) Write(record []byte) (int, error) {
	for _, of := range priorities {
		if bytes.HasPrefix(record, []byte(of.level)) {
			_, err := p.Writer.Write(append([]byte(of.prefix), record...))
			return len(record), err
		}
	}
	return len(record), nil
}
