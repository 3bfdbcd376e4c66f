package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"vigie/device/config"
	"vigie/device/golive"
)

// errAnew ends a box that is to begin anew on another configuration.
var errAnew = errors.New("the box begins anew on the changed configuration")

// How often a broken configuration is read again although its file did not change: it may name a token file that is
// there by now. One that could not be carried out is tried less often: each try begins the box anew.
const (
	lookAgain = 10 * time.Second
	tryAgain  = time.Minute
)

// reloader reads the configuration file again when it changes, and on SIGHUP: the running box takes over what it can,
// and the rest waits until no show is on. A broken file is told of, and changes nothing.
type reloader struct {
	setup
	box   *box
	dir   string // where the last good copy is kept
	level *slog.LevelVar
	again <-chan os.Signal
	log   *slog.Logger

	anew bool   // a change waits for a box made anew
	told string // what was last said of a broken file
}

// run returns true when the box is to begin anew, and false when ctx is done.
func (r *reloader) run(ctx context.Context) bool {
	for {
		switch r.await(ctx) {
		case errAnew:
			return true
		case errReadAgain:
			r.read()
		default:
			return false
		}
	}
}

var errReadAgain = errors.New("the configuration is to be read again")

// await blocks until there is something to do: errReadAgain, errAnew, or ctx is done.
func (r *reloader) await(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	var wait sync.WaitGroup
	wait.Go(func() {
		select {
		case <-r.again:
			cancel(errReadAgain)
		case <-r.timer():
			cancel(errReadAgain)
		case <-ctx.Done():
		}
	})
	if r.anew {
		wait.Go(func() {
			if r.box.awaitRest(ctx) {
				cancel(errAnew)
			}
		})
	}
	switch err := config.Changed(ctx, r.path, r.seen); {
	case err == nil:
		cancel(errReadAgain)
	case ctx.Err() == nil:
		r.say("changes of the configuration are not noticed: send SIGHUP", err)
		<-ctx.Done()
	}
	wait.Wait()
	return context.Cause(ctx)
}

// timer fires when a broken file is to be tried although it did not change.
func (r *reloader) timer() <-chan time.Time {
	if r.broken == nil {
		return nil
	}
	return time.After(r.retry)
}

// read reads the file and does what it says, or says what is wrong with it.
func (r *reloader) read() {
	data, err := config.Read(r.path)
	if r.seen = data; err != nil {
		r.refuse(err)
		return
	}
	c, err := config.Parse(r.path, data, os.Environ())
	if err != nil {
		r.refuse(err)
		return
	}
	r.told = ""
	r.box.setConfigErrors(nil)
	if r.state == golive.ConfigBroken {
		r.log.Info("the configuration is mended; the box begins anew with it")
		r.anew = true
		return
	}
	taken, wait := r.box.takeOver(*c)
	r.level.Set(r.box.live.Load().Log.Level)
	r.tell(taken, wait)
	if r.anew = len(wait) > 0; !r.anew {
		r.keep(r.dir, r.log)
	}
	r.broken, r.state = nil, golive.ConfigGood
	r.box.station.Press(golive.ConfigChanged{Config: r.state})
}

// refuse leaves the box on what it has, which is the last good configuration.
func (r *reloader) refuse(err error) {
	r.anew = false
	r.box.setConfigErrors(err)
	r.box.tellWaiting(nil) // the file that had them is no more
	r.say("the configuration is broken; the box goes on with what it has", err)
	if r.broken == nil {
		r.retry = lookAgain
	}
	r.broken = err
	if r.state == golive.ConfigGood {
		r.state = golive.ConfigLastGood
		r.box.station.Press(golive.ConfigChanged{Config: r.state})
	}
}

// say logs an error that is news.
func (r *reloader) say(what string, err error) {
	if err.Error() != r.told {
		r.told = err.Error()
		r.log.Error(what, "errors", r.told)
	}
}

func (r *reloader) tell(taken, wait []string) {
	var now []any
	if len(taken) > 0 {
		now = []any{"now", strings.Join(taken, ", ")}
	}
	switch later := strings.Join(wait, ", "); {
	case len(wait) > 0 && r.box.rests():
		r.log.Info("the configuration was read: the box begins anew with it", append(now, "anew", later)...)
	case len(wait) > 0:
		r.log.Info("the configuration was read: the box begins anew with what waits as soon as no show is on", append(now, "waits", later)...)
	case len(taken) > 0:
		r.log.Info("the configuration was read", now...)
	default:
		r.log.Info("the configuration was read: nothing in it has changed")
	}
}
