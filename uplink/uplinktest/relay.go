package uplinktest

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
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
	Address      string // where media is received; 127.0.0.1 if ""
}

// Counts is how often something was asked of the relay.
type Counts struct{ Posts, Deletes, Probes, Patches int }

// Relay is an http.Handler: POST to any path opens a session, PATCH of the session's URL changes its ICE, and DELETE
// ends it.
type Relay struct {
	o      Options
	udp    *socket
	mux    *ice.UDPMuxDefault
	tcpMux *ice.TCPMuxDefault

	mu        sync.Mutex
	behaviour Behaviour
	requests  []Request
	sessions  map[string]*session
	hanging   chan struct{} // closed by Close
	wg        sync.WaitGroup
}

// silent keeps pion's own log out of the tests' output.
var silent = &logging.DefaultLoggerFactory{Writer: io.Discard, DefaultLogLevel: logging.LogLevelDisabled}

// New returns a relay that receives media on a UDP port and on a TCP port.
func New(o Options) (*Relay, error) {
	address := net.ParseIP(cmp.Or(o.Address, "127.0.0.1"))
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: address})
	if err != nil {
		return nil, fmt.Errorf("the relay's media port: %w", err)
	}
	tcp, err := net.ListenTCP("tcp", &net.TCPAddr{IP: address})
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("the relay's media port: %w", err)
	}
	r := &Relay{
		o: o, udp: &socket{UDPConn: conn},
		sessions: make(map[string]*session), hanging: make(chan struct{}),
	}
	r.mux = ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: r.udp, Logger: silent.NewLogger("ice")})
	r.tcpMux = ice.NewTCPMuxDefault(ice.TCPMuxParams{Listener: tcp, Logger: silent.NewLogger("ice"), ReadBufferSize: 64})
	return r, nil
}

// Set changes what the relay does wrong.
func (r *Relay) Set(b Behaviour) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.behaviour = b
	r.udp.blocked.Store(b.NoUDP)
	r.udp.letIn(b.OnlyFrom)
	r.udp.noDTLS.Store(b.NoDTLS)
	r.udp.noConsent.Store(b.NoConsent)
	r.udp.lose.Store(int64(b.Lose))
}

// Counts returns how often the relay was asked.
func (r *Relay) Counts() (c Counts) {
	for _, q := range r.Requests() {
		switch q.Method {
		case http.MethodPost:
			c.Posts++
		case http.MethodDelete:
			c.Deletes++
		case http.MethodGet:
			c.Probes++
		case http.MethodPatch:
			c.Patches++
		}
	}
	return c
}

// Requests returns all that came so far.
func (r *Relay) Requests() []Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.requests)
}

// Offer returns the last offer's SDP.
func (r *Relay) Offer() (offer string) {
	for _, q := range r.Requests() {
		if q.Method == http.MethodPost {
			offer = q.Body
		}
	}
	return offer
}

// Vanish makes the relay drop its sessions without a word, as if its power had failed: from now on no datagram goes
// out or comes in, until Return.
func (r *Relay) Vanish() {
	r.udp.muted.Store(true)
	r.end()
}

// Return brings a vanished relay back, without its sessions.
func (r *Relay) Return() { r.udp.muted.Store(false) }

// Strand loses the ways that media takes now, and no new ones: the network between has changed.
func (r *Relay) Strand() { r.udp.strand() }

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
	err := errors.Join(r.mux.Close(), r.tcpMux.Close())
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
