package uplinktest

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"

	"github.com/pion/ice/v4"
	"github.com/pion/logging"
	"github.com/pion/rtcp"
)

// Options are called with what arrives, from the relay's goroutines: one for each request and for each track. They may
// be nil.
type Options struct {
	Request      func(*http.Request)
	Packet       func(Packet)
	SenderReport func(*rtcp.SenderReport)
}

// Counts is how often something was asked of the relay.
type Counts struct{ Posts, Deletes, Probes int }

// Relay is an http.Handler: POST to any path opens a session, DELETE of the session's URL ends it.
type Relay struct {
	o   Options
	udp *socket
	mux *ice.UDPMuxDefault

	mu        sync.Mutex
	behaviour Behaviour
	counts    Counts
	auth      []string // the Authorization of each request
	offer     string
	sessions  map[string]*session
	hanging   chan struct{} // closed by Close
	wg        sync.WaitGroup
}

// silent keeps pion's own log out of the tests' output.
var silent = &logging.DefaultLoggerFactory{Writer: io.Discard, DefaultLogLevel: logging.LogLevelDisabled}

// New returns a relay that receives media on a UDP port of 127.0.0.1.
func New(o Options) (*Relay, error) {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, fmt.Errorf("the relay's media port: %w", err)
	}
	r := &Relay{
		o: o, udp: &socket{UDPConn: conn},
		sessions: make(map[string]*session), hanging: make(chan struct{}),
	}
	r.mux = ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: r.udp, Logger: silent.NewLogger("ice")})
	return r, nil
}

// Set changes what the relay does wrong.
func (r *Relay) Set(b Behaviour) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.behaviour = b
}

// Counts returns how often the relay was asked.
func (r *Relay) Counts() Counts {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.counts
}

// Offer returns the last offer's SDP.
func (r *Relay) Offer() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.offer
}

// Authorizations returns the Authorization header of each request so far.
func (r *Relay) Authorizations() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.auth...)
}

// Vanish makes the relay drop its sessions without a word, as if its power had failed: from now on no datagram goes
// out or comes in, until Return.
func (r *Relay) Vanish() {
	r.udp.muted.Store(true)
	r.end()
}

// Return brings a vanished relay back, without its sessions.
func (r *Relay) Return() { r.udp.muted.Store(false) }

// HangUp closes all sessions, with DTLS's close_notify.
func (r *Relay) HangUp() { r.end() }

// PLI asks every publisher for an IDR n times.
func (r *Relay) PLI(n int) {
	for _, s := range r.all() {
		for range n {
			s.pli()
		}
	}
}

// NACK asks every publisher for packets of its picture again.
func (r *Relay) NACK(sequences ...uint16) {
	for _, s := range r.all() {
		s.nack(sequences)
	}
}

// Close ends everything and waits for it.
func (r *Relay) Close() error {
	r.mu.Lock()
	select {
	case <-r.hanging:
	default:
		close(r.hanging)
	}
	r.mu.Unlock()
	r.end()
	r.wg.Wait()
	err := r.mux.Close()
	r.udp.Close()
	return err
}

func (r *Relay) all() []*session {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []*session
	for _, s := range r.sessions {
		all = append(all, s)
	}
	return all
}

func (r *Relay) end() {
	for _, s := range r.all() {
		r.remove(s.id)
		s.close()
	}
}

func (r *Relay) remove(id string) *session {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.sessions[id]
	delete(r.sessions, id)
	return s
}

func (r *Relay) now() Behaviour {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.behaviour
}
