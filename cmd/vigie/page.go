package main

import (
	"context"
	"log/slog"
	"net"
	"sync"
	"time"

	"vigie/device/golive"
	"vigie/device/health"
	"vigie/device/status"
)

// openAgain is how often a status page that cannot be served is tried again.
const openAgain = 10 * time.Second

// page serves the status page for as long as the box runs. What keeps it from being served, a port that is taken or a
// certificate that cannot be read, is a warning and tried again: a venue does not lose its show for a page.
type page struct {
	open  func() (*status.Server, error)
	url   func(net.Addr) string // for the log
	every time.Duration
	log   *slog.Logger

	mu     sync.Mutex
	server *status.Server // nil while it cannot be served
	err    error          // then: why
}

// newPage binds the page, so that it is there before the show.
func newPage(open func() (*status.Server, error), url func(net.Addr) string, log *slog.Logger) *page {
	p := &page{open: open, url: url, every: openAgain, log: log}
	p.server, p.err = open()
	return p
}

// run serves until ctx is done.
func (p *page) run(ctx context.Context) error {
	for ctx.Err() == nil {
		server, _ := p.now()
		if server == nil {
			select {
			case <-ctx.Done():
			case <-time.After(p.every):
				p.set(p.open())
			}
			continue
		}
		p.log.Info("the status page is at " + p.url(server.Addr()))
		err := server.Run(ctx)
		if ctx.Err() != nil {
			return err
		}
		p.set(nil, err)
	}
	if server, _ := p.now(); server != nil {
		return server.Run(ctx) // gives back what it has bound
	}
	return nil
}

func (p *page) now() (*status.Server, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.server, p.err
}

func (p *page) set(server *status.Server, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.server, p.err = server, err
}

// Addr is where the page is served; nil while it is not.
func (p *page) Addr() net.Addr {
	if server, _ := p.now(); server != nil {
		return server.Addr()
	}
	return nil
}

// Notify says that what the page shows has changed. It never blocks.
func (p *page) Notify() {
	if server, _ := p.now(); server != nil {
		server.Notify()
	}
}

// conditions is what is wrong with the page.
func (p *page) conditions() []health.Condition {
	_, err := p.now()
	if err == nil {
		return nil
	}
	return []health.Condition{{
		Code: health.PageFailed, Severity: golive.Warning, Text: "The status page is not served: " + err.Error() + ".",
		Advice: "Button, lights and shows work without it; it is tried again and again.",
	}}
}
