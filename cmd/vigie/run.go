package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"reflect"
	"sync"
	"syscall"
	"time"

	"vigie/device/config"
	"vigie/device/golive"
	"vigie/device/status"
)

type runCommand struct {
	file
	Demo bool `help:"Where there is no camera or no microphone, send the test picture and the test sound."`
}

// Run runs the box until a signal. What a running box cannot take over of a changed configuration has it begin anew,
// between shows.
func (c runCommand) Run(ctx context.Context) error {
	again := make(chan os.Signal, 1)
	if !hasTerminal() {
		signal.Notify(again, syscall.SIGHUP)
		defer signal.Stop(again)
	}
	return c.run(ctx, again)
}

// run is Run where again holds a signal when the file is to be read again.
func (c runCommand) run(ctx context.Context, again <-chan os.Signal) error {
	level := new(slog.LevelVar)
	journal := status.NewJournal(newLog(level).Handler())
	dir, err := stateDirectory()
	if dir == "" {
		return err
	}
	log, visitors := slog.New(journal), new(status.Visitors)
	if err != nil {
		log.Warn("nothing can be kept until the disk is back", "err", err)
	}
	log.Info("vigie begins", "version", version, "config", c.Config, "state", dir)
	sweep(dir, log)
	replaced, stop := signal.NotifyContext(ctx, syscall.SIGUSR1) // between two boxes too
	defer stop()
	for {
		if err := c.once(ctx, dir, again, replaced.Done(), level, journal, visitors); !errors.Is(err, errAnew) {
			return err
		}
	}
}

// hasTerminal tells whether SIGHUP means that the terminal is gone, and the program with it.
func hasTerminal() bool {
	terminal, err := os.Open("/dev/tty")
	if err != nil {
		return false
	}
	_ = terminal.Close()
	return true
}

// once runs a box until it is to begin anew; dir is the state directory.
func (c runCommand) once(ctx context.Context, dir string, again <-chan os.Signal, replaced <-chan struct{},
	level *slog.LevelVar, journal *status.Journal, visitors *status.Visitors) error {
	setup := readSetup(c.Config, dir, os.Environ())
	setup.journal, setup.visitors = journal, visitors
	level.Set(setup.config.Log.Level)
	log := slog.New(journal)
	b, setup, err := setup.carryOut(dir, c.Demo, log)
	if err != nil {
		return err
	}
	level.Set(setup.config.Log.Level)
	setup.tell(log)
	if setup.broken == nil {
		setup.keep(dir, log)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	end := func(why error) { b.resume.leave(why); cancel(why) }
	var wait sync.WaitGroup
	defer wait.Wait()
	r := reloader{setup: setup, box: b, dir: dir, level: level, again: again, log: log}
	wait.Go(func() {
		if r.run(ctx) {
			end(errAnew)
		}
	})
	wait.Go(func() { awaitReplaced(ctx, b, replaced, end, log) })
	wait.Go(func() { awaitPanel(ctx, b, end, log) })
	err = b.run(ctx)
	cancel(nil)
	if err != nil { // what hangs was left behind: a device is free again when the program has ended
		return err
	}
	if context.Cause(ctx) == errAnew {
		return errAnew
	}
	return nil // a signal, or errRestart
}

// setup is what the box runs on, and why that is not what the file says.
type setup struct {
	path   string
	seen   []byte // what the file had
	config config.Config
	broken error         // of the file; nil when config is the file's
	retry  time.Duration // how often a broken file is tried although it did not change
	state  golive.Config

	// What the boxes before this one left it; nil: nothing.
	journal  *status.Journal // what was logged in the last hour
	visitors *status.Visitors
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

// without is the setup for a file that is broken, why, and how often it is tried again: the last good copy, and without
// that the defaults. The copy that is the file itself is no help.
func (s setup) without(err error, dir string, environ []string, retry time.Duration) setup {
	s.broken, s.retry = errors.Join(s.broken, err), retry
	if last, err := config.Load(filepath.Join(dir, lastGood), environ); err == nil && !reflect.DeepEqual(*last, s.config) {
		s.config, s.state = *last, golive.ConfigLastGood
		return s
	}
	s.config, s.state = config.Default(), golive.ConfigBroken
	return s
}

// carryOut makes the box. What reads well and cannot be carried out, such as a relay's port that is in use, is a broken file.
func (s setup) carryOut(dir string, demo bool, log *slog.Logger) (*box, setup, error) {
	b, err := newBox(s, dir, demo, log)
	for err != nil && s.state != golive.ConfigBroken {
		s = s.without(err, dir, os.Environ(), tryAgain)
		b, err = newBox(s, dir, demo, log)
	}
	return b, s, err
}

// keep makes the file the last good copy: it was carried out.
func (s setup) keep(dir string, log *slog.Logger) {
	if err := replaceFile(filepath.Join(dir, lastGood), s.seen); err != nil {
		log.Warn("there will be no last good copy to fall back on", "err", err)
	}
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
