package main

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// runningBox is what the status page of a vigie that runs on this machine says.
type runningBox struct {
	page string // its URL
	open bool   // it said what follows; else it wants the passphrase

	State        string
	ConfigErrors []string `json:"config_errors"`

	Warnings []struct{ Text, Severity string }
	Video    struct{ Camera string }
	Audio    struct {
		Microphone string
		LevelDB    [2]float64 `json:"level_db"`
		PeakDB     [2]float64 `json:"peak_db"`
	}
}

// findBox asks the status page whether a vigie runs; nil where none does, or nothing that answers as one.
func findBox(ctx context.Context, listen string) *runningBox {
	if strings.HasPrefix(listen, ":") {
		listen = "[::]" + listen
	}
	at, err := netip.ParseAddrPort(listen)
	if err != nil {
		return nil
	}
	page := url.URL{Scheme: "http", Host: localAddress(net.TCPAddrFromAddrPort(at)), Path: "/"}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, page.JoinPath("api/v1/status").String(), nil)
	if err != nil {
		return nil
	}
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true}, // never by a proxy
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil
	}
	defer resp.Body.Close()
	b := &runningBox{page: page.String()}
	switch to, err := resp.Location(); {
	case resp.StatusCode == http.StatusOK:
		b.open = json.NewDecoder(http.MaxBytesReader(nil, resp.Body, 1<<20)).Decode(b) == nil && b.State != ""
		if b.open {
			return b
		}
	case err == nil && to.Scheme == "https" && to.Host == page.Host: // an address of its own, which is by https alone
		b.page = "https://" + page.Host + "/"
		return b
	}
	return nil
}

// rests tells whether it is known that no show is on.
func (b *runningBox) rests() bool { return b.open && (b.State == "standby" || b.State == "fault") }

// askEvery is how often a box is asked whether a show began.
const askEvery = 500 * time.Millisecond

// whileResting is for what a show must not be disturbed by: ctx ends as soon as the box no longer rests. stop is to be called,
// waits, and tells whether that was so. b may be nil.
func (b *runningBox) whileResting(parent context.Context) (ctx context.Context, stop func() bool) {
	ctx, cancel := context.WithCancel(parent)
	began := make(chan bool, 1)
	if b == nil {
		began <- false
		return ctx, func() bool { cancel(); return <-began }
	}
	go func() {
		defer cancel()
		for {
			select {
			case <-ctx.Done():
				began <- false
				return
			case <-time.After(askEvery):
			}
			if now := findBox(ctx, strings.TrimSuffix(strings.TrimPrefix(b.page, "http://"), "/")); ctx.Err() == nil && (now == nil || !now.rests()) {
				began <- true
				return
			}
		}
	}()
	return ctx, func() bool { cancel(); return <-began }
}

// finding is what the box knows to be wrong. b may be nil.
func (b *runningBox) finding() finding {
	f := finding{"vigie", "green", "does not run: doctor looks at the devices itself", ""}
	if b == nil {
		return f
	}
	f.Text, f.Advice = "runs, and keeps its devices", "its status page knows more: "+b.page
	if !b.open {
		return f
	}
	f.Text = "runs and is " + b.State
	for _, e := range b.ConfigErrors {
		f.Text += "\n" + e
	}
	for _, w := range b.Warnings {
		if w.Severity != "fine" {
			f.Light = "amber"
		}
		f.Text += "\n" + w.Text
	}
	if b.State == "fault" {
		f.Light = "red"
	}
	return f
}
