//go:build bench

package bench

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	stdlog "log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"vigie/capture"
	"vigie/uplink/uplinktest"
)

const (
	hostileName   = "relay.vigie.example"
	hostilePort   = "8889"
	hostilePortal = "127.0.0.2" // of a network that wants a log-in
)

// hostile is a box whose relay misbehaves, and so does what is between the two.
type hostile struct {
	*box
	relay *uplinktest.Relay
	names *uplinktest.NameServer
	right *tls.Certificate
	cert  atomic.Pointer[tls.Certificate] // that is presented in the relay's place
}

// startHostile runs a box whose name server leads to a log-in page.
func startHostile(t *testing.T) *hostile {
	t.Helper()
	PlayTone(t, Tone{})
	// A relay that is found by name is not on this machine as far as the box knows: media leaves from an address of its own.
	run(t, exec.Command("ip", "link", "add", "wired", "type", "veth", "peer", "name", "socket"))
	t.Cleanup(func() { run(t, exec.Command("ip", "link", "delete", "wired")) })
	for _, end := range []string{"wired", "socket"} {
		run(t, exec.Command("ip", "link", "set", end, "up"))
	}
	run(t, exec.Command("ip", "address", "add", "10.0.0.1/24", "dev", "wired"))

	h := &hostile{right: certificateFor(t, hostileName, time.Now().Add(time.Hour))}
	h.cert.Store(h.right)
	var err error
	if h.relay, err = uplinktest.New(uplinktest.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.relay.Close() })
	if h.names, err = uplinktest.NewNameServer("127.0.0.1:53"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.names.Close() })
	h.names.Answer(netip.MustParseAddr(hostilePortal))
	portal := certificateFor(t, "hotel.example", time.Now().Add(time.Hour))
	serveTLS(t, "127.0.0.1:"+hostilePort, h.relay, h.cert.Load)
	serveTLS(t, hostilePortal+":"+hostilePort, http.NotFoundHandler(), func() *tls.Certificate { return portal })

	dir := t.TempDir()
	token, ca, resolv := filepath.Join(dir, "token"), filepath.Join(dir, "ca.pem"), filepath.Join(dir, "resolv.conf")
	for file, text := range map[string]string{
		token: "a-token-of-the-bench\n", resolv: "nameserver 127.0.0.1\n",
		ca: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: h.right.Certificate[0]})),
	} {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := unix.Mount(resolv, "/etc/resolv.conf", "", unix.MS_BIND, ""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Unmount("/etc/resolv.conf", unix.MNT_DETACH) })
	h.box = startBox(t, camera180+"relay: {url: 'https://"+hostileName+":"+hostilePort+"/whip/main-stage', token_file: "+token+", ca_file: "+ca+"}\n")
	h.relayPort = h.relay.Media().Port()
	h.await("standby", startup)
	return h
}

// certificateFor makes one that is its own CA.
func certificateFor(t *testing.T, name string, until time.Time) *tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{name}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().AddDate(-1, 0, 0), NotAfter: until,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// serveTLS serves with the certificate of the moment.
func serveTLS(t *testing.T, address string, handler http.Handler, cert func() *tls.Certificate) {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(handler)
	s.Listener.Close()
	s.Listener = l
	s.Config.ErrorLog = stdlog.New(io.Discard, "", 0) // clients hang up on certificates
	s.TLS = &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return cert(), nil }}
	s.StartTLS()
	t.Cleanup(s.Close)
}

// shows blocks until the page gives that reason, with these lights.
func (h *hostile) shows(state, reason, red, amber string) {
	h.t.Helper()
	h.awaitStatus(state+": "+reason, func(r report) bool {
		for _, w := range r.Warnings {
			if w.Code == "relay_unreachable" && strings.Contains(w.Text, reason) {
				return r.State == state && r.Lights.Red == red && r.Lights.Amber == amber
			}
		}
		return false
	})
}

// neverSteady fails where red was lit for longer than a blink between two times.
func (h *hostile) neverSteady(from, to time.Duration) {
	h.t.Helper()
	for _, l := range intervals(h.red.Changes(), to) {
		if l.to > from && l.to-max(l.from, from) > fastHalf+slack {
			h.t.Errorf("red was steady for %v, and the relay could not be reached", l.to-max(l.from, from))
		}
	}
}

// TestBoxHostileRelay is a show in a hostile network: what is wrong is said, by lights and page, red is steady when it is
// true alone, nothing grows, and the show goes on by itself when it is over.
func TestBoxHostileRelay(t *testing.T) {
	h := startHostile(t)
	h.shows("standby", "its page may have answered instead", "off", "fast")
	begin := h.press()
	h.shows("cueing", "its page may have answered instead", "fast", "fast")
	h.cert.Store(certificateFor(t, hostileName, time.Now().AddDate(0, 0, -1)))
	h.names.Answer(netip.MustParseAddr("127.0.0.1"))
	h.shows("cueing", "its certificate has expired", "fast", "fast")
	h.relay.Set(uplinktest.Behaviour{RedirectCode: 302, Redirect: "https://" + hostilePortal + "/log-in"})
	h.cert.Store(h.right)
	h.shows("cueing", "that wants a log-in first", "fast", "fast")
	h.neverSteady(begin, capture.Now())

	h.relay.Set(uplinktest.Behaviour{})
	over := capture.Now()
	h.await("live", patience)
	t.Logf("red steady %v after it was over", (h.confirmed(over) - over).Round(10*time.Millisecond))
	pause(time.Second)
	before, goroutines := h.Usage(), h.metric("go_goroutines")
	h.flooded(time.Second)

	h.relay.Set(uplinktest.Behaviour{RedirectCode: 302, Redirect: "https://" + hostilePortal + "/log-in"})
	h.relay.HangUp()
	h.shows("recovering", "that wants a log-in first", "fast", "steady")
	away := capture.Now()
	pause(3 * time.Second)
	h.relay.Set(uplinktest.Behaviour{})
	over = capture.Now()
	h.neverSteady(away, over)
	h.await("live", patience)
	t.Logf("red steady %v after it was over", (h.confirmed(over) - over).Round(10*time.Millisecond))
	pause(3 * time.Second) // the session before is ended
	law1(t, h.box, begin, capture.Now())
	h.awaitStatus("descriptors and goroutines to be where they were", func(report) bool {
		return h.Usage().FDs <= before.FDs && h.metric("go_goroutines") <= goroutines
	})
	after := h.Usage()
	t.Logf("%+v then %+v", before, after)
	if after.RSS-before.RSS > 16<<20 || after.Threads > before.Threads+threadSlack {
		t.Error("it has grown")
	}
	if strings.Contains(h.Log(), "a-token-of-the-bench") {
		t.Error("the token is in the log")
	}
}

// flooded sends ten thousand requests for an IDR a second, with garbage and forged STUN: the show goes on, red stays steady.
func (h *hostile) flooded(long time.Duration) {
	h.t.Helper()
	idrs, began := h.metric("vigie_uplink_pli_total"), capture.Now()
	changes := len(h.red.Changes())
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for capture.Now()-began < long {
		h.relay.PLI(100)
		h.relay.Inject(append(uplinktest.Garbage(), uplinktest.ForgedSTUN()...)...)
		<-tick.C
	}
	if got := len(h.red.Changes()); got != changes || h.state() != "live" {
		h.t.Errorf("red changed %d times, and the box is %s", got-changes, h.state())
	}
	h.t.Logf("%.0f PLI in %v", h.metric("vigie_uplink_pli_total")-idrs, capture.Now()-began)
}
