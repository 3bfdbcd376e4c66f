package main

import (
	"context"
	"errors"
	"log/slog"
)

// errRestart ends the program, so that systemd starts it again.
var errRestart = errors.New("the program is to be started again")

// awaitReplaced waits until the package says, by SIGUSR1, that a newer program was installed, and ends the box with
// errRestart when no show is on.
func awaitReplaced(ctx context.Context, b *box, replaced <-chan struct{}, end func(error), log *slog.Logger) {
	select {
	case <-replaced:
	case <-ctx.Done():
	}
	if ctx.Err() != nil { // which ends the other as well
		return
	}
	log.Info("a newer vigie was installed; the box begins anew with it as soon as no show is on")
	if b.awaitRest(ctx) {
		end(errRestart)
	}
}
