package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
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
	setup := readSetup(c.Config, dir)
	log := newLog(setup.config.Log.Level)
	setup.tell(log)
	b, err := newBox(setup, dir, c.Demo, log)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wait sync.WaitGroup
	defer wait.Wait()
	if setup.broken != nil {
		wait.Go(func() { setup.awaitMended(ctx, b, cancel, log) })
	}
	err = b.run(ctx)
	cancel(nil)
	if cause := context.Cause(ctx); errors.Is(cause, errMended) {
		return errMended
	}
	return err
}

// setup is what the box runs on, and why that is not what the file says.
type setup struct {
	path   string
	seen   []byte // what the file had
	config config.Config
	broken error // of the file; nil when config is the file's
	state  golive.Config
}

// readSetup reads the file; a broken one is replaced by the last good copy, or else by the defaults, on which the
// box never goes live.
func readSetup(path, dir string) setup {
	good := config.LastGood{Dir: dir}
	s := setup{path: path}
	data, err := config.Read(path)
	if err == nil {
		s.seen = data
		var cfg *config.Config
		if cfg, err = config.Parse(path, data, os.Environ()); err == nil {
			// A full disk is no reason to stay dark: the copy is for a later day.
			_ = good.Save(data)
			s.config = *cfg
			return s
		}
	}
	s.broken = err
	if last, err := good.Load(os.Environ()); err == nil {
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

// lookAgain is how often a broken configuration is read again although its file did not change: it may name a token
// file that is there by now.
const lookAgain = 10 * time.Second

// awaitMended waits until the file is good and no show is on, and then ends the box with errMended.
func (s setup) awaitMended(ctx context.Context, b *box, end context.CancelCauseFunc, log *slog.Logger) {
	for seen, last := s.seen, s.broken.Error(); ctx.Err() == nil; {
		wait, cancel := context.WithTimeout(ctx, lookAgain)
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
