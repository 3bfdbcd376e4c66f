package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"vigie/device/config"
	"vigie/device/golive"
)

// TestBox is the whole program but for its devices: the test picture goes live by the status page's API, over the
// embedded relay, in clear and with a certificate of the organiser's. The token appears nowhere.
func TestBox(t *testing.T) {
	for _, c := range []struct{ name, scheme string }{{"plain", "http"}, {"TLS", "https"}} {
		t.Run(c.name, func(t *testing.T) {
			cfg := testConfig()
			if c.scheme == "https" {
				cfg.Relay.TLS = certificate(t)
			}
			b, log := startTestBox(t, cfg)
			base := "http://" + b.status.Addr().String()
			resp, err := http.Post(base+"/api/v1/press", "application/json", strings.NewReader(`{"button":"go_live","gesture":"press"}`))
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			awaitBox(t, b, golive.Live)
			page, metrics := get(t, base+"/api/v1/status"), get(t, base+"/metrics")
			if s := b.snapshot(); s.Uplink.State != "confirmed" || !strings.HasPrefix(s.WatchURL, c.scheme+"://127.0.0.1") {
				t.Errorf("the page says %+v", s)
			}
			if s := b.snapshot().Uplink; s.EstimateBPS < cfg.Video.Bitrate.Min || s.Cause == "" || s.Pair == "" || s.Answer == "" {
				t.Errorf("of the rate and the way the page says %+v", s)
			}
			for _, want := range []string{
				"vigie_uplink_estimate_bps ", "vigie_uplink_acknowledged_bps ", "vigie_uplink_path_queue_seconds ", "vigie_uplink_waiting ",
				`vigie_uplink_rate_cause{cause="`,
			} {
				if !strings.Contains(metrics, want) {
					t.Errorf("the metrics lack %s", want)
				}
			}
			for name, text := range map[string]string{"log": log.String(), "status": page, "metrics": metrics} {
				if text == "" || strings.Contains(text, b.clients[0].Token) {
					t.Errorf("the %s has the token, or nothing at all", name)
				}
			}
		})
	}
}

// testConfig is the defaults with the test picture, on free ports.
func testConfig() config.Config {
	cfg := config.Default()
	cfg.Camera.Device, cfg.Camera.Width, cfg.Camera.Height = "test", 320, 180
	cfg.Microphone.Device = "test"
	cfg.Relay.Listen, cfg.Relay.Media, cfg.Status.Listen = "127.0.0.1:0", 0, "127.0.0.1:0"
	cfg.Panel = config.Panel{}
	return cfg
}

// startTestBox runs a box until the test ends; prepare is done to it before.
func startTestBox(t *testing.T, cfg config.Config, prepare ...func(*box)) (*box, *safeBuffer) {
	t.Helper()
	log := &safeBuffer{}
	return startTestBoxIn(t, setup{config: cfg}, t.TempDir(), slog.New(slog.NewTextHandler(log, nil)), prepare...), log
}

// startTestBoxIn is startTestBox on a whole setup, with a state directory that the test sees.
func startTestBoxIn(t *testing.T, s setup, dir string, log *slog.Logger, prepare ...func(*box)) *box {
	t.Helper()
	b, err := newBox(s, dir, false, log)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range prepare {
		f(b)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- b.run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	awaitBox(t, b, golive.Standby)
	return b
}

// awaitBox blocks until the station is in that state.
func awaitBox(t *testing.T, b *box, want golive.State) {
	t.Helper()
	for deadline := time.After(20 * time.Second); ; {
		next := b.next()
		if b.station.Snapshot().Machine.State == want {
			return
		}
		select {
		case <-next:
		case <-deadline:
			t.Fatalf("waited in vain for %v: %+v", want, b.station.Snapshot())
		}
	}
}

func get(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %v, %v", url, resp.Status, err)
	}
	return string(text)
}

// certificate is a self-made one, for a name that is not the address that it is served on.
func certificate(t *testing.T, addresses ...net.IP) config.TLS {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"hall.example"}, IPAddresses: addresses,
		NotBefore: now, NotAfter: now.Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	pair := config.TLS{Cert: filepath.Join(t.TempDir(), "cert.pem"), Key: filepath.Join(t.TempDir(), "key.pem")}
	for path, block := range map[string]*pem.Block{pair.Cert: {Type: "CERTIFICATE", Bytes: der}, pair.Key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return pair
}

// TestSetup holds what a box runs on when its file is broken: the last good copy, else the defaults without going live.
func TestSetup(t *testing.T) {
	dir, state := t.TempDir(), t.TempDir()
	path := filepath.Join(dir, "config.yaml")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("venue: {nmae: x}\n")
	if s := readSetup(path, state, nil); s.state != golive.ConfigBroken || s.broken == nil || s.config.Venue.Name != config.Default().Venue.Name {
		t.Errorf("a broken file at the first start: %v, %v", s.state, s.broken)
	}
	write("venue: {name: Town hall}\n")
	if err := replaceFile(filepath.Join(state, lastGood), []byte("venue: {name: Town hall}\n")); err != nil {
		t.Fatal(err)
	}
	if s := readSetup(path, state, nil); s.state != golive.ConfigGood || s.broken != nil || s.config.Venue.Name != "Town hall" {
		t.Errorf("a good file: %v, %v", s.state, s.broken)
	}
	write("venue: {")
	if s := readSetup(path, state, nil); s.state != golive.ConfigLastGood || s.broken == nil || s.config.Venue.Name != "Town hall" {
		t.Errorf("a file that was broken later: %v, %v", s.state, s.broken)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if s := readSetup(path, state, nil); s.state != golive.ConfigLastGood || s.broken == nil {
		t.Errorf("a file that is gone: %v, %v", s.state, s.broken)
	}
}

// TestPortTaken holds that a relay's port that cannot be had is a fault with a page, not the end of the program: the one that
// a file names, the one of the last good copy of a broken file, and those of the defaults, which a box in Fault has no use for.
func TestPortTaken(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	if own, err := net.Listen("tcp", config.Default().Relay.Listen); err == nil { // else another program has it
		defer own.Close()
	}
	named := fmt.Sprintf("relay: {listen: %q}\n", taken.Addr())
	const port, typo = ": address in use", "venue.nmae: unknown key"
	for name, c := range map[string]struct {
		file, lastGood string
		want           []string
	}{
		"named":             {named, "", []string{port}},
		"the default":       {"{}\n", "", []string{port}},
		"after a typo":      {"venue: {nmae: x}\n", "", []string{typo}},
		"of the last good":  {"venue: {nmae: x}\n", named, []string{typo, port}},
		"and the last good": {"{}\n", named, []string{port, port}},
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, "config.yaml")
		if err := os.WriteFile(path, []byte(c.file), 0o600); err != nil {
			t.Fatal(err)
		}
		if c.lastGood != "" {
			if err := replaceFile(filepath.Join(dir, lastGood), []byte(c.lastGood)); err != nil {
				t.Fatal(err)
			}
		}
		b, s, err := readSetup(path, dir, nil).carryOut(dir, true, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		said := b.snapshot().ConfigErrors
		if err := b.closeRelay(); err != nil {
			t.Error(err)
		}
		if s.state != golive.ConfigBroken || len(said) != len(c.want) {
			t.Errorf("%s: %v, %q", name, s.state, said)
			continue
		}
		for i, want := range c.want {
			if !strings.Contains(said[i], want) {
				t.Errorf("%s: %q does not say %q", name, said[i], want)
			}
		}
	}
}

// safeBuffer is a log that is read while it is written.
type safeBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
