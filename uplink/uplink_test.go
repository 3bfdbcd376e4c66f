package uplink_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/rtcp"

	"vigie/capture"
	"vigie/uplink"
	"vigie/uplink/uplinktest"
	"vigie/uplink/whip"
)

const token = "s3cret-token"

// stage is an uplink, a relay that misbehaves, and what both say.
type stage struct {
	t        testing.TB
	relay    *uplinktest.Relay
	uplink   *uplink.Uplink
	events   chan uplink.Event
	packets  chan uplinktest.Packet
	reports  chan *rtcp.SenderReport
	requests chan string        // methods
	idrs     chan time.Duration // when RequestIDR was called
	wantIDR  atomic.Bool
	end      func() error // ends the show and returns what Run did
	began    time.Time
}

// newStage begins a show; the test writes the media, or calls play.
func newStage(t testing.TB, b uplinktest.Behaviour, change ...func(*uplink.Options)) *stage {
	return newStageAt(t, "", b, change...)
}

// newStageAt is newStage with the relay's media on another address of this machine.
func newStageAt(t testing.TB, address string, b uplinktest.Behaviour, change ...func(*uplink.Options)) *stage {
	s := &stage{
		t: t, events: make(chan uplink.Event, 1000), packets: make(chan uplinktest.Packet, 1e5),
		reports: make(chan *rtcp.SenderReport, 1000), requests: make(chan string, 1000), idrs: make(chan time.Duration, 1000),
	}
	var err error
	s.relay, err = uplinktest.New(uplinktest.Options{
		Packet:       func(p uplinktest.Packet) { p.Payload = append([]byte(nil), p.Payload...); offer(s.packets, p) },
		Request:      func(r *http.Request) { offer(s.requests, r.Method) },
		SenderReport: func(r *rtcp.SenderReport) { offer(s.reports, r) },
		Address:      address,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.relay.Set(b)
	server := httptest.NewServer(s.relay)
	endpoint, _ := url.Parse(server.URL + "/whip/main-stage")
	transport := &http.Transport{}
	o := uplink.Options{
		Client: &whip.Client{Endpoint: endpoint, Token: token, HTTP: &http.Client{Transport: transport}},
		Video:  true, Audio: true,
		MinBitrate: 300_000, StartBitrate: 1_000_000, MaxBitrate: 4_000_000,
		RequestIDR: func() { s.wantIDR.Store(true); offer(s.idrs, capture.Now()) },
		Event:      func(e uplink.Event) { offer(s.events, e) },
	}
	for _, f := range change {
		f(&o)
	}
	s.uplink = uplink.New(o)
	s.uplink.ProbeFirstEvery(100 * time.Millisecond)
	ctx, cancel := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	s.began = time.Now()
	go func() { ran <- s.uplink.Run(ctx) }()
	s.end = sync.OnceValue(func() error {
		cancel()
		err := <-ran
		transport.CloseIdleConnections()
		s.relay.Close()
		server.Close()
		return err
	})
	t.Cleanup(func() { s.end() })
	return s
}

func offer[T any](c chan T, x T) {
	select {
	case c <- x:
	default:
	}
}

// play writes 30 access units and 50 audio packets a second until the returned function is called.
func (s *stage) play() (stop func()) {
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		every(done, time.Second/30, func() { s.uplink.WriteVideo(picture(capture.Now(), s.wantIDR.Swap(false))) })
	})
	wg.Go(func() {
		every(done, 20*time.Millisecond, func() { s.uplink.WriteAudio(sound(capture.Now())) })
	})
	stop = sync.OnceFunc(func() { close(done); wg.Wait() })
	s.t.Cleanup(stop)
	return stop
}

func every(done chan struct{}, d time.Duration, f func()) {
	tick := time.NewTicker(d)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			f()
		case <-done:
			return
		}
	}
}

var (
	units   capture.UnitPool
	sounds  capture.PacketPool
	slice   = make([]byte, 4000)
	setsSPS = []byte{0, 0, 0, 1, 0x67, 0x42, 0xe0, 0x1f, 0xda, 0x01, 0x40, 0x16, 0xe4}
	setsPPS = []byte{0, 0, 0, 1, 0x68, 0xce, 0x3c, 0x80}
)

func init() {
	for i := range slice {
		slice[i] = byte(i%255 + 1)
	}
}

// picture makes an access unit of 4 kB. The reference that it comes with is the test's to lose.
func picture(pts time.Duration, idr bool) *capture.AccessUnit {
	u := units.Get()
	u.PTS, u.IDR = pts, idr
	header := byte(0x41)
	if idr {
		u.Data = append(append(u.Data, setsSPS...), setsPPS...)
		header = 0x65
	}
	u.Data = append(append(u.Data, 0, 0, 1, header), slice...)
	return u
}

func sound(pts time.Duration) *capture.AudioPacket {
	p := sounds.Get()
	p.PTS, p.Duration = pts, 20*time.Millisecond
	p.Data = append(p.Data, slice[:120]...)
	return p
}

// next waits for an event of type E and returns it; events of other types before it are skipped.
func next[E uplink.Event](s *stage, within time.Duration) E {
	s.t.Helper()
	late := time.After(within)
	for {
		select {
		case e := <-s.events:
			if e, ok := e.(E); ok {
				return e
			}
		case <-late:
			var want E
			s.t.Fatalf("no %T within %v; %+v", want, within, s.uplink.Stats())
		}
	}
}

// packet waits for the next packet that matches.
func (s *stage) packet(match func(uplinktest.Packet) bool) uplinktest.Packet {
	s.t.Helper()
	late := time.After(5 * time.Second)
	for {
		select {
		case p := <-s.packets:
			if match(p) {
				return p
			}
		case <-late:
			s.t.Fatalf("no such packet; %+v", s.uplink.Stats())
		}
	}
}

var quick = uplinktest.Behaviour{ReportEvery: 100 * time.Millisecond}

func TestConnectsAndIsConfirmed(t *testing.T) {
	t.Parallel()
	for name, b := range map[string]uplinktest.Behaviour{
		"by receiver reports":        quick,
		"by transport-wide feedback": {Reports: uplinktest.Feedback},
		"without the sound":          {NoAudio: true, ReportEvery: 100 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, b)
			s.play()
			next[uplink.Connected](s, 5*time.Second)
			<-s.idrs // asked for at once
			first := s.packet(func(p uplinktest.Packet) bool { return p.Video })
			if kind := first.Payload[0] & 0x1f; kind != 24 && kind != 7 {
				t.Errorf("the picture begins with NAL type %d, not with its parameter sets", kind)
			}
			next[uplink.Confirmed](s, 5*time.Second)
			t.Logf("first RTP after %v, confirmed after %v", first.At.Sub(s.began), time.Since(s.began))
			st := s.uplink.Stats()
			if !st.Connected || !st.Confirmed || st.SentPackets == 0 || st.Pair == "" && st.Rate != 0 || st.ConfirmedAge < 0 {
				t.Errorf("%+v", st)
			}
			if err := s.end(); err != nil {
				t.Error(err)
			}
			if c := s.relay.Counts(); c.Deletes != 1 || c.Posts != 1 {
				t.Errorf("%+v, want one POST and one DELETE", c)
			}
			if st := s.uplink.Stats(); st.Connected || st.Confirmed {
				t.Errorf("after the end: %+v", st)
			}
		})
	}
}

// A relay that takes everything and reports nothing new must never make the light steady.
func TestNothingNewIsNeverConfirmed(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]uplinktest.Reports{
		"no reports": uplinktest.NoReports, "reports that nothing came": uplinktest.Stale,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, uplinktest.Behaviour{Reports: r, ReportEvery: 50 * time.Millisecond})
			s.play()
			next[uplink.Connected](s, 5*time.Second)
			for range 60 { // packets: more than a second, and 20 reports
				s.packet(func(p uplinktest.Packet) bool { return !p.Video })
			}
			s.end()
			for len(s.events) > 0 {
				if e, ok := (<-s.events).(uplink.Confirmed); ok {
					t.Fatalf("%T", e)
				}
			}
		})
	}
}

func TestUnconfirmed(t *testing.T) {
	t.Parallel()
	t.Run("when the reports freeze", func(t *testing.T) {
		t.Parallel()
		s := newStage(t, quick)
		s.play()
		next[uplink.Confirmed](s, 5*time.Second)
		s.relay.Set(uplinktest.Behaviour{Reports: uplinktest.Frozen, ReportEvery: 100 * time.Millisecond})
		next[uplink.Unconfirmed](s, 5*time.Second)
		s.relay.Set(quick)
		next[uplink.Confirmed](s, 5*time.Second)
	})
	t.Run("when nothing leaves", func(t *testing.T) {
		t.Parallel()
		s := newStage(t, quick)
		stop := s.play()
		next[uplink.Confirmed](s, 5*time.Second)
		stop()
		stopped := time.Now()
		next[uplink.Unconfirmed](s, 5*time.Second)
		t.Logf("%v after the last packet", time.Since(stopped))
		s.play()
		next[uplink.Confirmed](s, 5*time.Second)
	})
	t.Run("when only filler leaves", func(t *testing.T) {
		t.Parallel()
		s := newStage(t, quick)
		stop := s.play()
		next[uplink.Confirmed](s, 5*time.Second)
		stop()
		done := make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() {
			every(done, time.Second/30, func() {
				slate := picture(capture.Now(), true)
				slate.Filler = true
				s.uplink.WriteVideo(slate)
			})
		})
		next[uplink.Unconfirmed](s, 5*time.Second)
		close(done)
		wg.Wait()
	})
}

func TestPLIStorm(t *testing.T) {
	t.Parallel()
	s := newStage(t, quick)
	s.play()
	next[uplink.Confirmed](s, 5*time.Second)
	done := make(chan struct{})
	var storm sync.WaitGroup
	storm.Go(func() { every(done, 10*time.Millisecond, func() { s.relay.PLI(20) }) })
	last := <-s.idrs
	for range 3 {
		at := <-s.idrs
		if gap := at - last; gap < 450*time.Millisecond { // the calls' own times differ a little
			t.Errorf("two requests for an IDR within %v", gap)
		}
		last = at
	}
	close(done)
	storm.Wait()
	if st := s.uplink.Stats(); st.PLI < 100 || st.IDRRequests > 10 {
		t.Errorf("%d PLI, %d requests", st.PLI, st.IDRRequests)
	}
}

func TestRelayGoneAndBack(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		gone func(*uplinktest.Relay)
		err  string
	}{
		"with a close_notify": {(*uplinktest.Relay).HangUp, "closed the session"},
		"without a word":      {(*uplinktest.Relay).Vanish, "gone silent"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, quick)
			s.play()
			next[uplink.Confirmed](s, 5*time.Second)
			c.gone(s.relay)
			next[uplink.Unconfirmed](s, 5*time.Second)
			lost := next[uplink.Lost](s, 10*time.Second)
			if !strings.Contains(lost.Err.Error(), c.err) || lost.Refused {
				t.Errorf("%+v, want %q", lost, c.err)
			}
			s.relay.Return()
			next[uplink.Connected](s, 10*time.Second)
			next[uplink.Confirmed](s, 5*time.Second)
		})
	}
}

func TestRetryEndsADeadSession(t *testing.T) {
	t.Parallel()
	s := newStage(t, uplinktest.Behaviour{Reports: uplinktest.NoReports})
	s.play()
	next[uplink.Connected](s, 5*time.Second)
	s.packet(func(uplinktest.Packet) bool { return true })
	s.relay.Set(quick)
	s.relay.Vanish()
	s.uplink.Retry()
	if lost := next[uplink.Lost](s, time.Second); lost.Retry != 0 {
		t.Errorf("next attempt in %v", lost.Retry)
	}
	s.relay.Return()
	next[uplink.Confirmed](s, 5*time.Second)
}

func TestAttemptFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		b       uplinktest.Behaviour
		err     string
		refused bool
		least   time.Duration // before the next attempt
	}{
		"401":               {uplinktest.Behaviour{Status: 401}, "the relay refuses the token (401): check relay.token_file", true, 12 * time.Second},
		"404":               {uplinktest.Behaviour{Status: 404}, "(404): check relay.url", true, 12 * time.Second},
		"500":               {uplinktest.Behaviour{Status: 500}, "(500)", false, 0},
		"503, later":        {uplinktest.Behaviour{Status: 503, RetryAfter: "20"}, "wait 20s", false, 20 * time.Second},
		"truncated":         {uplinktest.Behaviour{Truncate: true}, "cut short", false, 0},
		"not SDP":           {uplinktest.Behaviour{Garbage: true}, "not SDP", false, 0},
		"no Location":       {uplinktest.Behaviour{NoLocation: true}, "no Location", false, 0},
		"hangs up at once":  {uplinktest.Behaviour{HangUp: true}, "closed the session", false, 0},
		"no media, no word": {uplinktest.Behaviour{NoMedia: true}, "media does not get through", false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, c.b)
			s.play()
			lost := next[uplink.Lost](s, 15*time.Second)
			s.uplink.WriteVideo(picture(0, true))
			text := lost.Err.Error()
			if !strings.Contains(text, c.err) || lost.Refused != c.refused || lost.Retry < c.least {
				t.Errorf("%+v, want %q, refused %v, %v at least", lost, c.err, c.refused, c.least)
			}
			st := s.uplink.Stats()
			if strings.Contains(text+st.Error, token) || !strings.Contains(st.Error, c.err) {
				t.Errorf("the status says %q", st.Error)
			}
			if st.Drops.Offline == 0 {
				t.Error("what was written while there was no session is not counted")
			}
			s.relay.Set(quick)
			s.uplink.Retry() // whatever the wait was
			next[uplink.Confirmed](s, 10*time.Second)
		})
	}
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	s := newStage(t, quick, func(o *uplink.Options) {
		o.Client.Endpoint = &url.URL{Scheme: "http", Host: "127.0.0.1:1", Path: "/whip"}
	})
	lost := next[uplink.Lost](s, 5*time.Second)
	if !strings.Contains(lost.Err.Error(), "nobody listens there") || lost.Refused || lost.Retry > 600*time.Millisecond {
		t.Errorf("%+v", lost)
	}
}

// The show is ended while the relay keeps us waiting: the session that it may still open is given two seconds.
func TestEndWhileConnecting(t *testing.T) {
	t.Parallel()
	s := newStage(t, uplinktest.Behaviour{Hang: true})
	<-s.requests
	began := time.Now()
	if err := s.end(); err != nil {
		t.Error(err)
	}
	if d := time.Since(began); d > 8*time.Second {
		t.Errorf("it took %v", d)
	}
}

func TestErrorsOfLostCanBeBranchedOn(t *testing.T) {
	t.Parallel()
	s := newStage(t, uplinktest.Behaviour{Status: 403})
	var status *whip.StatusError
	if lost := next[uplink.Lost](s, 5*time.Second); !errors.As(lost.Err, &status) || status.Code != 403 {
		t.Errorf("%v", lost.Err)
	}
}
