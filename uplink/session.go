package uplink

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/webrtc/v4"

	"vigie/uplink/whip"
)

const (
	farewell = 2 * time.Second // the DELETE
	closing  = time.Second     // the peer connection
)

// What a session fails with, for people.
var (
	errClosed = errors.New("the relay closed the session")
	errSilent = errors.New("the relay has gone silent")
	errTryNow = errors.New("asked to try again")
)

// refusal is an answer that trying again soon does not mend.
type refusal string

func (e refusal) Error() string { return string(e) }
func (e refusal) Refused() bool { return true }

// Advice says what to do, as a sentence.
func (e refusal) Advice() string { return "Ask the relay's operator, or look at relay.url." }

// session is one WHIP session with its peer connection.
type session struct {
	u            *Uplink
	to           *endpoint
	pc           *webrtc.PeerConnection
	whip         *whip.Session // nil until the relay opened it
	wire         *wire
	books        *books
	video, audio *track // nil where not offered, or not taken
	clock        ntpClock
	strangers    strangers
	rtxReports   rtxReports
	settled      atomic.Bool // RTCP came: the DTLS handshake is over on both sides

	ready   chan struct{}   // a queue of the uplink's is not empty
	changed chan struct{}   // the connection's state changed
	heard   chan struct{}   // RTCP came
	again   chan uint16     // what a NACK asked for of the picture
	media   sync.WaitGroup  // the session's goroutines
	stop    chan struct{}   // closed to end them
	life    context.Context // is done then
	end     context.CancelFunc

	found     chan struct{} // a candidate of ours
	look      chan struct{} // the network changed: does the way still stand?
	path      chan error    // why the way that media takes is no more
	moved     chan struct{} // as changed, for a restart
	restarted chan error    // the outcome of a restart

	connected    bool // media could leave once
	isRestarting bool // of the loop
	quiet        quiet
	liveSince    time.Duration
	told         int // bits a second that the encoder was last asked for; of the loop
	why          why // of the loop
}

func (u *Uplink) newSession(to *endpoint) (*session, error) {
	if err := knownInterface(u.o.Interface); err != nil {
		return nil, err
	}
	s := &session{
		u: u, to: to, clock: startClock(), books: newBooks(u.o),
		ready: make(chan struct{}, 1), changed: make(chan struct{}, 1), heard: make(chan struct{}, 1),
		again: make(chan uint16, nackedWait), stop: make(chan struct{}),
		found: make(chan struct{}, 1), look: make(chan struct{}, 1), path: make(chan error), moved: make(chan struct{}, 1),
		restarted: make(chan error, 1),
	}
	if u.o.Video {
		s.video = newTrack(h264Codec(), webrtc.RTPCodecTypeVideo)
	}
	if u.o.Audio {
		s.audio = newTrack(opusCodec(), webrtc.RTPCodecTypeAudio)
	}
	s.wire = &wire{video: s.video, audio: s.audio, books: s.books, clock: s.clock, socket: make(chan struct{}, 1)}
	system, err := newNetwork(&s.settled)
	if err != nil {
		return nil, fmt.Errorf("preparing a session: %w", err)
	}
	s.strangers.many = func() { poke(s.changed) }
	engine := settings(to.client.Endpoint, u.o.Interface, system)
	engine.BufferFactory = s.buffer
	if s.pc, err = newPeer(engine, u.servers(to), s.wire); err != nil {
		return nil, fmt.Errorf("preparing a session: %w", err)
	}
	s.rtxReports = newRTXReports(s.pc)
	s.life, s.end = context.WithCancel(context.Background())
	s.pc.OnICECandidate(func(*webrtc.ICECandidate) { poke(s.found) })
	s.pc.OnConnectionStateChange(func(webrtc.PeerConnectionState) {
		poke(s.changed)
		poke(s.moved)
	})
	return s, nil
}

// broken tells why the connection is over; nil while it is not.
func (s *session) broken() error {
	if s.strangers.tooMany() {
		return errStrangers
	}
	switch s.pc.ConnectionState() {
	case webrtc.PeerConnectionStateFailed:
		if s.connected {
			return errSilent
		}
		return errNoMediaPath
	case webrtc.PeerConnectionStateClosed:
		return errClosed
	}
	return nil
}

// tracks returns those that the relay takes.
func (s *session) tracks() []*track { return (&wire{video: s.video, audio: s.audio}).tracks() }

// close ends the session: at the relay, until ctx is done at most, then here. It waits for the session's goroutines, and
// for pion's as long as closing.
func (s *session) close(ctx context.Context) {
	close(s.stop)
	s.end()
	if s.whip != nil {
		ctx, cancel := context.WithTimeout(ctx, farewell)
		defer cancel()
		if err := s.whip.Delete(ctx); err != nil {
			s.u.log.Warn("the session was not ended at the relay", "err", err)
		}
	}
	s.closePeer()
	_ = s.rtxReports.Close()
	s.media.Wait()
}

// closePeer closes the connection. pion cannot end what it asks a TURN server: one that does not answer would hold the
// show's end up for as long as TCP tries. The goroutine is left behind then, and ends with that.
func (s *session) closePeer() {
	closed := make(chan error, 1)
	go func() { closed <- s.pc.GracefulClose() }()
	wait := time.NewTimer(closing)
	defer wait.Stop()
	select {
	case err := <-closed:
		if err != nil {
			s.u.log.Debug("closing the peer connection", "err", err)
		}
	case <-wait.C:
		s.u.log.Debug("closing the peer connection takes long: a STUN or TURN server does not answer")
	}
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func drain(c chan struct{}) {
	select {
	case <-c:
	default:
	}
}
