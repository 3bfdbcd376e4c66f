package status

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// What a Journal keeps.
const (
	maxEntries = 500
	maxEntry   = 1 << 10 // bytes of one text
	memory     = time.Hour
)

// Journal is an slog.Handler that keeps the last hour's lines for the page and hands all of them on. It keeps what is Info
// and above, also where the handler behind it wants less: the page is read by those who have no journal at hand.
type Journal struct {
	next slog.Handler
	text slog.Handler // writes a record's attributes into kept.line
	kept *kept
}

var _ slog.Handler = (*Journal)(nil)

// kept is what a Journal and all that are made of it have in common.
type kept struct {
	mu      sync.Mutex
	line    bytes.Buffer
	entries []entry // a ring when it is full
	first   int     // the oldest of it
}

type entry struct {
	at    time.Time // with the monotonic clock's reading: the wall clock may be set later
	level slog.Level
	text  string
}

// Entry is a line of the journal.
type Entry struct {
	Time  time.Time  `json:"time"` // by the wall clock as it goes now
	Level slog.Level `json:"level"`
	Text  string     `json:"text"` // the message, and its attributes as key=value
}

// NewJournal returns a Journal in front of next.
func NewJournal(next slog.Handler) *Journal {
	k := new(kept)
	attributes := slog.NewTextHandler(&k.line, &slog.HandlerOptions{Level: slog.LevelInfo,
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey || a.Key == slog.MessageKey) {
				return slog.Attr{}
			}
			return a
		}})
	return &Journal{next: next, text: attributes, kept: k}
}

// Enabled implements slog.Handler.
func (j *Journal) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelInfo || j.next.Enabled(ctx, level)
}

// Handle implements slog.Handler. It blocks as long as the handler behind it does.
func (j *Journal) Handle(ctx context.Context, r slog.Record) error {
	if r.Level >= slog.LevelInfo {
		j.keep(ctx, r)
	}
	if !j.next.Enabled(ctx, r.Level) {
		return nil
	}
	return j.next.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (j *Journal) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &Journal{next: j.next.WithAttrs(attrs), text: j.text.WithAttrs(attrs), kept: j.kept}
}

// WithGroup implements slog.Handler.
func (j *Journal) WithGroup(name string) slog.Handler {
	return &Journal{next: j.next.WithGroup(name), text: j.text.WithGroup(name), kept: j.kept}
}

func (j *Journal) keep(ctx context.Context, r slog.Record) {
	k := j.kept
	k.mu.Lock()
	defer k.mu.Unlock()
	k.line.Reset()
	_ = j.text.Handle(ctx, r) // a buffer takes all
	text := strings.TrimSpace(r.Message + " " + strings.TrimSpace(k.line.String()))
	if len(text) > maxEntry {
		text = strings.ToValidUTF8(text[:maxEntry], "") + "…"
	}
	e := entry{at: time.Now(), level: r.Level, text: text}
	if len(k.entries) < maxEntries {
		k.entries = append(k.entries, e)
		return
	}
	k.entries[k.first] = e
	k.first = (k.first + 1) % maxEntries
}

// Entries returns what was kept in the last hour, the newest first, with times of that zone.
func (j *Journal) Entries(zone *time.Location) []Entry {
	k := j.kept
	k.mu.Lock()
	defer k.mu.Unlock()
	now, all := time.Now(), []Entry{}
	for i := range k.entries {
		e := k.entries[(k.first+len(k.entries)-1-i)%len(k.entries)]
		age := now.Sub(e.at)
		if age > memory {
			break
		}
		all = append(all, Entry{Time: now.Add(-age).In(zone), Level: e.level, Text: e.text})
	}
	return all
}
