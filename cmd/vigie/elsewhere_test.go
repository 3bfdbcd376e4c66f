package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"vigie/device/config"
	"vigie/device/golive"
	"vigie/device/status"
)

const elsewhereToken = "s3cret"

// startRelay runs the relay as `vigie relay` does and returns where it is published to.
func startRelay(t *testing.T, tls config.TLS) *url.URL {
	t.Helper()
	cfg := testConfig()
	cfg.Relay.TLS = tls
	r, err := newRelay(cfg, elsewhereToken, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wait sync.WaitGroup
	wait.Go(func() {
		if err := r.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { cancel(); wait.Wait() })
	u, err := url.Parse(relayURL(cfg, r.Addr().String()) + "/whip/" + cfg.Venue.Channel)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// goLiveTo presses the button of a box that publishes there and returns how long it took to be live, and the way that
// media takes.
func goLiveTo(t *testing.T, to *url.URL, caFile string) (took time.Duration, pair string) {
	t.Helper()
	cfg := testConfig()
	cfg.Relay.URL, cfg.Relay.CAFile = to.String(), caFile
	cfg.Relay.TokenFile = filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(cfg.Relay.TokenFile, []byte(elsewhereToken), 0o600); err != nil {
		t.Fatal(err)
	}
	b, _ := startTestBox(t, cfg)
	began := time.Now()
	resp, err := http.Post("http://"+b.status.Addr().String()+"/api/v1/press", "application/json",
		strings.NewReader(`{"button":"go_live","gesture":"press"}`))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	awaitBox(t, b, golive.Live)
	took = time.Since(began)
	look, late := time.NewTicker(100*time.Millisecond), time.After(5*time.Second)
	defer look.Stop()
	for {
		if pair := b.station.Snapshot().Uplink.Pair; pair != "" {
			return took, pair
		}
		select {
		case <-look.C:
		case <-late:
			t.Fatal("media goes no way")
		}
	}
}

func TestPrivateCA(t *testing.T) {
	pair := certificate(t, net.IPv4(127, 0, 0, 1))
	goLiveTo(t, startRelay(t, pair), pair.Cert)
}

// The first relay is gone: green says ready, amber and a warning say where a show goes, and it goes there.
func TestBackupRelay(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	backup := startRelay(t, config.TLS{})
	cfg := testConfig()
	cfg.Relay.URL, cfg.Relay.TokenFile = gone.URL+"/whip/stage", filepath.Join(t.TempDir(), "gone")
	own := filepath.Join(t.TempDir(), "token")
	cfg.Relay.Backup = []config.Backup{{URL: backup.String(), TokenFile: own}}
	for file, token := range map[string]string{cfg.Relay.TokenFile: "of-the-first", own: elsewhereToken} {
		if err := os.WriteFile(file, []byte(token), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b, log := startTestBox(t, cfg)
	look, late := time.NewTicker(20*time.Millisecond), time.After(10*time.Second)
	defer look.Stop()
	for s := b.snapshot(); !warns(s, "relay_backup"); s = b.snapshot() {
		select {
		case <-look.C:
		case <-late:
			t.Fatalf("no warning: %+v", s)
		}
	}
	if s := b.snapshot(); s.Lights.Amber != golive.Slow {
		t.Errorf("lights %+v", s.Lights)
	}
	base := "http://" + b.status.Addr().String()
	resp, err := http.Post(base+"/api/v1/press", "application/json", strings.NewReader(`{"button":"go_live","gesture":"press"}`))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	awaitBox(t, b, golive.Live)
	if s := b.snapshot(); !s.Uplink.Backup || !strings.Contains(s.Uplink.Relay, backup.Host) || !warns(s, "relay_backup") {
		t.Errorf("the page says %+v, %+v", s.Uplink, s.Warnings)
	}
	metrics := get(t, base+"/metrics")
	for _, want := range []string{"vigie_uplink_backup 1", `vigie_condition{code="relay_backup"} 1`, `relay="http://` + backup.Host + `"`} {
		if !strings.Contains(metrics, want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
	if text := log.String() + metrics; strings.Contains(text, "of-the-first") || strings.Contains(text, elsewhereToken) {
		t.Error("a token is in the log or the metrics")
	}
}

func warns(s status.Snapshot, code string) bool {
	return slices.ContainsFunc(s.Warnings, func(w status.Warning) bool { return w.Code == code })
}

// The network takes no UDP: what is sent to the relay's port does not arrive.
func TestLiveByTCPWhereUDPIsBlocked(t *testing.T) {
	hole, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { hole.Close() })
	nowhere := strconv.Itoa(hole.LocalAddr().(*net.UDPAddr).Port)
	udp := regexp.MustCompile(`(a=candidate:\S+ \d+ udp \d+ \S+ )\d+`)
	relay := startRelay(t, config.TLS{})
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: relay.Scheme, Host: relay.Host})
	proxy.Transport = &http.Transport{DisableKeepAlives: true}
	proxy.ModifyResponse = func(r *http.Response) error {
		answer, err := io.ReadAll(r.Body)
		answer = udp.ReplaceAll(answer, []byte("${1}"+nowhere))
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(answer)), int64(len(answer))
		r.Header.Set("Content-Length", strconv.Itoa(len(answer)))
		return err
	}
	front := httptest.NewServer(proxy)
	t.Cleanup(front.Close)
	to, _ := url.Parse(front.URL + relay.Path)
	took, pair := goLiveTo(t, to, "")
	if !strings.Contains(pair, "tcp") {
		t.Errorf("media goes %q", pair)
	}
	t.Logf("live after %v by %s", took, pair)
}
