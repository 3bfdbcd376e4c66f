package uplink_test

import (
	"encoding/binary"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"vigie/uplink"
	"vigie/uplink/uplinktest"
)

// stunServer is a STUN server that answers when it may: what it says of everybody's address is mapped, and a candidate
// with that address is one that it made.
type stunServer struct {
	url    string
	mapped string
	asked  chan uint16 // message types (RFC 8489, 5)
	conn   net.PacketConn

	mu      sync.Mutex
	open    bool
	waiting []func() // answers
}

func newSTUN(t *testing.T, mapped string) *stunServer {
	t.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &stunServer{url: "stun:" + conn.LocalAddr().String(), mapped: mapped, asked: make(chan uint16, 1000), conn: conn}
	var wg sync.WaitGroup
	wg.Go(s.serve)
	t.Cleanup(func() {
		s.answer()
		conn.Close()
		wg.Wait()
	})
	return s
}

func (s *stunServer) serve() {
	for buf := make([]byte, 1500); ; {
		n, from, err := s.conn.ReadFrom(buf)
		if err != nil {
			return
		}
		if n < 20 {
			continue
		}
		offer(s.asked, binary.BigEndian.Uint16(buf))
		reply := s.reply(buf[:20])
		s.mu.Lock()
		s.waiting = append(s.waiting, func() { _, _ = s.conn.WriteTo(reply, from) })
		s.mu.Unlock()
		s.flush(false)
	}
}

// answer lets what was asked be answered, hold what will be asked wait.
func (s *stunServer) answer() { s.flush(true) }

func (s *stunServer) hold() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = false
}

func (s *stunServer) flush(open bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open = s.open || open; !s.open {
		return
	}
	for _, reply := range s.waiting {
		reply()
	}
	s.waiting = nil
}

// reply is a Binding success response with an XOR-MAPPED-ADDRESS (RFC 8489, 14.2), and an error (14.8) to what only a
// TURN server could do.
func (s *stunServer) reply(request []byte) []byte {
	const cookie = 0x2112A442
	if request[1] != 1 {
		b := append([]byte{1, request[1] | 0x10, 0, 8}, request[4:20]...)
		return append(b, 0, 9, 0, 4, 0, 0, 5, 8)
	}
	b := append([]byte{1, 1, 0, 12}, request[4:20]...)
	b = append(b, 0, 0x20, 0, 8, 0, 1)
	b = binary.BigEndian.AppendUint16(b, 4000^cookie>>16)
	return binary.BigEndian.AppendUint32(b, binary.BigEndian.Uint32(net.ParseIP(s.mapped).To4())^cookie)
}

func (s *stunServer) servers() []webrtc.ICEServer { return []webrtc.ICEServer{{URLs: []string{s.url}}} }

// withLate makes the stage one where candidates come only after the relay got the offer.
func withLate(t *testing.T, servers ...*stunServer) func(*uplink.Options) {
	return func(o *uplink.Options) {
		for _, s := range servers {
			o.ICEServers = append(o.ICEServers, s.servers()...)
		}
		front(t, httptest.NewServer, o, func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost {
					for _, s := range servers {
						s.answer()
					}
				}
				next.ServeHTTP(w, r)
			})
		})
	}
}

// front puts a handler before the relay, on a server of its own.
func front(t *testing.T, serve func(http.Handler) *httptest.Server, o *uplink.Options, wrap func(http.Handler) http.Handler) {
	t.Helper()
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: o.Client.Endpoint.Scheme, Host: o.Client.Endpoint.Host})
	proxy.Transport = &http.Transport{DisableKeepAlives: true}
	proxy.ErrorLog = quietLog
	s := serve(wrap(proxy))
	t.Cleanup(s.Close)
	endpoint, _ := url.Parse(s.URL + o.Client.Endpoint.Path)
	o.Client.Endpoint = endpoint
}

// request waits until the relay was asked by that method for the nth time, and returns what it was asked.
func (s *stage) request(method string, nth int) uplinktest.Request {
	s.t.Helper()
	late := time.After(10 * time.Second)
	for {
		n := 0
		for _, r := range s.relay.Requests() {
			if r.Method == method {
				if n++; n == nth {
					return r
				}
			}
		}
		select {
		case <-s.requests:
		case <-late:
			s.t.Fatalf("the relay was not asked by %s; %+v", method, s.relay.Counts())
		}
	}
}

// sections are the offer's, parsed.
func (s *stage) sections() (d sdp.SessionDescription) {
	s.t.Helper()
	if err := d.UnmarshalString(s.request(http.MethodPost, 1).Body); err != nil {
		s.t.Fatal(err)
	}
	return d
}

// eachSection checks every section of the offer.
func (s *stage) eachSection(check func(m *sdp.MediaDescription) bool, what string) {
	s.t.Helper()
	d := s.sections()
	if len(d.MediaDescriptions) != 2 {
		s.t.Errorf("%d sections", len(d.MediaDescriptions))
	}
	for _, m := range d.MediaDescriptions {
		if !check(m) {
			s.t.Errorf("%s: %s", m.MediaName.Media, what)
		}
	}
}

func has(name string) func(*sdp.MediaDescription) bool {
	return func(m *sdp.MediaDescription) bool { _, ok := m.Attribute(name); return ok }
}

// values returns what follows a prefix in the lines that have it.
func values(text, prefix string) (v []string) {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(strings.TrimRight(line, "\r\n"), prefix); ok {
			v = append(v, rest)
		}
	}
	return v
}

// isLost waits for a Lost whose error has the text.
func (s *stage) isLost(text string, within time.Duration) uplink.Lost {
	s.t.Helper()
	lost := next[uplink.Lost](s, within)
	if !strings.Contains(lost.Err.Error(), text) {
		s.t.Errorf("%q, want %q", lost.Err, text)
	}
	return lost
}

// neverLost ends the show and fails where more than one session was in it.
func (s *stage) neverLost() {
	s.t.Helper()
	s.end()
	if c := s.relay.Counts(); c.Posts != 1 || c.Deletes != 1 {
		s.t.Errorf("%+v: the session was to go on; %s", c, s.uplink.Stats().Error)
	}
}

func containsAll(list []string, parts ...string) bool {
	return !slices.ContainsFunc(parts, func(p string) bool {
		return !slices.ContainsFunc(list, func(s string) bool { return strings.Contains(s, p) })
	})
}

// recovers waits until media got through again for the nth time.
func (s *stage) recovers(nth uint64) uplink.Stats {
	s.t.Helper()
	late := time.After(20 * time.Second)
	for tick := time.NewTicker(20 * time.Millisecond); ; {
		st := s.uplink.Stats()
		if st.Recoveries >= nth {
			return st
		}
		select {
		case <-tick.C:
		case <-late:
			s.t.Fatalf("%d recoveries, want %d: %+v", st.Recoveries, nth, st)
		}
	}
}

// goesBy waits until the status names a way that has the text in it.
func (s *stage) goesBy(text string) {
	s.t.Helper()
	late := time.After(3 * time.Second)
	for tick := time.NewTicker(50 * time.Millisecond); ; {
		pair := s.uplink.Stats().Pair
		if strings.Contains(pair, text) {
			return
		}
		select {
		case <-tick.C:
		case <-late:
			s.t.Fatalf("media goes %q, want %q", pair, text)
		}
	}
}

// quietLog is for a server whose clients hang up on its certificate.
var quietLog = log.New(io.Discard, "", 0)
