package status

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"vigie/device/golive"
)

func TestThousandRequestsLeaveNothing(t *testing.T) {
	b := &testBox{}
	_, base := serve(t, Options{Snapshot: b.read, Press: b.press})
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 50}}
	paths := []string{"/", "/api/v1/status", "/healthz", "/metrics", "/page/app.js", "/nothing"}
	get := func(i int) {
		r, err := client.Get(base + paths[i%len(paths)])
		if err != nil {
			t.Error(err)
			return
		}
		defer r.Body.Close()
		if r.StatusCode >= 500 {
			t.Errorf("%s: %s", paths[i%len(paths)], r.Status)
		}
	}
	get(0)
	client.CloseIdleConnections()
	before := settled(1 << 30)
	var workers sync.WaitGroup
	work := make(chan int)
	for range 50 {
		workers.Go(func() {
			for i := range work {
				get(i)
			}
		})
	}
	for i := range 1000 {
		work <- i
	}
	close(work)
	workers.Wait()
	client.CloseIdleConnections()
	if after := settled(before); after > before {
		t.Errorf("%d goroutines before, %d after", before, after)
	}
}

// settled yields until at most limit goroutines run, or for a while, and returns how many do.
func settled(limit int) int {
	for began := time.Now(); runtime.NumGoroutine() > limit && time.Since(began) < 10*time.Second; {
		runtime.Gosched()
	}
	return runtime.NumGoroutine()
}

// A station that hangs is reported within patience, costs one goroutine however many ask, and Run says so at the end.
func TestStationThatHangs(t *testing.T) {
	release := make(chan struct{})
	b := &testBox{}
	s, err := New(Options{Listen: "127.0.0.1:0", Press: b.press, Log: slog.New(slog.DiscardHandler),
		Snapshot: func() Snapshot { <-release; return Snapshot{} }})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	base := "http://" + s.Addr().String()
	var clients sync.WaitGroup
	for _, path := range []string{"/healthz", "/api/v1/status", "/api/v1/status"} {
		clients.Go(func() {
			if r, body := ask(t, "GET", base+path, ""); r.StatusCode != 503 || !isError(body) {
				t.Errorf("%s: %s %s", path, r.Status, body)
			}
		})
	}
	clients.Go(func() {
		if _, body := ask(t, "GET", base+"/metrics", ""); !strings.Contains(body, "vigie_station_up 0") {
			t.Errorf("/metrics: %s", body)
		}
	})
	clients.Wait()
	http.DefaultClient.CloseIdleConnections()
	cancel()
	if err := <-ended; !errors.Is(err, errSilent) {
		t.Errorf("Run: %v, want %v", err, errSilent)
	}
	close(release)
	<-s.reader.done
}

func TestHealthAndMetrics(t *testing.T) {
	b := &testBox{snapshot: Snapshot{
		State: golive.Live, Wanted: true, Lights: golive.Lights{Red: golive.Steady, Amber: golive.Slow}, Version: "1.2.3\xff",
		Warnings: []Warning{{Code: "silence"}, {Code: "silence"}, {Code: "hot"}},
		Uplink:   Uplink{Relay: "https://user:hush@relay.example/?token=hush"},
	}}
	given := prometheus.NewCounter(prometheus.CounterOpts{Name: "vigie_given_total", Help: "Given."})
	_, base := serve(t, Options{Snapshot: b.read, Press: b.press, Collectors: []prometheus.Collector{given},
		Conditions: []string{"silence", "clipping"}})
	if r, body := ask(t, "GET", base+"/healthz", ""); r.StatusCode != 200 {
		t.Errorf("/healthz: %s %s", r.Status, body)
	}
	r, body := ask(t, "GET", base+"/metrics", "")
	if r.StatusCode != 200 {
		t.Fatalf("/metrics: %s %s", r.Status, body)
	}
	for _, want := range []string{
		`vigie_state{state="live"} 1`, `vigie_state{state="standby"} 0`, `vigie_light{light="red",pattern="steady"} 1`,
		`vigie_light{light="amber",pattern="off"} 0`, `vigie_condition{code="silence"} 1`, `vigie_condition{code="hot"} 1`, `vigie_condition{code="clipping"} 0`,
		`vigie_wanted 1`, `vigie_cut 0`, `version="1.2.3?"`, "vigie_given_total 0", "vigie_station_up 1",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("%s is not in %s", want, body)
		}
	}
	if strings.Contains(body, "hush") {
		t.Error("a secret is in /metrics")
	}
	again := Options{Listen: "127.0.0.1:0", Snapshot: b.read, Press: b.press, Collectors: []prometheus.Collector{given, given}}
	if _, err := New(again); err == nil {
		t.Error("New took a collector twice")
	}
}
