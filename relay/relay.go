package relay

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/webrtc/v4"
	"golang.org/x/net/netutil"
)

// Relay is the embedded relay. Make it with New and serve with Run.
type Relay struct {
	opts  Options
	log   *slog.Logger
	clock func() time.Duration // monotonic, from some beginning

	keepAlive time.Duration // of event streams

	web     net.Listener
	sockets *sockets
	udp     ice.UDPMux
	tcp     ice.TCPMux
	apis    [2]*webrtc.API // by role

	feed  *feed
	stats counters

	ctx  context.Context // of all sessions; ended by Run
	stop context.CancelFunc
	wg   sync.WaitGroup // sessions
	poke chan struct{}  // tend now

	mu        sync.Mutex
	sessions  map[string]*session // by id
	publisher *publisher          // nil when nobody publishes
	viewers   map[*viewer]struct{}
	opening   int // viewers' sessions that are being answered
	stage     stage
	watchers  map[chan event]struct{}
}

// New binds every socket that the relay needs, so that an address in use is known at once, and checks the options.
// The sockets are Run's to close.
func New(o Options) (*Relay, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	start := time.Now()
	r := &Relay{
		opts: o, log: cmp.Or(o.Log, slog.New(slog.DiscardHandler)),
		clock: func() time.Duration { return time.Since(start) + 1 }, // never 0: that means "not"
		feed:  newFeed(), poke: make(chan struct{}, 1), keepAlive: keepAlive,
		sessions: map[string]*session{}, viewers: map[*viewer]struct{}{}, watchers: map[chan event]struct{}{},
	}
	r.ctx, r.stop = context.WithCancel(context.Background())
	if err := r.bind(); err != nil {
		return nil, err
	}
	return r, nil
}

func (r *Relay) bind() (err error) {
	var config *tls.Config
	if r.opts.Cert != "" {
		pair, err := tls.LoadX509KeyPair(r.opts.Cert, r.opts.Key)
		if err != nil {
			return fmt.Errorf("relay.tls: %w", err)
		}
		config = &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{"h2", "http/1.1"}}
	}
	host, _, err := net.SplitHostPort(r.opts.Listen)
	if err != nil {
		return fmt.Errorf("relay.listen %s: %w; write host:port", r.opts.Listen, err)
	}
	if r.web, err = r.opts.Sockets.Listen(context.Background(), "tcp", r.opts.Listen); err != nil {
		return fmt.Errorf("relay.listen %s: %w", r.opts.Listen, explain(err))
	}
	r.web = netutil.LimitListener(r.web, maxConns)
	if r.sockets, err = listenMedia(r.opts.Sockets, host, r.opts.Media); err != nil {
		return errors.Join(err, r.web.Close())
	}
	if config != nil {
		r.web = tls.NewListener(r.web, config)
	}
	return r.prepare()
}

// prepare makes what sessions are made from.
func (r *Relay) prepare() error {
	log := pionLog{log: r.log}
	r.udp, r.tcp = r.sockets.muxes(log)
	forPublisher, err1 := settings(publishing, r.sockets, r.udp, r.tcp, log)
	forViewer, err2 := settings(watching, r.sockets, r.udp, r.tcp, log)
	var err3, err4 error
	r.apis[publishing], err3 = publisherAPI(forPublisher, log, repairsFactory{&r.stats.nacksOut})
	r.apis[watching], err4 = viewerAPI(forViewer)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return errors.Join(err, r.closeSockets())
	}
	return nil
}

// explain says what to do about an address that cannot be had.
func explain(err error) error {
	var call *net.OpError
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return errors.New("address in use; stop the other program or choose another port")
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return errors.New("not an address of this machine")
	case errors.As(err, &call):
		return call.Err
	}
	return err
}

// Addr is where the web server listens.
func (r *Relay) Addr() net.Addr { return r.web.Addr() }

// MediaPort is the UDP and TCP port of media.
func (r *Relay) MediaPort() int { return r.sockets.port }

// Run serves until ctx is done, and then ends every session and waits for it, up to closeTime. It returns nil when all
// ended in time. It is called once.
func (r *Relay) Run(ctx context.Context) error {
	server := &http.Server{
		Handler:           r.routes(),
		ReadHeaderTimeout: 5 * time.Second,
		IdleTimeout:       75 * time.Second, // boxes probe each minute, and publish on that connection
		MaxHeaderBytes:    16 << 10,
		BaseContext:       func(net.Listener) context.Context { return r.ctx },
		ErrorLog:          slog.NewLogLogger(r.log.Handler(), slog.LevelDebug),
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(r.web) }()
	tended := make(chan struct{})
	go func() { defer close(tended); r.tend() }()

	var err error
	select {
	case <-ctx.Done():
	case err = <-served:
		served <- http.ErrServerClosed
	}
	r.mu.Lock() // no session is taken from here on
	r.stop()
	r.mu.Unlock()
	err = errors.Join(err, r.shutdown(server))
	<-served
	<-tended
	return err
}

// shutdown ends requests and sessions, which have their context's end already, and then the sockets.
func (r *Relay) shutdown(server *http.Server) error {
	late, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	gone := make(chan struct{})
	go func() { defer close(gone); r.wg.Wait() }()
	// Shutdown also waits for connections that browsers opened in advance, and on which no request ever comes.
	answered, cancel := context.WithTimeout(late, answerTime)
	defer cancel()
	if server.Shutdown(answered) != nil {
		_ = server.Close()
	}
	var err error
	select {
	case <-gone:
	case <-late.Done():
		err = fmt.Errorf("relay: sessions did not end within %v", closeTime)
	}
	return errors.Join(err, r.closeSockets())
}

func (r *Relay) closeSockets() error {
	return errors.Join(r.udp.Close(), r.tcp.Close(), ignoreClosed(r.web.Close()), ignoreClosed(r.sockets.udp.Close()))
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
