package main

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"vigie/device/golive"
	"vigie/device/status"
)

// elsewhere is an address that no machine has (RFC 5737, 3).
const elsewhere = "192.0.2.77"

// A box whose page's port is taken is no box in Fault: it says so on amber and goes live, and serves the page when it can.
func TestShowWithoutPage(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	cfg := testConfig()
	cfg.Status.Listen = taken.Addr().String()
	b, log := startTestBox(t, cfg, func(b *box) { b.status.every = 10 * time.Millisecond })
	await(t, "page_failed", func() bool { return warns(b.snapshot(), "page_failed") })
	if s := b.snapshot(); s.Lights.Amber != golive.Slow || b.status.Addr() != nil {
		t.Errorf("lights %+v, a page on %v", s.Lights, b.status.Addr())
	}
	if err := b.press(status.Press{Button: "go_live", Gesture: "press", State: golive.AnyState}); err != nil {
		t.Fatal(err)
	}
	awaitBox(t, b, golive.Live)
	if err := taken.Close(); err != nil {
		t.Fatal(err)
	}
	await(t, "the page", func() bool { return b.status.Addr() != nil && !warns(b.snapshot(), "page_failed") })
	if page := get(t, "http://"+cfg.Status.Listen+"/api/v1/status"); !strings.Contains(page, `"state":"live"`) {
		t.Errorf("the page says %s", page)
	}
	if text := log.String(); !strings.Contains(text, "code=page_failed") || !strings.Contains(text, "the status page is at http://"+cfg.Status.Listen) {
		t.Errorf("the log: %s", text)
	}
}

// Nor is one whose certificate was mislaid by who renews it.
func TestShowWithoutCertificate(t *testing.T) {
	cfg := testConfig()
	cfg.Status.Listen, cfg.Status.TLS = ":0", certificate(t)
	if err := os.Rename(cfg.Status.TLS.Key, cfg.Status.TLS.Key+".old"); err != nil {
		t.Fatal(err)
	}
	b, _ := startTestBox(t, cfg, func(b *box) { b.status.every = 10 * time.Millisecond })
	await(t, "page_failed", func() bool { return warns(b.snapshot(), "page_failed") })
	awaitBox(t, b, golive.Standby)
	if err := os.Rename(cfg.Status.TLS.Key+".old", cfg.Status.TLS.Key); err != nil {
		t.Fatal(err)
	}
	await(t, "the page", func() bool { return b.status.Addr() != nil && !warns(b.snapshot(), "page_failed") })
}

// await looks every 20 ms whether it is so: what it waits for wakes nobody.
func await(t *testing.T, what string, is func() bool) {
	t.Helper()
	look, late := time.NewTicker(20*time.Millisecond), time.After(20*time.Second)
	defer look.Stop()
	for !is() {
		select {
		case <-look.C:
		case <-late:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// Addresses that come later are bound now, and the box does not ask another machine that may have the relay's.
func TestAddressesThatComeLater(t *testing.T) {
	cfg := testConfig()
	cfg.Status.Listen, cfg.Relay.Listen = elsewhere+":0", elsewhere+":0"
	b, _ := startTestBox(t, cfg)
	await(t, "relay_unreachable", func() bool { return warns(b.snapshot(), "relay_unreachable") })
	s := b.snapshot()
	for _, w := range s.Warnings {
		if w.Code == "relay_unreachable" && !strings.Contains(w.Text, elsewhere+" is not an address of this machine") {
			t.Error(w.Text)
		}
	}
	if warns(s, "page_failed") || s.State != golive.Standby {
		t.Errorf("%v, %+v", s.State, s.Warnings)
	}
	for _, address := range []string{"[2001:db8::77]:0", "[::1]:0", ":0"} {
		l, err := sockets.Listen(t.Context(), "tcp", address)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		l.Close()
	}
}

func TestOwnAddresses(t *testing.T) {
	for address, want := range map[string]bool{"127.0.0.1": true, "127.1.2.3": true, "::1": true, "::ffff:127.0.0.1": true, elsewhere: false, "2001:db8::77": false} {
		if got := isOwn(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
	if own, ok := ownAddress(); ok && !isOwn(own) {
		t.Errorf("%v is not ours", own)
	}
	client, _, err := toOwnRelay("")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Get("http://" + elsewhere + ":1/"); err == nil || !strings.Contains(err.Error(), "relay.listen") {
		t.Errorf("it asks another machine: %v", err)
	}
}

// TestTwoPages presses on two pages at once what both of them show: a show begins, and a cut stays.
func TestTwoPages(t *testing.T) {
	b, _ := startTestBox(t, testConfig())
	awaitBox(t, b, golive.Standby)
	both := func(p status.Press) {
		t.Helper()
		if err := errors.Join(b.press(p), b.press(p)); err != nil {
			t.Fatal(err)
		}
	}
	both(status.Press{Button: "go_live", Gesture: "press", State: golive.Standby})
	awaitBox(t, b, golive.Live)
	stage := false
	both(status.Press{Button: "cut", Gesture: "press", State: golive.AnyState, Cut: &stage})
	both(status.Press{Button: "go_live", Gesture: "hold", State: golive.Live})
	awaitBox(t, b, golive.Standby) // all presses before are done
	if !b.snapshot().Cut {
		t.Error("the second press ended the cut")
	}
}
