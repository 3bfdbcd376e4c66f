//go:build bench

package bench

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"vigie/capture"
)

// apart is a box and a relay on two machines with a cable between them.
type apart struct {
	*box
	near, far *Interface
	relay     *Process
	start     func() *Process // of the relay
	begin     time.Duration   // of the show
	unplugged bool            // the far end went down: what the box's sockets took was not on the wire
}

const (
	boxAt, relayHost = "10.0.0.1/24", "10.0.0.2"
	afterLink        = 2 * time.Second // from a link that is up to media that is confirmed
	afterRelay       = 3 * time.Second // the same from a relay that listens
)

// liveApart runs both until the box is live.
func liveApart(t *testing.T) *apart {
	t.Helper()
	a := standByApart(t, 0)
	a.begin = a.press()
	a.await("live", patience)
	pause(3 * time.Second) // the relay has been heard for a while
	return a
}

// standByApart runs both until the box is ready. Packets take oneWay in each direction.
func standByApart(t *testing.T, oneWay time.Duration) *apart {
	t.Helper()
	PlayTone(t, Tone{})
	stage, hall := NewNamespace(t, "stage"), NewNamespace(t, "hall")
	a := &apart{}
	a.near, a.far = Connect(stage, boxAt, hall, relayHost+"/24")
	for _, end := range []*Interface{a.near, a.far} {
		if oneWay > 0 {
			end.Shape(fmt.Sprintf("netem delay %dms", oneWay.Milliseconds()))
		}
	}
	dir := t.TempDir()
	token, cert, key := filepath.Join(dir, "token"), filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	writeCertificate(t, cert, key)
	if err := os.WriteFile(token, []byte("a-token-of-the-bench\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	a.start = func() *Process {
		t.Helper()
		relay := Start(t, hall.Enter(Vigie(t, fmt.Sprintf("relay: {token_file: %s, listen: '%s:8889', media: %d, tls: {cert: %s, key: %s}}\n",
			token, relayHost, mediaOfBox, cert, key), "relay")))
		relay.WaitLog("the relay listens", patience)
		return relay
	}
	a.relay = a.start()
	b := &box{t: t, goLive: GPIO(t, goLiveLine), relayPort: mediaOfBox}
	b.goLive.Pull(High)
	b.red = GPIO(t, redLine).Watch()
	b.wire = a.near.Capture()
	b.Process = Start(t, stage.Enter(Vigie(t, camera180+fmt.Sprintf("relay: {url: 'https://%s:8889/whip/main-stage', token_file: %s, ca_file: %s}\n",
		relayHost, token, cert), "run")))
	a.box = b
	b.await("standby", startup)
	return a
}

// writeCertificate makes the relay's certificate, which is its own CA.
func writeCertificate(t *testing.T, cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.ParseIP(relayHost)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// confirmedAfter waits until media gets through again: a packet of ours left after at, then a report came, and the box is
// live. It returns how long that took, fails where it is longer than within, and holds law 1 over all of the show so far.
// Leaving is to be handed to the socket: of a cable that was pulled at its far end, the wire cannot tell.
func (a *apart) confirmedAfter(at, within time.Duration) (took time.Duration) {
	a.t.Helper()
	var sent, report time.Duration
	WaitFor(a.t, patience, "media to be confirmed", func() bool {
		sent, report = 0, 0
		for _, p := range a.wire.Packets() {
			switch {
			case p.At < at:
			case p.Kind == RTP && p.Outgoing && sent == 0:
				sent = p.At
			case p.Kind == RTCP && !p.Outgoing && sent != 0:
				report = p.At
				return a.state() == "live"
			}
		}
		return false
	})
	a.t.Logf("media left after %v, a report came after %v", (sent - at).Round(time.Millisecond), (report - at).Round(time.Millisecond))
	if report-at > within {
		a.t.Errorf("confirmed after %v, want %v at most", report-at, within)
	}
	pause(2 * time.Second)
	if got := a.state(); got != "live" {
		a.t.Errorf("two seconds later the box is %s", got)
	}
	if !a.unplugged {
		law1(a.t, a.box, a.begin, capture.Now())
	}
	return report - at
}

// TestUplinkLinkDown takes the link away on either side for a moment and for longer.
func TestUplinkLinkDown(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(*apart) *Interface
		down time.Duration
	}{
		{"box-2s", func(a *apart) *Interface { return a.near }, 2 * time.Second},
		{"box-10s", func(a *apart) *Interface { return a.near }, 10 * time.Second},
		{"switch-2s", func(a *apart) *Interface { return a.far }, 2 * time.Second},
		{"switch-10s", func(a *apart) *Interface { return a.far }, 10 * time.Second},
		{"box-60s", func(a *apart) *Interface { return a.near }, time.Minute},
		{"switch-60s", func(a *apart) *Interface { return a.far }, time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.down == time.Minute {
				inTable(t)
			}
			a := liveApart(t)
			a.unplugged = c.end(a) == a.far
			c.end(a).Down()
			pause(c.down)
			c.end(a).Up()
			took(t, ours, fmt.Sprintf("down-%.0f", c.down.Seconds()), a.confirmedAfter(capture.Now(), afterLink))
		})
	}
}

// TestUplinkNewAddress has the network give the box another address.
func TestUplinkNewAddress(t *testing.T) {
	a := liveApart(t)
	a.near.ns.ip("address", "del", boxAt, "dev", a.near.Name)
	a.near.ns.ip("address", "add", "10.0.0.3/24", "dev", a.near.Name)
	a.confirmedAfter(capture.Now(), afterLink)
}

// TestUplinkRelayBack kills the relay and starts it again, soon and when the waits between attempts have grown.
func TestUplinkRelayBack(t *testing.T) {
	for _, away := range []time.Duration{time.Second, 20 * time.Second} {
		t.Run(away.String(), func(t *testing.T) {
			a := liveApart(t)
			a.relay.Kill()
			pause(away)
			a.relay = a.start()
			took(t, ours, "relay-back", a.confirmedAfter(capture.Now(), afterRelay))
		})
	}
}
