package uplink_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"vigie/uplink"
	"vigie/uplink/uplinktest"
	"vigie/uplink/whip"
)

// lost waits for Lost until the next attempt is at least so far away.
func (s *stage) lost(least time.Duration) uplink.Lost {
	s.t.Helper()
	for {
		if l := next[uplink.Lost](s, 20*time.Second); l.Retry >= least {
			return l
		}
	}
}

// idr waits until an IDR is asked for.
func (s *stage) idr() {
	s.t.Helper()
	select {
	case <-s.idrs:
	case <-time.After(5 * time.Second):
		s.t.Fatalf("no IDR was asked for; %+v", s.uplink.Stats())
	}
}

// A wait that has grown ends when the relay is back.
func TestRelayBackEndsTheWait(t *testing.T) {
	t.Parallel()
	s := newStage(t, uplinktest.Behaviour{Status: 500})
	lost := s.lost(3 * time.Second)
	s.relay.Set(quick)
	next[uplink.Connected](s, lost.Retry-500*time.Millisecond)
}

// A relay that had our show, and does not know its channel when it is back, is starting: it is not left alone as one that
// refuses us.
func TestRelayStarts(t *testing.T) {
	t.Parallel()
	s := newStage(t, quick)
	s.play()
	next[uplink.Confirmed](s, 5*time.Second)
	s.relay.Set(uplinktest.Behaviour{Status: 404})
	s.relay.HangUp()
	for l := next[uplink.Lost](s, 5*time.Second); ; l = next[uplink.Lost](s, 5*time.Second) {
		if l.Retry > 2*time.Second {
			t.Fatalf("it is tried again after %v: %v", l.Retry, l.Err)
		}
		if l.Refused {
			break
		}
	}
	s.relay.Set(quick)
	next[uplink.Connected](s, 5*time.Second)
}

// A wait ends when the box has a network again, and when staff ask: also that after a refusal, in which nobody knocks.
func TestWhatEndsTheWait(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*uplink.Uplink){
		"the network": (*uplink.Uplink).NetworkCame, "staff": (*uplink.Uplink).Retry,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, uplinktest.Behaviour{Status: 401})
			s.lost(10 * time.Second)
			s.relay.Set(quick)
			end(s.uplink)
			next[uplink.Connected](s, 5*time.Second)
		})
	}
}

// What a relay asks for is kept, whatever the network does.
func TestRetryAfterOutlastsTheNetwork(t *testing.T) {
	t.Parallel()
	s := newStage(t, uplinktest.Behaviour{Status: 503, RetryAfter: "3"})
	next[uplink.Lost](s, 5*time.Second)
	s.relay.Set(quick)
	s.uplink.NetworkCame()
	began := time.Now()
	next[uplink.Connected](s, 10*time.Second)
	if d := time.Since(began); d < 2*time.Second {
		t.Errorf("it tried again after %v", d)
	}
}

// An attempt whose packets went into a network that is gone is not waited for.
func TestHungAttemptIsGivenUp(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*uplink.Uplink){
		"by the network": (*uplink.Uplink).NetworkCame, "by staff": (*uplink.Uplink).Retry,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, uplinktest.Behaviour{Hang: true})
			s.request("POST", 1)
			s.relay.Set(quick)
			end(s.uplink)
			if lost := next[uplink.Lost](s, 5*time.Second); lost.Retry != 0 || lost.Refused {
				t.Errorf("%+v", lost)
			}
			next[uplink.Connected](s, 5*time.Second)
		})
	}
}

// A relay that reported and no longer does is left, by restart where it has that, else for a new session at once; an IDR
// is asked for when media flows again, and the recovery is counted with its time.
func TestQuietRelayIsLeft(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		etag     string
		posts    int
		restarts uint64
	}{"ICE restart": {"", 1, 1}, "new session": {uplinktest.None, 2, 0}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, uplinktest.Behaviour{ETag: c.etag, Reports: uplinktest.Feedback})
			s.play()
			next[uplink.Confirmed](s, 5*time.Second)
			for len(s.idrs) > 0 {
				<-s.idrs
			}
			s.relay.Strand()
			st := s.recovers(1)
			s.idr()
			s.packet(func(p uplinktest.Packet) bool { return p.Video && p.Payload[0]&0x1f == 24 })
			if st.LastRecovery < 1.5 || st.LastRecovery > 10 || st.Recovering != st.LastRecovery || st.Restarts != c.restarts {
				t.Errorf("%+v", st)
			}
			if n := s.relay.Counts().Posts; n != c.posts {
				t.Errorf("%d POSTs", n)
			}
		})
	}
}

// The network was gone for a moment, and the old way is there again: it goes on, with an IDR for what was lost.
func TestSameWayAgain(t *testing.T) {
	t.Parallel()
	b := uplinktest.Behaviour{Reports: uplinktest.Feedback}
	s := newStage(t, b)
	s.play()
	next[uplink.Confirmed](s, 5*time.Second)
	for len(s.idrs) > 0 {
		<-s.idrs
	}
	b.NoUDP = true
	s.relay.Set(b)
	<-time.After(1400 * time.Millisecond) // the link is down
	b.NoUDP = false
	s.relay.Set(b)
	s.idr()
	s.neverLost()
	if st := s.uplink.Stats(); st.Restarts != 0 {
		t.Errorf("%+v", st)
	}
}

// second adds another relay to an uplink's.
func second(t *testing.T, b uplinktest.Behaviour) (*uplinktest.Relay, func(*uplink.Options)) {
	t.Helper()
	relay, err := uplinktest.New(uplinktest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	relay.Set(b)
	server := httptest.NewServer(relay)
	t.Cleanup(func() { relay.Close(); server.Close() })
	endpoint, _ := url.Parse(server.URL + "/whip/main-stage")
	return relay, func(o *uplink.Options) {
		o.Backup = append(o.Backup, &whip.Client{Endpoint: endpoint, Token: "another-token"})
	}
}

// The backup takes over after three failures, keeps the show while it can, and gives it back when it cannot.
func TestBackup(t *testing.T) {
	t.Parallel()
	backup, with := second(t, quick)
	s := newStage(t, uplinktest.Behaviour{Status: 500}, with, func(o *uplink.Options) { o.Client.Box = "box" })
	s.play()
	if e := next[uplink.Connected](s, 10*time.Second); e.Backup == "" {
		t.Errorf("%+v", e)
	}
	if n := s.relay.Counts().Posts; n != 3 {
		t.Errorf("%d attempts at the first", n)
	}
	next[uplink.Confirmed](s, 5*time.Second)
	if st := s.uplink.Stats(); !st.Backup || !strings.HasPrefix(st.Relay, "http://") || st.Answer != "the relay opened a session" {
		t.Errorf("%+v", st)
	}
	for _, r := range backup.Requests() {
		if got := r.Header.Get("Authorization"); got != "Bearer another-token" {
			t.Errorf("the backup got %q", got)
		}
	}
	s.relay.Set(quick)
	probes := s.relay.Counts().Probes
	s.request("GET", probes+1)
	s.request("GET", probes+2) // the answer to the one before was taken
	if st := s.uplink.Stats(); !st.Backup || s.relay.Counts().Posts != 3 {
		t.Errorf("a show that runs was moved: %+v", st)
	}
	backup.HangUp()
	if e := next[uplink.Connected](s, 10*time.Second); e.Backup != "" {
		t.Errorf("%+v", e)
	}
	next[uplink.Confirmed](s, 5*time.Second)
	if st := s.uplink.Stats(); st.Backup || st.Recoveries != 1 {
		t.Errorf("%+v", st)
	}
}

// Where the probe of Standby found the first relay gone, the show begins at the backup.
func TestBeginsAtTheBackup(t *testing.T) {
	t.Parallel()
	_, with := second(t, quick)
	s := newStage(t, uplinktest.Behaviour{Status: 500}, with, func(o *uplink.Options) { o.Begin = 1 })
	if e := next[uplink.Connected](s, 5*time.Second); e.Backup == "" || s.relay.Counts().Posts != 0 {
		t.Errorf("%+v, %+v", e, s.relay.Counts())
	}
}

// Somebody publishes there, or our own stale session, at a relay that cannot tell: a moment later it is free.
func TestConflictIsTriedAgain(t *testing.T) {
	t.Parallel()
	s := newStage(t, uplinktest.Behaviour{Status: 409, RetryAfter: "1"})
	if lost := s.isLost("is not free", 5*time.Second); lost.Refused || lost.Retry < time.Second {
		t.Errorf("%+v", lost)
	}
	s.relay.Set(quick)
	next[uplink.Connected](s, 5*time.Second)
}
