package main

import (
	"context"
	"errors"
	"log/slog"
	"os/signal"
	"syscall"
)

// errReplaced ends a program that was replaced by a newer one.
var errReplaced = errors.New("a newer vigie was installed")

// awaitReplaced waits for SIGUSR1, by which the package says that a newer program was installed, and ends the box with
// errReplaced when no show is on. A second one changes nothing.
func awaitReplaced(ctx context.Context, b *box, end context.CancelCauseFunc, log *slog.Logger) {
	replaced, stop := signal.NotifyContext(ctx, syscall.SIGUSR1)
	defer stop()
	<-replaced.Done()
	if ctx.Err() != nil {
		return
	}
	log.Info("a newer vigie was installed; the box begins anew with it as soon as no show is on")
	if b.awaitRest(ctx) {
		end(errReplaced)
	}
}
