package uplink

import (
	"errors"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/pion/transport/v4/stdnet"
	"github.com/pion/webrtc/v4"

	"vigie/uplink/whip"
)

func TestConsent(t *testing.T) {
	c := consent{last: time.Minute}
	for _, step := range []struct {
		answers uint64
		after   time.Duration
		err     error
	}{
		{0, 0, nil}, {1, 5 * time.Second, nil}, {1, 15 * time.Second, nil}, {1, 15*time.Second + 1, errNoConsent},
		{2, 16 * time.Second, nil}, {2, 26 * time.Second, nil},
		{1, 27 * time.Second, nil}, // another pair of candidates
		{1, 38 * time.Second, errNoConsent},
	} {
		if err := c.note(step.answers, time.Minute+step.after); err != step.err {
			t.Errorf("%d answers after %v: %v", step.answers, step.after, err)
		}
	}
	if c.look(nil, 10*time.Minute) != nil {
		t.Error("there is no session yet")
	}
}

func TestAddressGone(t *testing.T) {
	for _, c := range []struct {
		local webrtc.ICECandidate
		want  bool
	}{
		{webrtc.ICECandidate{Address: "127.0.0.1"}, false},
		{webrtc.ICECandidate{Address: "192.0.2.199"}, true},
		{webrtc.ICECandidate{Address: "203.0.113.1", RelatedAddress: "127.0.0.1"}, false},
		{webrtc.ICECandidate{Address: "127.0.0.1", RelatedAddress: "192.0.2.199"}, true},
		{webrtc.ICECandidate{Address: "203.0.113.1", RelatedAddress: "0.0.0.0"}, false}, // nobody knows
		{webrtc.ICECandidate{Address: "a-name.local"}, false},
	} {
		if got := addressGone(&webrtc.ICECandidatePair{Local: &c.local}); got != c.want {
			t.Errorf("%s (%s): gone %v", c.local.Address, c.local.RelatedAddress, got)
		}
	}
	if addressGone(nil) {
		t.Error("nothing was selected yet")
	}
}

// pion's own network would restart ICE with the addresses of yesterday: an empty one knows of none.
func TestNetworkIsLookedAtEachTime(t *testing.T) {
	if all, err := (network{Net: &stdnet.Net{}}).Interfaces(); err != nil || len(all) == 0 {
		t.Errorf("%v, %v", all, err)
	}
	if !hasAddress("", true) || !hasAddress("lo", true) || hasAddress("lo", false) || hasAddress("stage9", true) {
		t.Error("lo has an address, and stage9 has none")
	}
}

// A relay that fails at a restart is not asked again; a network that does, is no reason.
func TestWhoseFailure(t *testing.T) {
	for _, c := range []struct {
		err    error
		relays bool
	}{
		{&whip.StatusError{Code: http.StatusUnprocessableEntity}, true},
		{&whip.StatusError{Code: http.StatusNotFound}, false},
		{whip.ErrNoRestart, true}, {errNoCredentials, true},
		{errors.New("unexpected EOF"), true}, // it crashed
		{&net.OpError{Op: "read", Err: errors.New("connection reset")}, true},
		{&net.OpError{Op: "dial", Err: errors.New("network is unreachable")}, false},
		{errNoNewWay, false}, {errNoNetwork, false},
	} {
		if got := (&restartError{errSilent, c.err}).relays(); got != c.relays {
			t.Errorf("%v: the relay's %v", c.err, got)
		}
	}
}
