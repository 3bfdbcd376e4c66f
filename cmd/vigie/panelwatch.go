package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// lookForChips is how often a box without its whole panel looks for GPIO chips.
const lookForChips = 2 * time.Second

// awaitPanel waits, on a box whose panel is not whole, for a GPIO chip that was not there when the program began, or
// could not be opened: at boot udev may come after us. Chips are looked up once in a process, so the box then ends
// with errRestart when no show is on. Where systemd would not start it again it stays as it is.
func awaitPanel(ctx context.Context, b *box, end context.CancelCauseFunc, log *slog.Logger) {
	if b.panelWhole || os.Getenv("NOTIFY_SOCKET") == "" {
		return
	}
	for tick := time.NewTicker(lookForChips); ; {
		select {
		case <-tick.C:
		case <-ctx.Done():
			tick.Stop()
			return
		}
		if slices.ContainsFunc(usableChips(), func(chip string) bool { return !slices.Contains(firstChips(), chip) }) {
			tick.Stop()
			break
		}
	}
	log.Info("a GPIO chip is there now; the box begins anew with its buttons and lights as soon as no show is on")
	if b.awaitRest(ctx) {
		end(errRestart)
	}
}

// firstChips are those that were usable before package gpio looked for them.
var firstChips = sync.OnceValue(usableChips)

// usableChips are those that this program may open.
func usableChips() []string {
	nodes, _ := filepath.Glob("/dev/gpiochip*")
	return slices.DeleteFunc(nodes, func(n string) bool { return unix.Access(n, unix.R_OK|unix.W_OK) != nil })
}
