package status

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"vigie/device/golive"
)

// counts is what the server counts of itself.
type counts struct {
	refused *prometheus.CounterVec // by why: host, origin, passphrase, tries, connections
	slow    *prometheus.CounterVec // by stream: events, preview
}

func newCounts() counts {
	return counts{
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "vigie_status_refused_requests_total", Help: "Requests and connections that were refused."}, []string{"why"}),
		slow: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "vigie_status_slow_clients_total", Help: "Clients that were dropped because a write took too long."},
			[]string{"stream"}),
	}
}

var (
	upDesc    = prometheus.NewDesc("vigie_station_up", "1 while the station answers; without it the rest is missing.", nil, nil)
	stateDesc = prometheus.NewDesc("vigie_state", "1 for the state that the box is in, 0 for the others.",
		[]string{"state"}, nil)
	lightDesc = prometheus.NewDesc("vigie_light", "1 for the pattern that the light shows, 0 for the others.",
		[]string{"light", "pattern"}, nil)
	wantedDesc    = prometheus.NewDesc("vigie_wanted", "1 while a show is wanted.", nil, nil)
	cutDesc       = prometheus.NewDesc("vigie_cut", "1 while picture and sound are cut.", nil, nil)
	conditionDesc = prometheus.NewDesc("vigie_condition", "1 for each condition in force, 0 for the others.",
		[]string{"code"}, nil)
	buildDesc = prometheus.NewDesc("vigie_build_info", "Always 1; what runs.", []string{"version", "goversion"}, nil)
)

// box makes metrics of the snapshot.
type box struct {
	read  func(context.Context) (Snapshot, error)
	codes []string // of conditions
}

var _ prometheus.Collector = box{}

// Describe implements prometheus.Collector.
func (b box) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{upDesc, stateDesc, lightDesc, wantedDesc, cutDesc, conditionDesc, buildDesc} {
		ch <- d
	}
}

// Collect implements prometheus.Collector. It blocks as long as the station takes, two seconds at most.
func (b box) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, on bool, labels ...string) {
		value := 0.0
		if on {
			value = 1
		}
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	s, err := b.read(context.Background())
	gauge(upDesc, err == nil)
	if err != nil {
		return
	}
	for state := golive.Starting; state <= golive.Fault; state++ {
		gauge(stateDesc, s.State == state, state.String())
	}
	for pattern := golive.Off; pattern <= golive.Fast; pattern++ {
		gauge(lightDesc, s.Lights.Red == pattern, "red", pattern.String())
		gauge(lightDesc, s.Lights.Green == pattern, "green", pattern.String())
		gauge(lightDesc, s.Lights.Amber == pattern, "amber", pattern.String())
	}
	gauge(wantedDesc, s.Wanted)
	gauge(cutDesc, s.Cut)
	inForce := make(map[string]bool)
	for _, code := range b.codes {
		inForce[code] = false
	}
	for _, w := range s.Warnings {
		inForce[strings.ToValidUTF8(w.Code, "?")] = true // a label that is not UTF-8 would panic
	}
	for code, on := range inForce {
		gauge(conditionDesc, on, code)
	}
	gauge(buildDesc, true, strings.ToValidUTF8(s.Version, "?"), runtime.Version())
}

// metrics serves our own and the given collectors.
func (s *Server) metrics() (http.Handler, error) {
	registry := prometheus.NewRegistry()
	own := []prometheus.Collector{box{s.reader.read, s.opts.Conditions}, s.counts.refused, s.counts.slow}
	for _, c := range append(own, s.opts.Collectors...) {
		if err := registry.Register(c); err != nil {
			return nil, fmt.Errorf("status: a collector for /metrics: %w", err)
		}
	}
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{
		// One bad collector does not take the others away.
		ErrorHandling: promhttp.ContinueOnError,
	}), nil
}
