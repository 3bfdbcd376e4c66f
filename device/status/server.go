package status

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// What clients may cost. A phone takes two connections, one for events and one for the preview.
const (
	maxConnections = 128 // of others, and as many of this computer: the box needs its file descriptors for cameras and sockets
	maxOfOne       = 32  // of them by one address: five browsers with six each
	keptPlaces     = 32  // of those of others, for addresses that somebody was let in from
	strangersRate  = 40  // new connections a second of all other addresses together: a handshake takes a millisecond of a core, or several
	maxPages       = 32  // clients of /api/v1/events
	maxViewers     = 8   // clients of /api/v1/preview
	maxHeader      = 16 << 10
	requestTime    = 10 * time.Second // to read a request, and to write an answer that is not a stream
	idleTime       = 30 * time.Second // for a connection between two requests
	writeTime      = 5 * time.Second  // for one write to a stream; a slower client is dropped
)

// Server serves the page and the API.
type Server struct {
	opts     Options
	listener net.Listener
	http     *http.Server
	reader   *reader
	events   *events
	preview  *preview
	counts   counts
	door     *door
	pressing chan struct{} // holds a token while Press runs
	bundling chan struct{} // holds a token while a bundle is made
}

// New binds the address, so that a port that is in use is known before the show, and returns a Server that serves
// once Run is called. A Server that is not to serve after all is closed by Run with a ctx that is done.
func New(opts Options) (*Server, error) { return newServer(opts, isLoopback) }

// newServer is New, told who is near.
func newServer(opts Options, near func(netip.Addr) bool) (*Server, error) {
	if opts.Snapshot == nil || opts.Press == nil {
		return nil, errors.New("status: Options.Snapshot and Options.Press are required")
	}
	if opts.Log == nil {
		opts.Log = slog.Default()
	}
	s := &Server{opts: opts, reader: newReader(opts.Snapshot), counts: newCounts(),
		pressing: make(chan struct{}, 1), bundling: make(chan struct{}, 1)}
	if opts.Visitors == nil {
		opts.Visitors = new(Visitors)
	}
	s.door = &door{near: near, passphrase: opts.Passphrase, Visitors: opts.Visitors, counts: s.counts, log: opts.Log}
	s.events = newEvents(s.reader.read, s.counts)
	s.preview = newPreview(opts.Preview, s.counts)
	handler, err := s.routes()
	if err != nil {
		return nil, err
	}
	listener, err := opts.Sockets.Listen(context.Background(), "tcp", opts.Listen)
	if err != nil {
		return nil, fmt.Errorf("status.listen: cannot listen on %s: %w; "+
			"give another address or stop the program that has this one", opts.Listen, err)
	}
	if at, ok := listener.Addr().(*net.TCPAddr); ok && !near(at.AddrPort().Addr()) && (opts.Certificate == nil || s.door.bare() == "") {
		err := errors.New("status: beyond this computer Options.Passphrase and Options.Certificate are required")
		return nil, errors.Join(err, listener.Close())
	}
	s.listener = newSecure(newCrowd(listener, near, &opts.Visitors.guests, s.counts.refused.WithLabelValues("connections"), opts.Log), near, opts.Certificate)
	s.http = &http.Server{
		Handler:           newGuard(opts, s.counts).wrap(s.door.wrap(handler)),
		ReadHeaderTimeout: requestTime / 2,
		ReadTimeout:       requestTime,
		WriteTimeout:      requestTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          log.New(errorLog{opts.Log}, "", 0),
	}
	return s, nil
}

// Addr is the address that the server listens on, with the port that was taken.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

// Notify says that the snapshot changed: pages are told at once. It never blocks, and calls close together count
// as one.
func (s *Server) Notify() { s.events.notify() }

// Run serves until ctx is done, which returns nil, or the listener fails. It returns when its goroutines have;
// only a call to Options.Snapshot that hangs is left behind after two seconds, which is an error.
func (s *Server) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s.http.BaseContext = func(net.Listener) context.Context { return ctx } // ends the streams

	var children sync.WaitGroup
	go s.reader.run(ctx) // waited for below, but not for ever
	children.Go(func() { s.events.run(ctx) })
	children.Go(func() { s.preview.run(ctx) })
	children.Go(func() {
		<-ctx.Done()
		s.shutdown()
	})
	err := s.http.Serve(s.listener)
	cancel()
	children.Wait()
	if !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("status: serving on %s: %w", s.Addr(), err)
	}
	select {
	case <-s.reader.done:
		return nil
	case <-time.After(patience):
		return fmt.Errorf("status: at the end: %w", errSilent)
	}
}

// shutdown lets requests finish, for patience at most.
func (s *Server) shutdown() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		// An error here says only that somebody was cut off.
		_ = s.http.Close()
	}
}
