package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"reflect"
	"sync"
	"time"

	"vigie/device/config"
	"vigie/device/golive"
)

type runCommand struct {
	file
	Demo bool `help:"Where there is no camera or no microphone, send the test picture and the test sound."`
}

// errMended ends a box that runs on less than the configuration file.
var errMended = errors.New("the configuration was mended")

// Run runs the box until a signal. When a broken configuration is mended, the box begins anew with it, between shows.
func (c runCommand) Run(ctx context.Context) error {
	for {
		err := c.once(ctx)
		if !errors.Is(err, errMended) {
			return err
		}
	}
}

// once runs a box on one configuration.
func (c runCommand) once(ctx context.Context) error {
	dir, err := stateDirectory()
	if err != nil {
		return err
	}
	setup := readSetup(c.Config, dir, os.Environ())
	log := newLog(setup.config.Log.Level)
	b, err := newBox(setup, dir, c.Demo, log)
	if err != nil && setup.broken == nil {
		// The file reads well and cannot be carried out: an address that this machine does not have, a port in use.
		setup = setup.without(err, dir, os.Environ(), tryAgain)
		b, err = newBox(setup, dir, c.Demo, log)
	}
	if err != nil {
		return err
	}
	setup.tell(log)
	if setup.broken == nil {
		if err := (config.LastGood{Dir: dir}).Save(setup.seen); err != nil {
			log.Warn("there will be no last good copy to fall back on", "err", err)
		}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wait sync.WaitGroup
	defer wait.Wait()
	if setup.broken != nil {
		wait.Go(func() { setup.awaitMended(ctx, b, cancel, log) })
	}
	wait.Go(func() { awaitReplaced(ctx, b, cancel, log) })
	err = b.run(ctx)
	cancel(nil)
	if cause := context.Cause(ctx); errors.Is(cause, errMended) {
		return errMended
	}
	if context.Cause(ctx) == errReplaced {
		return nil // and systemd starts the new program
	}
	return err
}

// setup is what the box runs on, and why that is not what the file says.
type setup struct {
	path   string
	seen   []byte // what the file had
	config config.Config
	broken error         // of the file; nil when config is the file's
	again  time.Duration // how often a broken file is tried although it did not change
	state  golive.Config
}

// readSetup reads the file; a broken one is replaced by the last good copy, or else by the defaults, on which the
// box never goes live.
func readSetup(path, dir string, environ []string) setup {
	s := setup{path: path}
	data, err := config.Read(path)
	if err == nil {
		s.seen = data
		var cfg *config.Config
		if cfg, err = config.Parse(path, data, environ); err == nil {
			s.config = *cfg
			return s
		}
	}
	return s.without(err, dir, environ, lookAgain)
}

// without is the setup for a file that is broken, why, and how often it is tried again. The copy that is the file itself
// is no help.
func (s setup) without(err error, dir string, environ []string, again time.Duration) setup {
	s.broken, s.again = err, again
	good := config.LastGood{Dir: dir}
	if last, err := good.Load(environ); err == nil && !reflect.DeepEqual(*last, s.config) {
		s.config, s.state = *last, golive.ConfigLastGood
		return s
	}
	s.config, s.state = config.Default(), golive.ConfigBroken
	return s
}

func (s setup) tell(log *slog.Logger) {
	if s.broken == nil {
		return
	}
	running := "the box cannot go live"
	if s.state == golive.ConfigLastGood {
		running = "the box runs on the last good copy"
	}
	log.Error("the configuration is broken: "+running+" until the file is mended", "errors", s.broken.Error())
}

// How often a broken configuration is read again although its file did not change: it may name a token file that is
// there by now. One that could not be carried out is tried less often: each try begins the box anew.
const (
	lookAgain = 10 * time.Second
	tryAgain  = time.Minute
)

// awaitMended waits until the file is good and no show is on, and then ends the box with errMended.
func (s setup) awaitMended(ctx context.Context, b *box, end context.CancelCauseFunc, log *slog.Logger) {
	for seen, last := s.seen, s.broken.Error(); ctx.Err() == nil; {
		wait, cancel := context.WithTimeout(ctx, s.again)
		if err := config.Changed(wait, s.path, seen); err != nil {
			<-wait.Done() // its folder cannot be watched
		}
		cancel()
		data, err := config.Read(s.path)
		if seen = data; err == nil {
			_, err = config.Parse(s.path, data, os.Environ())
		}
		b.setConfigErrors(err)
		if err == nil {
			log.Info("the configuration is mended; the box begins anew with it as soon as no show is on")
			if b.awaitRest(ctx) {
				end(errMended)
			}
			return
		}
		if err.Error() != last {
			last = err.Error()
			log.Error("the configuration is still broken", "errors", last)
		}
	}
}
