package relay

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/pion/logging"
)

// pionLog takes what pion says into our log, at debug: on its own each line is about one packet or one candidate, and
// what it means for a session is said by the session.
type pionLog struct {
	log   *slog.Logger
	scope string
}

func (l pionLog) NewLogger(scope string) logging.LeveledLogger { return pionLog{l.log, scope} }

func (l pionLog) say(format string, args ...any) {
	if l.log.Enabled(context.Background(), slog.LevelDebug) {
		l.log.Debug(fmt.Sprintf(format, args...), "pion", l.scope)
	}
}

func (pionLog) Trace(string)                {}
func (pionLog) Tracef(string, ...any)       {}
func (pionLog) Debug(string)                {}
func (pionLog) Debugf(string, ...any)       {}
func (l pionLog) Info(m string)             { l.say("%s", m) }
func (l pionLog) Infof(f string, a ...any)  { l.say(f, a...) }
func (l pionLog) Warn(m string)             { l.say("%s", m) }
func (l pionLog) Warnf(f string, a ...any)  { l.say(f, a...) }
func (l pionLog) Error(m string)            { l.say("%s", m) }
func (l pionLog) Errorf(f string, a ...any) { l.say(f, a...) }
